#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "waybill/amqp/connection_state.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::amqp::tests {

/// Remembers every state of a connection. Outlives the connection whose observer() it is.
class ObservedStates {
 public:
  StateObserver observer() {
    return [this](const ConnectionState& state) {
      const std::lock_guard lock(mutex_);
      states_.push_back(state);
    };
  }

  std::vector<ConnectionState> all() const {
    const std::lock_guard lock(mutex_);
    return states_;
  }
  std::optional<std::string> reason_of(Trouble trouble) const {
    for (const auto& state : all()) {
      const auto* gone = std::get_if<Disconnected>(&state);
      if (gone != nullptr && gone->trouble == trouble) return gone->reason;
    }
    return std::nullopt;
  }
  template <class State>
  std::size_t count() const {
    std::size_t found = 0;
    for (const auto& state : all()) found += std::holds_alternative<State>(state) ? 1U : 0U;
    return found;
  }

  testing::AssertionResult connected(std::size_t times = 1) const {
    return testkit::eventually([this, times] { return count<Connected>() >= times; });
  }
  testing::AssertionResult blocked() const {
    return testkit::eventually([this] { return count<Blocked>() > 0; });
  }
  /// Whether such a trouble comes to be told in these words.
  testing::AssertionResult said(Trouble trouble, const std::string& words) const {
    const auto is_it = [&](const ConnectionState& state) {
      const auto* gone = std::get_if<Disconnected>(&state);
      return gone != nullptr && gone->trouble == trouble && gone->reason.find(words) != std::string::npos;
    };
    return testkit::eventually([&] { return std::ranges::any_of(all(), is_it); }, [this] { return text(); });
  }
  /// All of it, a line each.
  std::string text() const {
    std::string lines;
    for (const auto& state : all()) lines += to_string(state) + "\n";
    return lines;
  }
  /// The reason of the first such trouble, once there is one.
  std::string await_reason(Trouble trouble) const {
    EXPECT_TRUE(testkit::eventually([&] { return reason_of(trouble).has_value(); },
                                    [this] { return all().empty() ? "no state" : to_string(all().back()); }));
    return reason_of(trouble).value_or("");
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ConnectionState> states_;
};

}  // namespace waybill::amqp::tests
