#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "watch_world.hpp"

// What the watch takes from its looks, and what it sends again to whom.

namespace waybill::outbox::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Watch = WatchMachine::Notice::What;

class BindingWatchMachine : public ::testing::Test {
 protected:
  /// A queue that has its mark, and was seen to be empty.
  BindingWatchMachine() {
    world_.run();
    world_.run_after(5s);
  }
  WatchWorld world_;
};

TEST_F(BindingWatchMachine, tells_once_of_a_binding_that_is_missing_and_once_when_it_is_back) {
  world_.unbind();
  for (int look = 0; look < 3; ++look) world_.run_after(5s);
  EXPECT_EQ(world_.times_told(Watch::missing), 1U);
  EXPECT_EQ(world_.machine().missing(), 1U);
  world_.bind();
  for (int look = 0; look < 3; ++look) world_.run_after(5s);
  EXPECT_EQ(world_.times_told(Watch::repaired), 1U);
  EXPECT_EQ(world_.machine().missing(), 0U);
}

TEST_F(BindingWatchMachine, sends_again_what_was_sent_since_a_margin_before_the_last_good_look_in_its_order) {
  world_.run_after(60s);
  world_.send(1);
  world_.run_after(12s);  // a good look
  world_.send(2);
  world_.unbind();
  world_.send(3);
  world_.run_after(5s);
  world_.send(4);
  EXPECT_THAT(world_.copies, IsEmpty());
  world_.bind();
  world_.run_after(5s);
  EXPECT_THAT(world_.copies, ElementsAre(2, 3, 4));
  EXPECT_TRUE(world_.has_told(Watch::replayed));
  EXPECT_FALSE(world_.watched().replay);
  world_.run_after(60s);
  EXPECT_THAT(world_.copies, ElementsAre(2, 3, 4));
}

// The broker may have taken it before the repair, and its row is moved after.
TEST_F(BindingWatchMachine, sends_again_what_was_under_way_at_the_repair) {
  world_.unbind();
  world_.run_after(5s);
  world_.route(1);
  world_.bind();
  world_.run_after(5s);
  EXPECT_THAT(world_.copies, IsEmpty());
  world_.database_now += 1s;
  world_.move(1);
  world_.run();
  EXPECT_THAT(world_.copies, ElementsAre(1));
}

TEST_F(BindingWatchMachine, leaves_out_what_went_by_another_exchange) {
  world_.unbind();
  world_.run_after(5s);
  for (int id = 1; id <= 10; ++id) world_.send(id, id % 5 == 0 ? "events" : "else");
  world_.bind();
  world_.run_after(5s);
  EXPECT_THAT(world_.copies, ElementsAre(5, 10));
}

TEST_F(BindingWatchMachine, has_no_more_than_a_page_of_copies_in_memory) {
  world_.unbind();
  world_.run_after(5s);
  for (int id = 1; id <= 8; ++id) world_.send(id);
  world_.bind();
  world_.run_after(5s);
  EXPECT_THAT(world_.pages, ElementsAre(3, 3, 2));
}

// The first look fails, and the leader dies before another.
TEST_F(BindingWatchMachine, of_a_binding_that_was_never_there_sends_what_was_sent_since_it_was_first_wanted) {
  WatchWorld world;
  world.saved.clear();
  world.unbind();
  world.send(1);
  world.database_now += 1s;
  world.lead();
  world.blind = "away";
  world.run();
  world.send(2);
  world.database_now += 1s;
  world.lead();
  world.blind.reset();
  world.run();
  EXPECT_TRUE(world.has_told(Watch::missing));
  world.send(3);
  world.bind();
  world.run_after(5s);
  EXPECT_THAT(world.copies, ElementsAre(2, 3));
}

TEST_F(BindingWatchMachine, goes_on_where_the_leader_before_it_has_saved_its_progress) {
  world_.unbind();
  world_.run_after(5s);
  for (int id = 1; id <= 7; ++id) world_.send(id);
  world_.bind();
  world_.now += 5s;
  while (world_.copies.size() < 6) {
    world_.answer_copies();
    world_.step();
  }
  world_.answer_copies();
  // The second page was confirmed, and that was not saved.
  world_.lead();
  world_.run();
  EXPECT_THAT(world_.copies, ElementsAre(1, 2, 3, 4, 5, 6, 4, 5, 6, 7));
}

TEST_F(BindingWatchMachine, knows_under_another_leader_what_was_missing) {
  world_.unbind();
  world_.run_after(5s);
  world_.send(1);
  world_.bind();
  world_.lead();
  world_.run();
  EXPECT_TRUE(world_.has_told(Watch::repaired));
  EXPECT_THAT(world_.copies, ElementsAre(1));
}

