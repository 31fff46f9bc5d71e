#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.hpp"

// In what order rows go, and when they are deleted.

namespace waybill::outbox::testing {
namespace {

using message::Confirmed;
using message::Nacked;
using message::Unknown;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RelayOrder, rows_of_different_keys_go_together) {
  World world;
  world.commit(1, "a");
  world.commit(2, "b");
  world.commit(3, "c");
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 2, 3));
}

// Two unconfirmed ones of a key could arrive in either order after a reconnect.
TEST(RelayOrder, a_row_waits_until_the_one_before_it_of_its_key_is_confirmed) {
  World world;
  world.commit(1, "a");
  world.commit(2, "a");
  world.commit(3, "b");
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 3));
  world.answer(3, Confirmed{});
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 3));
  world.answer(1, Confirmed{});
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 3, 2));
}

TEST(RelayOrder, the_same_key_on_another_exchange_is_another_order) {
  World world;
  world.commit(1, "a", "commands");
  world.commit(2, "a", "events");
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 2));
}

TEST(RelayOrder, rows_without_a_key_wait_for_nobody) {
  World world;
  world.commit(1, "");
  world.commit(2, "");
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 2));
}

// A crash between confirm and delete must duplicate, never lose.
TEST(RelayOrder, nothing_is_removed_before_it_is_confirmed) {
  World world;
  world.commit(1, "a");
  world.run_after(1h);
  EXPECT_THAT(world.removed, IsEmpty());
  EXPECT_THAT(world.outbox, SizeIs(1));
  world.answer(1, Confirmed{});
  world.run();
  EXPECT_THAT(world.removed, ElementsAre(1));
}

// A transaction may take its id early and commit late: a cursor alone would pass it by, and one that only
// looked back now and then would send the later rows of its key first.
TEST(RelayOrder, a_row_that_is_committed_late_under_a_low_id_goes_before_the_later_ones_of_its_key) {
  World world;
  world.snapshot = {10, 12};
  world.commit(7, "b");
  world.run();
  world.commit(3, "a");
  world.commit(8, "a");
  world.wake();
  world.run();
  EXPECT_THAT(world.published, ElementsAre(7, 3));
}

// Ids of transactions that were rolled back must not be looked for until the end of time.
TEST(RelayOrder, ids_are_looked_for_until_all_transactions_of_their_time_have_ended) {
  World world;
  world.snapshot = {10, 12};
  world.commit(7, "b");
  world.run();
  world.snapshot = {12, 15};
  world.wake();
  world.run();
  world.commit(3, "a");
  world.wake();
  world.run();
  EXPECT_THAT(world.published, ElementsAre(7));
}

// A backlog full of gaps is read in many pieces; none of them is to look into the gaps of all before it.
TEST(RelayOrder, ids_are_no_longer_looked_for_where_a_read_that_was_cut_off_has_looked_in_vain) {
  auto limits = World::quiet();
  limits.read_rows = 2;
  const auto now = World().now;
  RelayMachine machine(limits, {}, now);
  const auto holes_of_next_read = [&] {
    for (;;) {
      const auto action = machine.next(now);
      if (const auto* read = std::get_if<act::Read>(&action)) return read->holes;
      if (std::holds_alternative<act::Promote>(action)) machine.on_promoted(0, true, now);
      if (std::holds_alternative<act::Sweep>(action)) machine.on_swept({}, 0ns, now);
    }
  };
  const auto row = [](std::int64_t id) { return Row{.id = id, .key = "a", .publication = {}}; };
  EXPECT_THAT(holes_of_next_read(), IsEmpty());
  machine.on_read({row(5), row(9)}, false, {10, 12}, now);
  EXPECT_THAT(holes_of_next_read(), ElementsAre(IdSpan{1, 4}, IdSpan{6, 8}));
  machine.on_read({row(7), row(14)}, false, {12, 15}, now);
  EXPECT_THAT(holes_of_next_read(), ElementsAre(IdSpan{10, 13}));
}

