#include "waybill/runtime/crash_point.hpp"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <mutex>
#include <stdexcept>
#include <string>

namespace waybill::runtime {
namespace {

struct Armed {
  std::mutex mutex;
  std::string name;
  std::uint64_t passes_left = 0;
};

Armed& armed() {
  static Armed instance;
  return instance;
}

}  // namespace

namespace detail {

std::atomic<bool> is_any_crash_point_armed{false};

void pass_crash_point(std::string_view name) noexcept {
  auto& point = armed();
  const std::lock_guard lock(point.mutex);
  if (point.name != name || point.passes_left == 0) return;
  if (--point.passes_left == 0) kill(getpid(), SIGKILL);
}

}  // namespace detail

void arm_crash_point(std::string_view at) {
  const auto colon = at.find(':');
  const auto name = at.substr(0, colon);
  std::uint64_t passes = 1;
  if (colon != std::string_view::npos) {
    const auto number = at.substr(colon + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), passes);
    if (error != std::errc{} || end != number.data() + number.size() || passes == 0) {
      throw std::invalid_argument(
          "the crash point '" + std::string(at) +
          "' is not understood: write its name, or name:number with a number from 1 on");
    }
  }
  if (name.empty() && !at.empty()) {
    throw std::invalid_argument("the crash point '" + std::string(at) + "' has no name");
  }
  auto& point = armed();
  const std::lock_guard lock(point.mutex);
  point.name = name;
  point.passes_left = passes;
  detail::is_any_crash_point_armed = !name.empty();
}

}  // namespace waybill::runtime