TEST_F(BindingWatchMachine, begins_anew_when_the_binding_is_lost_again_in_the_middle) {
  world_.unbind();
  world_.run_after(5s);
  for (int id = 1; id <= 5; ++id) world_.send(id);
  world_.bind();
  world_.now += 5s;
  world_.database_now += 5s;
  while (world_.copies.size() < 3) world_.step();
  world_.delete_queue();
  while (world_.step()) {
  }
  world_.run_after(5s);
  world_.declare_queue();
  world_.copies.clear();
  world_.run_after(5s);
  EXPECT_THAT(world_.copies, ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(BindingWatchMachine, sends_a_page_again_of_which_a_copy_was_not_confirmed_and_waits_longer_each_time) {
  world_.unbind();
  world_.run_after(5s);
  for (int id = 1; id <= 2; ++id) world_.send(id);
  world_.bind();
  int answers = 0;
  world_.answers = [&]() -> message::Outcome {
    if (++answers == 2 || answers == 3) return message::Nacked{};
    return message::Confirmed{};
  };
  world_.run_after(5s);
  EXPECT_EQ(answers, 2);
  world_.run_after(100ms);
  EXPECT_EQ(answers, 4);
  world_.run_after(100ms);
  EXPECT_EQ(answers, 4);
  world_.run_after(100ms);
  EXPECT_EQ(answers, 6);
  EXPECT_EQ(world_.queue, (std::set<std::int64_t>{1, 2}));
  EXPECT_FALSE(world_.watched().replay);
}

// All looks as before, but what stood in the queue is gone.
TEST_F(BindingWatchMachine, knows_another_queue_of_the_same_name_by_its_mark_and_fills_it_again) {
  world_.send(1);
  world_.run_after(60s);
  ASSERT_EQ(world_.queue.size(), 1U);
  world_.delete_queue();
  world_.declare_queue();
  world_.run_after(5s);
  EXPECT_TRUE(world_.has_told(Watch::queue_gone));
  EXPECT_FALSE(world_.has_told(Watch::missing));
  EXPECT_THAT(world_.copies, ElementsAre(1));
}

TEST_F(BindingWatchMachine, fills_a_queue_again_that_never_was_empty_as_far_back_as_a_queue_keeps_messages) {
  WatchWorld world;
  world.counts_messages = false;
  world.run();
  world.run_after(5s);
  world.send(1);
  world.run_after(30min);
  world.send(2);
  world.run_after(50min);
  world.delete_queue();
  world.declare_queue();
  world.run_after(5s);
  EXPECT_THAT(world.copies, ElementsAre(2));
}

// The subscriber has handled none of the copies yet, and the broker's counts are late.
TEST_F(BindingWatchMachine, does_not_take_a_queue_for_empty_that_has_just_been_filled_again) {
  world_.counts_lag = 9s;
  world_.send(1);
  world_.run_after(60s);
  world_.delete_queue();
  world_.declare_queue();
  world_.run_after(5s);
  ASSERT_EQ(world_.copies.size(), 1U);
  world_.run_after(5s);
  world_.delete_queue();
  world_.declare_queue();
  world_.run_after(5s);
  EXPECT_THAT(world_.copies, ElementsAre(1, 1));
}

TEST_F(BindingWatchMachine, marks_a_queue_once_and_takes_the_mark_of_another_watch_for_its_own) {
  for (int look = 0; look < 5; ++look) world_.run_after(5s);
  EXPECT_EQ(world_.marks.size(), 1U);
  WatchWorld other;
  other.marks = {"waybill.mark.theirs"};
  other.run();
  EXPECT_EQ(other.watched().mark, "waybill.mark.theirs");
  EXPECT_EQ(other.marks.size(), 1U);
}

// Then a queue that is missed may have been deleted: nobody can tell.
TEST_F(BindingWatchMachine, without_a_mark_fills_a_queue_again_that_is_only_unbound) {
  WatchWorld world;
  world.no_marks = "you may not";
  world.run();
  world.run_after(5s);
  world.send(1);
  world.run_after(60s);
  world.unbind();
  world.run_after(5s);
  world.bind();
  world.run_after(5s);
  EXPECT_THAT(world.copies, ElementsAre(1));
  EXPECT_EQ(world.times_told(Watch::cannot_mark), 1U);
}

TEST_F(BindingWatchMachine, takes_nothing_from_a_look_that_failed_and_tells_of_the_first) {
  world_.blind = "no";
  const auto before = world_.watched();
  for (int look = 0; look < 3; ++look) world_.run_after(5s);
  EXPECT_EQ(world_.watched(), before);
  EXPECT_EQ(world_.times_told(Watch::cannot_see), 1U);
  world_.blind.reset();
  world_.run_after(5s);
  EXPECT_TRUE(world_.has_told(Watch::can_see_again));
}

}  // namespace
}  // namespace waybill::outbox::testing
