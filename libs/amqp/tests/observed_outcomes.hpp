#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "waybill/message/publisher.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::amqp::tests {

/// Remembers how each publish ended, by a name that the test gives it. Outlives the publisher.
class ObservedOutcomes {
 public:
  message::Publisher::Done expect(const std::string& name) {
    const std::lock_guard lock(mutex_);
    outcomes_[name];
    return [this, name](message::Outcome outcome) {
      if (is_confirmed(outcome)) ++confirmed_;
      const std::lock_guard inner(mutex_);
      outcomes_[name].push_back(std::move(outcome));
    };
  }

  std::map<std::string, std::vector<message::Outcome>> all() const {
    const std::lock_guard lock(mutex_);
    return outcomes_;
  }
  std::size_t confirmed() const { return confirmed_; }
  bool all_ended() const {
    for (const auto& [name, outcomes] : all()) {
      if (outcomes.empty()) return false;
    }
    return true;
  }
  testing::AssertionResult each_ended_once() const {
    const auto ended = testkit::eventually([this] { return all_ended(); });
    if (!ended) return ended;
    for (const auto& [name, outcomes] : all()) {
      if (outcomes.size() != 1)
        return testing::AssertionFailure() << name << " ended " << outcomes.size() << " times";
    }
    return testing::AssertionSuccess();
  }
  message::Outcome of(const std::string& name) const {
    const auto outcomes = all();
    const auto found = outcomes.find(name);
    return found == outcomes.end() || found->second.empty() ? message::Unknown{"it has not ended", false}
                                                            : found->second.front();
  }
  template <class Kind>
  std::vector<std::string> names_of() const {
    std::vector<std::string> names;
    for (const auto& [name, outcomes] : all()) {
      if (!outcomes.empty() && std::holds_alternative<Kind>(outcomes.front())) names.push_back(name);
    }
    return names;
  }

 private:
  std::atomic<std::size_t> confirmed_{0};
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<message::Outcome>> outcomes_;
};

}  // namespace waybill::amqp::tests
