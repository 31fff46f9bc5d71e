#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "watch_world.hpp"

// Random histories of bindings and queues that are lost and come back, of events under way, of late counts,
// of copies that are refused and of leaders that die: in each of them every event comes out of the queue.

namespace waybill::outbox::testing {
namespace {

enum class WatchMistake : std::uint8_t {
  none,
  settles_too_early,
  forgets_looks,
  keeps_marks,
  loses_copies,
  counts_later_than_the_margin,
};

class WatchHistory {
 public:
  explicit WatchHistory(std::uint64_t seed, WatchMistake mistake = WatchMistake::none) : random_(seed) {
    world_.counts_lag = mistake == WatchMistake::counts_later_than_the_margin ? 20s : 6s;
    world_.settles_too_early = mistake == WatchMistake::settles_too_early;
    world_.forgets_looks = mistake == WatchMistake::forgets_looks;
    world_.keeps_marks = mistake == WatchMistake::keeps_marks;
    world_.loses_copies = mistake == WatchMistake::loses_copies;
    world_.answers = [this]() -> message::Outcome {
      if (one_in(10)) return message::Nacked{};
      return message::Confirmed{};
    };
    world_.run();
    world_.run_after(5s);
  }

  /// The events that never came out.
  std::vector<std::int64_t> live(int steps) {
    for (int n = 0; n < steps; ++n) step();
    end();
    std::vector<std::int64_t> lost;
    for (std::int64_t id = 1; id <= events_; ++id) {
      if (!world_.handled.contains(id)) lost.push_back(id);
    }
    return lost;
  }

 private:
  bool one_in(int n) { return std::uniform_int_distribution<int>(1, n)(random_) == 1; }

  void step() {
    if (one_in(2)) world_.route(++events_);
    if (one_in(3) && !world_.in_hand.empty()) world_.move(*world_.in_hand.begin());
    if (one_in(4)) pass(std::uniform_int_distribution<int>(0, 3'000)(random_));
    for (int n = std::uniform_int_distribution<int>(0, 3)(random_); n > 0; --n) world_.step();
    if (one_in(3)) world_.answer_copies();
    if (one_in(15)) world_.handle();
    if (one_in(25)) lose();
    if (one_in(8)) repair();
    if (one_in(40)) world_.lead();
  }

  void pass(int milliseconds) {
    world_.now += std::chrono::milliseconds(milliseconds);
    world_.database_now += std::chrono::milliseconds(milliseconds);
  }

  // What no look can show is not promised: a queue that has no mark yet, …
  bool is_marked() const {
    return !world_.saved.empty() && !world_.saved.front().mark.empty() &&
           std::ranges::count(world_.marks, world_.saved.front().mark) == 1;
  }
  void lose() {
    if (one_in(2)) {
      world_.unbind();
    } else if (is_marked()) {
      world_.delete_queue();
      is_deleted_ = true;
      if (one_in(2)) repair();
    }
  }
  // … and a binding that was lost and has come back in between.
  void repair() {
    const bool is_seen = !world_.saved.empty() && world_.saved.front().missing_since.has_value();
    if (is_deleted_ ? false : !is_seen) return;
    world_.declare_queue();
    is_deleted_ = false;
  }

  void end() {
    for (int look = 0; look < 10 && !world_.is_bound; ++look) {
      world_.run_after(5s);
      repair();
    }
    while (!world_.in_hand.empty()) world_.move(*world_.in_hand.begin());
    for (int look = 0; look < 30; ++look) world_.run_after(5s);
    world_.handle();
  }

  std::mt19937_64 random_;
  WatchWorld world_;
  std::int64_t events_ = 0;
  bool is_deleted_ = false;
};

TEST(BindingWatchSimulation, brings_every_event_to_the_queue_whatever_the_seed) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    const auto lost = WatchHistory(seed).live(150);
    ASSERT_TRUE(lost.empty()) << "seed " << seed << " has lost event " << lost.front() << " and "
                              << lost.size() - 1 << " others";
  }
}

class EachMistakeOfAWatch : public ::testing::TestWithParam<WatchMistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistakeOfAWatch, is_found_by_some_seed) {
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    if (!WatchHistory(seed, GetParam()).live(150).empty()) return;
  }
  ADD_FAILURE() << "no seed shows it";
}

INSTANTIATE_TEST_SUITE_P(Of, EachMistakeOfAWatch,
                         ::testing::Values(WatchMistake::settles_too_early, WatchMistake::forgets_looks,
                                           WatchMistake::keeps_marks, WatchMistake::loses_copies,
                                           WatchMistake::counts_later_than_the_margin));

}  // namespace
}  // namespace waybill::outbox::testing
