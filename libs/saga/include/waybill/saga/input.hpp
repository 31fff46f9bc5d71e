#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "waybill/contract/payload.hpp"

namespace waybill::saga {

namespace input {

/// A participant's answer to what step and epoch have asked for.
struct Answer {
  std::string_view step;
  std::uint32_t epoch = 0;
  std::string_view type;  ///< the full name of its contract
  const contract::Payload* payload = nullptr;
};
/// The deadline may have come.
struct Due {};
struct Cancel {
  std::string_view by;  ///< who, for the journal
};

enum class Order : std::uint8_t {
  retry,       ///< ask once more, now
  compensate,  ///< undo it, while that is possible
  resume,      ///< forward again: an abandoned one as it was; one that is being undone, once it can
  abandon,     ///< do nothing more for it
};

std::string_view to_string(Order order);

/// What an operator wants.
struct Operate {
  Order order = Order::retry;
  std::string_view reason;
};

}  // namespace input

using Input = std::variant<input::Answer, input::Due, input::Cancel, input::Operate>;

}  // namespace waybill::saga
