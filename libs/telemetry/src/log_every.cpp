#include "waybill/telemetry/log_every.hpp"

#include <utility>
#include <vector>

namespace waybill::telemetry {

namespace {
constexpr std::size_t most_events = 256;
}

bool LogEvery::log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!log_enabled(level)) return false;
  std::uint64_t suppressed = 0;
  {
    const std::lock_guard lock(mutex_);
    auto& turn = turn_of(event);
    const auto now = clock_.steady();
    if (turn.started && now - turn.last < interval_) {
      ++turn.suppressed;
      return false;
    }
    turn.started = true;
    turn.last = now;
    suppressed = std::exchange(turn.suppressed, 0);
  }
  std::vector<Field> all(fields);
  if (suppressed != 0) all.emplace_back("suppressed", suppressed);
  telemetry::log(level, event, std::span<const Field>(all));
  return true;
}

LogEvery::Turn& LogEvery::turn_of(std::string_view event) {
  if (const auto found = turns_.find(event); found != turns_.end()) return found->second;
  // The empty name stands for all events beyond the bound.
  return turns_.size() < most_events ? turns_[std::string{event}] : turns_[std::string{}];
}

}  // namespace waybill::telemetry
