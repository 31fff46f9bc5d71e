#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "waybill/message/names.hpp"
#include "waybill/outbox/relay_limits.hpp"

namespace waybill::outbox {

/// The ways (exchange and routing key) on which rows were returned. Each is tried by one row at a time; once
/// one came through, all of them go. Pure.
class BlockedWays {
 public:
  enum class State : std::uint8_t { unknown, tried, closed, open };

  explicit BlockedWays(const RelayLimits& limits) : limits_(limits), wait_(limits.blocked_first) {}

  /// Whether a row that stands in outbox_blocked may go now; the first of a way is its trial.
  bool may_go(const message::Address& way) {
    auto& state = ways_[name(way)];
    if (state.state == State::open) return true;
    if (state.state != State::unknown) return false;
    state.state = State::tried;
    state.way = way;
    return true;
  }
  /// True when this is news.
  bool close(const message::Address& way) {
    auto& state = ways_[name(way)];
    const bool is_news = !state.is_told;
    state = {State::closed, way, true};
    return is_news;
  }
  struct Opened {
    bool is_new = false;    ///< it was tried or closed before
    bool was_told = false;  ///< that it was closed
  };
  Opened open(const message::Address& way) {
    const auto found = ways_.find(name(way));
    if (found == ways_.end() || found->second.state == State::open) return {};
    const Opened opened{true, found->second.is_told};
    found->second = {State::open, way, false};
    wait_ = limits_.blocked_first;
    return opened;
  }

  /// Before all are tried again.
  void forget_trials() {
    for (auto& [name, state] : ways_) {
      if (state.state == State::closed || state.state == State::tried) state.state = State::unknown;
    }
  }
  /// The wait before that.
  std::chrono::milliseconds next_wait() {
    return std::exchange(wait_, std::min(wait_ * 2, limits_.blocked_most));
  }
  std::chrono::milliseconds wait() const { return wait_; }
  /// The ways whose rows are left alone.
  std::vector<message::Address> not_open() const {
    std::vector<message::Address> ways;
    for (const auto& [name, state] : ways_) {
      if (state.state == State::tried || state.state == State::closed) ways.push_back(state.way);
    }
    return ways;
  }
  bool empty() const { return ways_.empty(); }
  void clear() { ways_.clear(); }

 private:
  struct Way {
    State state = State::unknown;
    message::Address way;
    bool is_told = false;
  };
  static std::pair<std::string, std::string> name(const message::Address& way) {
    return {way.exchange.value(), way.routing_key.value()};
  }
  const RelayLimits& limits_;
  std::chrono::milliseconds wait_;
  std::map<std::pair<std::string, std::string>, Way> ways_;
};

}  // namespace waybill::outbox