TEST(RelayOrder, a_row_that_was_passed_by_all_the_same_is_found_by_the_sweep) {
  World world;
  world.commit(7, "a");
  world.run();
  world.wake();
  world.run();
  world.commit(3, "b");
  world.wake();
  world.run();
  EXPECT_THAT(world.published, ElementsAre(7));
  world.run_after(1h);
  EXPECT_THAT(world.published, ElementsAre(7, 3));
}

TEST(RelayOrder, a_sweep_sends_nothing_twice_that_is_in_hand) {
  World world;
  world.commit(1, "a");
  world.commit(2, "a");
  world.run();
  world.run_after(1h);
  EXPECT_GE(world.acts["sweep"], 1);
  EXPECT_THAT(world.published, ElementsAre(1));
  world.answer(1, Confirmed{});
  world.run_after(1h);
  EXPECT_THAT(world.published, ElementsAre(1, 2));
}

TEST(RelayOrder, sweeps_take_a_tenth_of_the_time_at_most) {
  auto limits = World::quiet();
  limits.sweep_every = 1ms;
  World world(limits);
  world.commit(1, "a");
  world.run();
  world.sweep_takes = 100ms;
  const auto began = world.now;
  while (world.now < began + 10s) world.run_after(1ms);
  // One of 100 ms each second, and the one that took no time at the beginning.
  EXPECT_LE(world.acts["sweep"], 11);
  EXPECT_GE(world.acts["sweep"], 10);
}

TEST(RelayOrder, what_ended_unknown_or_refused_goes_again_and_its_key_waits) {
  World world;
  world.commit(1, "a");
  world.commit(2, "a");
  world.run();
  world.answer(1, Unknown{"the connection ended"});
  world.run_after(1s);
  EXPECT_THAT(world.published, ElementsAre(1, 1));
  world.answer(1, Nacked{});
  world.run_after(1s);
  EXPECT_THAT(world.published, ElementsAre(1, 1, 1));
  world.answer(1, Confirmed{});
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 1, 1, 2));
}

