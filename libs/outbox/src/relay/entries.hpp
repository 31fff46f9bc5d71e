#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "lanes.hpp"
#include "waybill/outbox/relay_action.hpp"

namespace waybill::outbox {

/// One row in the relay's memory.
struct Entry {
  enum class State : std::uint8_t {
    waiting,    ///< its publication is here
    under_way,  ///< published; the publication was given away
    lost,       ///< ended without a confirm: to be read again
    confirmed,  ///< to be removed
  };
  State state = State::waiting;
  bool is_blocked = false;
  std::uint32_t failures = 0;
  std::size_t bytes = 0;  ///< of its payload, until it is confirmed: one that is lost will be read again
  Lanes::Place lane = nullptr;
  message::Address way;
  std::optional<Row> row;
};

using Entries = std::unordered_map<std::int64_t, Entry>;

}  // namespace waybill::outbox
