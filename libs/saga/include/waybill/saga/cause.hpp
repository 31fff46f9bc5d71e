#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::saga {

/// Why a saga is undone.
enum class CauseKind : std::uint8_t {
  none,
  refused,      ///< a participant refused a step
  timed_out,    ///< a step was not answered within its limit
  cancelled,    ///< somebody who may cancelled it
  by_operator,  ///< an operator said so
};

std::string_view to_string(CauseKind kind);

struct Cause {
  CauseKind kind = CauseKind::none;
  std::string step;  ///< in which it was then
  std::string text;  ///< the refusal's type, who cancelled, what the operator said
  friend bool operator==(const Cause&, const Cause&) = default;
};

/// Why a cancellation is refused.
enum class NotCancelled : std::uint8_t {
  unknown,   ///< there is no such saga
  too_late,  ///< it is past its point of no return, completed or abandoned
};

}  // namespace waybill::saga