TEST(RelayOrder, a_row_that_goes_again_and_again_goes_less_and_less_often) {
  World world;
  world.commit(1, "a");
  world.answers = [](const message::Address&) { return Nacked{}; };
  world.run();
  for (int i = 0; i < 60'000; ++i) world.run_after(1ms);
  EXPECT_THAT(world.published, SizeIs(::testing::AllOf(::testing::Ge(15), ::testing::Le(25))));
}

// An operator who deletes a row must not stop its key for ever.
TEST(RelayOrder, a_row_that_somebody_deleted_lets_the_next_of_its_key_go) {
  World world;
  world.commit(1, "a");
  world.commit(2, "a");
  world.run();
  world.answer(1, Unknown{"the connection ended"});
  world.outbox.erase(1);
  world.run_after(1s);
  EXPECT_THAT(world.published, ElementsAre(1, 2));
}

TEST(RelayOrder, no_more_are_under_way_than_the_window_allows) {
  auto limits = World::quiet();
  limits.window = 3;
  World world(limits);
  for (int id = 1; id <= 10; ++id) world.commit(id, std::to_string(id));
  world.run();
  EXPECT_THAT(world.under_way, SizeIs(3));
  world.confirm_all();
  EXPECT_THAT(world.published, SizeIs(10));
}

TEST(RelayOrder, no_more_rows_are_in_memory_than_the_limit_allows_and_all_go_in_the_end) {
  auto limits = World::quiet();
  limits.rows = 20;
  limits.read_rows = 10;
  World world(limits);
  for (int id = 1; id <= 1'000; ++id) world.commit(id, std::to_string(id % 7));
  world.run();
  while (!world.under_way.empty()) {
    EXPECT_LE(world.machine().load().rows, 20U);
    world.answer(world.under_way.back(), Confirmed{});
    world.run();
  }
  EXPECT_THAT(world.published, SizeIs(1'000));
  EXPECT_THAT(world.outbox, IsEmpty());
}

// A few thousand rows of ten megabytes are more than a machine has.
TEST(RelayOrder, no_more_bytes_are_in_memory_than_the_limit_and_a_statement_allow_and_all_go_in_the_end) {
  auto limits = World::quiet();
  limits.read_rows = 3;
  limits.bytes = 1'000;
  World world(limits);
  for (int id = 1; id <= 30; ++id) {
    world.commit(id, "");
    world.outbox.at(id).publication.message.body.assign(300, 'x');
  }
  world.run();
  EXPECT_THAT(world.published, SizeIs(6)) << "after 900 bytes there is room, after 1,800 there is not";
  for (const auto id : std::vector(world.under_way)) world.answer(id, Unknown{.why = {}, .sent = false});
  world.run();
  EXPECT_THAT(world.published, SizeIs(6)) << "what is lost will take the room again";
  world.answers = [](const message::Address&) { return Confirmed{}; };
  for (int minute = 0; minute < 5; ++minute) world.run_after(1min);
  EXPECT_THAT(world.outbox, IsEmpty());
}

// A new leader would send them all again.
TEST(RelayOrder, a_removal_that_fails_is_tried_less_and_less_often_and_nothing_is_sent_again) {
  auto limits = World::quiet();
  limits.remove_rows = 5;  // as many as there are
  World world(limits);
  world.answers = [](const message::Address&) { return Confirmed{}; };
  world.removal_fails = true;
  for (int id = 1; id <= 5; ++id) world.commit(id, "a");
  world.run();
  for (int second = 0; second < 60; ++second) world.run_after(1s);
  EXPECT_THAT(world.acts["remove"], ::testing::AllOf(::testing::Ge(12), ::testing::Le(25)));
  EXPECT_FALSE(world.machine().is_at_rest());
  world.removal_fails = false;
  world.run_after(1min);
  EXPECT_THAT(world.removed, ::testing::UnorderedElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(world.published, ElementsAre(1, 2, 3, 4, 5));
}

TEST(RelayOrder, one_row_that_cannot_be_removed_keeps_no_other_from_it) {
  World world;
  world.answers = [](const message::Address&) { return Confirmed{}; };
  world.cannot_be_removed = 40;
  for (int id = 1; id <= 100; ++id) world.commit(id, "");
  world.run();
  for (int second = 0; second < 100; ++second) world.run_after(1s);
  EXPECT_THAT(world.removed, SizeIs(99));
  EXPECT_EQ(world.outbox.size(), 1U);
}

// Or else it would keep a processor busy until its first row comes.
TEST(RelayOrder, a_leader_that_has_nothing_to_do_waits) {
  World world;
  world.run();
  EXPECT_GT(std::get<act::Wait>(world.machine().next(world.now)).until, world.now);
}

TEST(RelayOrder, a_new_leader_sends_again_what_was_not_removed) {
  World world;
  world.commit(1, "a");
  world.commit(2, "a");
  world.run();
  world.lead();
  world.run();
  EXPECT_THAT(world.published, ElementsAre(1, 1));
  world.confirm_all();
  EXPECT_THAT(world.published, ElementsAre(1, 1, 2));
}

TEST(RelayOrder, a_few_confirmed_rows_are_removed_together_but_soon) {
  World world;
  for (int id = 1; id <= 10; ++id) world.commit(id, std::to_string(id));
  world.run();
  for (int id = 1; id <= 5; ++id) world.answer(id, Confirmed{});
  world.run();
  EXPECT_EQ(world.acts["remove"], 0);
  world.run_after(20ms);
  EXPECT_EQ(world.acts["remove"], 1);
  EXPECT_THAT(world.removed, SizeIs(5));
}

TEST(RelayOrder, it_is_at_rest_when_all_is_removed_and_nothing_more_was_found) {
  World world;
  world.commit(1, "a");
  world.run();
  EXPECT_FALSE(world.machine().is_at_rest());
  world.confirm_all();
  EXPECT_FALSE(world.machine().is_at_rest());
  world.wake();
  world.run();
  EXPECT_TRUE(world.machine().is_at_rest());
  // Something was committed after that look: who stops now has to look again.
  world.wake();
  EXPECT_FALSE(world.machine().is_at_rest());
}

}  // namespace
}  // namespace waybill::outbox::testing
