#include <gtest/gtest.h>

#include <algorithm>

#include "watch_world.hpp"
#include "waybill/simulate/explorer.hpp"
#include "waybill/simulate/history.hpp"

// Random histories of bindings and queues that are lost and come back, of events under way, of late counts,
// of copies that are refused and of leaders that die: in each of them every event comes out of the queue.

namespace waybill::outbox::testing {
namespace {

enum class WatchMistake : std::uint8_t {
  none,
  settles_too_early,
  forgets_looks,
  keeps_marks,
  forgets_what_was_wanted,
  loses_copies,
  counts_later_than_the_margin,
};

/// Its messages are events.
class WatchSimulation {
 public:
  explicit WatchSimulation(simulate::History& history, WatchMistake mistake = WatchMistake::none)
      : history_(history), dice_(history.dice) {
    world_.counts_lag = mistake == WatchMistake::counts_later_than_the_margin ? 20s : 6s;
    world_.settles_too_early = mistake == WatchMistake::settles_too_early;
    world_.forgets_looks = mistake == WatchMistake::forgets_looks;
    world_.forgets_what_was_wanted = mistake == WatchMistake::forgets_what_was_wanted;
    world_.keeps_marks = mistake == WatchMistake::keeps_marks;
    world_.loses_copies = mistake == WatchMistake::loses_copies;
    world_.answers = [this]() -> message::Outcome {
      if (dice_.strikes(10)) return message::Nacked{};
      return message::Confirmed{};
    };
    if (dice_.one_in(4)) {
      history_.story.tell("the binding was never there");
      world_.unbind();
      if (dice_.one_in(2)) blind();
      return;
    }
    world_.run();
    pass(5s);
    world_.run();
  }

  /// Nothing when every event came out of the queue.
  simulate::Verdict run() {
    for (int n = 0; n < 2 * history_.size.messages; ++n) step();
    end();
    for (std::int64_t id = 1; id <= events_; ++id) {
      if (!world_.handled.contains(id)) return "event " + std::to_string(id) + " is lost";
    }
    return std::nullopt;
  }

 private:
  void step() {
    if (events_ < history_.size.messages && dice_.one_in(2)) {
      history_.story.tell("event ", events_ + 1, world_.is_bound ? " is routed" : " finds no binding");
      world_.route(++events_);
    }
    if (dice_.one_in(3) && !world_.in_hand.empty()) move_one();
    if (dice_.one_in(4)) pass(std::chrono::milliseconds{dice_.below(3'001)});
    for (auto n = dice_.below(4); n > 0; --n) world_.step();
    if (dice_.one_in(3)) world_.answer_copies();
    if (dice_.one_in(15)) handle();
    if (dice_.strikes(4)) lose();
    if (dice_.one_in(8)) repair();
    if (dice_.strikes(3)) lead();
    if (dice_.strikes(3)) blind();
    if (dice_.one_in(8)) world_.blind.reset();
  }

  void pass(std::chrono::milliseconds duration) {
    history_.time.pass(duration);
    world_.database_now += duration;
    world_.now = history_.time.now();
  }

  void move_one() {
    history_.story.tell("event ", *world_.in_hand.begin(), " is moved to those that were sent");
    world_.move(*world_.in_hand.begin());
  }
  void handle() {
    history_.story.tell("the subscriber handles ", world_.queue.size(), " events");
    world_.handle();
  }
  void blind() {
    history_.story.tell("nobody can see the broker");
    world_.blind = "away";
  }
  void lead() {
    history_.story.tell("the leader dies");
    world_.lead();
  }

  // What no look can show is not promised: a queue that has no mark yet, …
  bool is_marked() const {
    return !world_.saved.empty() && !world_.saved.front().mark.empty() &&
           std::ranges::count(world_.marks, world_.saved.front().mark) == 1;
  }
  void lose() {
    if (dice_.one_in(2)) {
      history_.story.tell("the binding is lost");
      world_.unbind();
    } else if (is_marked()) {
      history_.story.tell("the queue is deleted, with ", world_.queue.size(), " events");
      world_.delete_queue();
      is_deleted_ = true;
      if (dice_.one_in(2)) repair();
    }
  }
  // … and a binding that was lost and has come back in between.
  void repair() {
    const bool is_seen = !world_.saved.empty() && world_.saved.front().missing_since.has_value();
    if (is_deleted_ ? false : !is_seen) return;
    if (!world_.is_bound) history_.story.tell("queue and binding are back");
    world_.declare_queue();
    is_deleted_ = false;
  }

  void look_after(std::chrono::milliseconds duration) {
    pass(duration);
    world_.run();
  }
  void end() {
    world_.blind.reset();
    for (int look = 0; look < 10 && !world_.is_bound; ++look) {
      look_after(5s);
      repair();
    }
    dice_.calm();
    while (!world_.in_hand.empty()) move_one();
    for (int look = 0; look < 30; ++look) look_after(5s);
    handle();
  }

  simulate::History& history_;
  simulate::Dice& dice_;
  WatchWorld world_;
  std::int64_t events_ = 0;
  bool is_deleted_ = false;
};

const simulate::Size watch_size{.messages = 75, .faults = 40};

simulate::Simulation watch_simulation_of(WatchMistake mistake) {
  return [mistake](simulate::History& history) { return WatchSimulation(history, mistake).run(); };
}

TEST(BindingWatchSimulation, brings_every_event_to_the_queue_whatever_the_seed) {
  const auto explored =
      simulate::explore({.seeds = 20'000, .size = watch_size}, watch_simulation_of(WatchMistake::none));
  EXPECT_TRUE(explored) << explored;
}

class EachMistakeOfAWatch : public ::testing::TestWithParam<WatchMistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistakeOfAWatch, is_found_by_some_seed_and_told_in_short) {
  const auto explored =
      simulate::search({.seeds = 3'000, .size = watch_size}, watch_simulation_of(GetParam()));
  ASSERT_FALSE(explored) << explored;
  RecordProperty("story", explored.to_string());
  EXPECT_LE(explored.failure()->short_faults, 5) << explored;
}

INSTANTIATE_TEST_SUITE_P(Of, EachMistakeOfAWatch,
                         ::testing::Values(WatchMistake::settles_too_early, WatchMistake::forgets_looks,
                                           WatchMistake::keeps_marks, WatchMistake::forgets_what_was_wanted,
                                           WatchMistake::loses_copies,
                                           WatchMistake::counts_later_than_the_margin));

}  // namespace
}  // namespace waybill::outbox::testing
