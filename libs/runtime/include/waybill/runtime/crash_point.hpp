#pragma once

#include <atomic>
#include <string_view>

namespace waybill::runtime {

namespace detail {
extern std::atomic<bool> is_any_crash_point_armed;
void pass_crash_point(std::string_view name) noexcept;
}  // namespace detail

/// Arms one crash point: "relay.after_confirm:3" kills the process, as kill -9 does, when it comes to that
/// point for the third time; without a number, for the first. Empty disarms. For the configuration at start
/// (WAYBILL_CRASH_AT). Throws std::invalid_argument for anything else.
void arm_crash_point(std::string_view at);

}  // namespace waybill::runtime

/// Names a place where the process may die and nothing may be lost or doubled. In every build, so that what
/// is shipped is what was tested; it costs a relaxed load.
#define CRASH_POINT(name)                                                                       \
  do {                                                                                          \
    if (::waybill::runtime::detail::is_any_crash_point_armed.load(std::memory_order_relaxed)) { \
      ::waybill::runtime::detail::pass_crash_point(name);                                       \
    }                                                                                           \
  } while (false)
