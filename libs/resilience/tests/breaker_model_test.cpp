#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "waybill/resilience/circuit_breaker.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using enum BreakerState;
using std::chrono::nanoseconds;

/// What a breaker promises, in the plainest words: it remembers every call there ever was.
class NaiveBreaker {
 public:
  NaiveBreaker(BreakerOptions options, base::SteadyTime now) : options_(options), start_(now), since_(now) {}

  std::optional<BreakerRefusal> enter(int call, base::SteadyTime now) {
    if (state_ == open && now < since_ + options_.cool_down) {
      return BreakerRefusal{open, since_ + options_.cool_down - now};
    }
    if (state_ == open) change(half_open, BreakerChange::Why::cooled_down, now, {});
    if (state_ == half_open && current_.size() == options_.probes) {
      return BreakerRefusal{half_open, options_.cool_down};
    }
    current_.insert(call);
    return std::nullopt;
  }

  void abandon(int call) { current_.erase(call); }

  void end(int call, bool failed, base::SteadyTime now) {
    if (current_.erase(call) == 0) return;  // of another time
    ended_.push_back({bucket_of(now), failed});
    if (state_ == half_open) {
      if (failed) return change(open, BreakerChange::Why::probe_failed, now, {});
      if (ended_.size() == options_.successes) change(closed, BreakerChange::Why::probes_succeeded, now, {});
      return;
    }
    const auto window = in_window(now);
    const auto failures = static_cast<std::uint64_t>(std::ranges::count(window, true, &Ended::failed));
    if (too_many(failures, window.size())) {
      change(open, BreakerChange::Why::too_many_failures, now, {window.size(), failures});
    }
  }

  BreakerState state() const { return state_; }
  const std::vector<BreakerChange>& changes() const { return changes_; }

 private:
  struct Ended {
    std::int64_t bucket;
    bool failed;
  };

  std::int64_t bucket_of(base::SteadyTime now) const {
    return (now - start_) / (options_.window / options_.buckets);
  }

  std::vector<Ended> in_window(base::SteadyTime now) const {
    std::vector<Ended> window;
    for (const auto& ended : ended_) {
      if (bucket_of(now) - ended.bucket < options_.buckets) window.push_back(ended);
    }
    return window;
  }

  bool too_many(std::uint64_t failures, std::uint64_t calls) const {
    if (const auto* count = std::get_if<FailureCount>(&options_.opens_on)) return failures >= count->failures;
    const auto [percent, minimum] = std::get<FailureRatio>(options_.opens_on);
    return calls >= minimum && static_cast<double>(failures) / static_cast<double>(calls) >= percent / 100.0;
  }

  void change(BreakerState to, BreakerChange::Why why, base::SteadyTime now,
              std::pair<std::uint64_t, std::uint64_t> counts) {
    changes_.push_back({std::exchange(state_, to), to, why, now, counts.first, counts.second});
    since_ = now;
    current_.clear();
    ended_.clear();
  }

  BreakerOptions options_;
  base::SteadyTime start_;
  base::SteadyTime since_;
  BreakerState state_ = closed;
  std::set<int> current_;     // calls under way that were let through since the last change
  std::vector<Ended> ended_;  // since the last change
  std::vector<BreakerChange> changes_;
};

struct Case {
  BreakerOptions options;
  int failing_percent;
  std::uint64_t seed;
};
// GoogleTest would print the bytes, padding among them.
std::ostream& operator<<(std::ostream& out, const Case& one) { return out << "seed " << one.seed; }

class BreakerModel : public testing::TestWithParam<Case> {
 protected:
  struct Call {
    int number;
    CircuitBreaker::Permit permit;
  };

  std::int64_t draw(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }

  void enter() {
    auto entry = breaker_.try_enter();
    const auto refusal = model_.enter(next_, clock_.steady());
    ASSERT_EQ(entry.has_error(), refusal.has_value());
    if (refusal) {
      ASSERT_EQ(entry.error(), *refusal);
    } else {
      calls_.push_back({next_, *std::move(entry)});
    }
    ++next_;
  }

  void end_one() {
    if (calls_.empty()) return;
    const auto index = static_cast<std::size_t>(draw(0, static_cast<std::int64_t>(calls_.size()) - 1));
    std::swap(calls_[index], calls_.back());
    auto call = std::move(calls_.back());
    calls_.pop_back();
    if (draw(1, 100) <= 10) return model_.abandon(call.number);
    const bool failed = draw(1, 100) <= GetParam().failing_percent;
    failed ? call.permit.failed() : call.permit.succeeded();
    model_.end(call.number, failed, clock_.steady());
  }

  base::ManualClock clock_;
  std::mt19937_64 random_{GetParam().seed};
  std::vector<BreakerChange> changes_;
  CircuitBreaker breaker_{GetParam().options, clock_,
                          [this](const BreakerChange& change) { changes_.push_back(change); }};
  NaiveBreaker model_{GetParam().options, clock_.steady()};
  std::vector<Call> calls_;
  int next_ = 0;
};

TEST_P(BreakerModel, ten_thousand_random_steps_go_as_the_naive_one_goes) {
  for (int step = 0; step < 10'000; ++step) {
    SCOPED_TRACE("seed " + std::to_string(GetParam().seed) + ", step " + std::to_string(step));
    switch (draw(0, 9)) {
      case 0:
        clock_.advance(std::chrono::milliseconds{draw(0, draw(0, 20) == 0 ? 3'000 : 60)});
        break;
      case 1:
      case 2:
      case 3:
      case 4:
        ASSERT_NO_FATAL_FAILURE(enter());
        break;
      default:
        end_one();
    }
    ASSERT_EQ(breaker_.state(), model_.state());
    ASSERT_EQ(changes_.size(), model_.changes().size());
  }
  EXPECT_EQ(changes_, model_.changes());
  EXPECT_GT(changes_.size(), 20U) << "the schedule hardly tested anything";
}

BreakerOptions options(std::variant<FailureCount, FailureRatio> opens_on, nanoseconds window,
                       std::uint32_t buckets, std::uint32_t probes, std::uint32_t successes) {
  return {.opens_on = opens_on,
          .window = window,
          .buckets = buckets,
          .cool_down = 500ms,
          .probes = probes,
          .successes = successes};
}

std::vector<Case> cases() {
  const std::vector<std::pair<BreakerOptions, int>> shapes{
      {options(FailureCount{1}, 1s, 1, 1, 1), 30},        {options(FailureCount{4}, 1s, 10, 1, 2), 20},
      {options(FailureCount{6}, 300ms, 7, 5, 3), 30},     {options(FailureCount{3}, 100ms, 4, 3, 5), 10},
      {options(FailureRatio{50, 6}, 1s, 10, 2, 2), 35},   {options(FailureRatio{100, 3}, 2s, 3, 4, 4), 75},
      {options(FailureRatio{34, 9}, 500ms, 9, 1, 1), 25}, {options(FailureRatio{1, 5}, 1s, 100, 3, 1), 5},
  };
  std::vector<Case> cases;
  for (const auto& [shape, failing_percent] : shapes) {
    for (int i = 0; i < 3; ++i) cases.push_back({shape, failing_percent, cases.size() + 1});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Random, BreakerModel, testing::ValuesIn(cases()),
                         [](const auto& one) { return "seed_" + std::to_string(one.param.seed); });

}  // namespace
}  // namespace waybill::resilience
