#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "waybill/base/clock.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/saga/input.hpp"

namespace waybill::saga_simulation::detail {

enum class LetterKind : std::uint8_t { begin, command, answer, cancel, order };

/// A message on its way, with all its copies, which share its id: once it is taken, inboxes know them.
struct Letter {
  LetterKind kind = LetterKind::command;
  std::size_t saga = 0;
  // Of commands and answers:
  std::size_t step = 0;
  bool is_undo = false;
  std::uint32_t epoch = 0;
  std::string_view type{};
  contract::PayloadPointer payload{};
  std::optional<base::WallTime> expiry{};
  // Of orders:
  saga::input::Order order = saga::input::Order::retry;
  bool is_for_abandoned = false;  ///< the operator looks first whether it still is

  bool is_taken = false;
};

}  // namespace waybill::saga_simulation::detail
