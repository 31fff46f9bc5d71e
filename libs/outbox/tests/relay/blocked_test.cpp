#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "world.hpp"

// Rows that reach no queue wait where they harm nobody, and go in their order once they can.

namespace waybill::outbox::testing {
namespace {

using message::Confirmed;
using message::Returned;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using What = RelayMachine::Notice::What;

class RelayBlocked : public ::testing::Test {
 protected:
  RelayBlocked() {
    world_.answers = [this](const message::Address& to) -> message::Outcome {
      if (to.routing_key.value() == broken_) return Returned{312, "NO_ROUTE"};
      return Confirmed{};
    };
  }
  World world_;
  std::string broken_ = "lost";
};

TEST_F(RelayBlocked, a_returned_row_and_the_later_ones_of_its_key_wait_and_others_go) {
  world_.commit(1, "a", "commands", "lost");
  world_.commit(2, "a", "commands", "well");
  world_.commit(3, "b", "commands", "well");
  world_.run();
  EXPECT_THAT(world_.published, ElementsAre(1, 3));
  EXPECT_THAT(world_.blocked, SizeIs(2));
  EXPECT_THAT(world_.outbox, IsEmpty());
  EXPECT_THAT(world_.reasons[1], HasSubstr("NO_ROUTE"));
  EXPECT_THAT(world_.reasons[2], HasSubstr("waits behind"));
}

TEST_F(RelayBlocked, rows_of_a_blocked_key_that_come_later_wait_behind) {
  world_.commit(1, "a", "commands", "lost");
  world_.run();
  world_.commit(2, "a", "commands", "well");
  world_.wake();
  world_.run();
  EXPECT_THAT(world_.published, ElementsAre(1));
  EXPECT_THAT(world_.blocked, SizeIs(2));
}

TEST_F(RelayBlocked, once_the_way_is_there_all_go_in_their_order) {
  for (int id = 1; id <= 30; ++id) {
    world_.commit(id, "a", "commands", id % 3 == 1 ? "lost" : "well");
  }
  world_.run();
  EXPECT_THAT(world_.blocked, SizeIs(30));
  world_.published.clear();
  broken_ = "";
  world_.run_after(1min);
  world_.run_after(1min);
  std::vector<std::int64_t> expected(30);
  std::iota(expected.begin(), expected.end(), 1);
  EXPECT_EQ(world_.published, expected);
  EXPECT_THAT(world_.blocked, IsEmpty());
  world_.commit(31, "a", "commands", "well");
  world_.wake();
  world_.run();
  EXPECT_EQ(world_.published.back(), 31);
}

TEST_F(RelayBlocked, one_row_of_a_way_is_tried_at_a_time_however_many_wait) {
  for (int id = 1; id <= 200; ++id) world_.commit(id, std::to_string(id), "commands", "lost");
  world_.run();
  EXPECT_THAT(world_.blocked, SizeIs(200));
  world_.published.clear();
  world_.run_after(1min);
  EXPECT_THAT(world_.published, SizeIs(1));
  world_.run_after(1min);
  EXPECT_THAT(world_.published, SizeIs(2));
}

TEST_F(RelayBlocked, is_tried_less_and_less_often_and_at_once_by_a_new_leader) {
  world_.commit(1, "a", "commands", "lost");
  world_.run();
  for (int second = 0; second < 60; ++second) world_.run_after(1s);
  const auto tries = world_.published.size();
  EXPECT_THAT(tries, ::testing::AllOf(::testing::Ge(7U), ::testing::Le(12U)));
  world_.lead();
  world_.run();
  EXPECT_THAT(world_.published, SizeIs(tries + 1));
}

TEST_F(RelayBlocked, a_new_leader_sends_nothing_past_a_blocked_row_of_the_key) {
  world_.commit(1, "a", "commands", "lost");
  world_.run();
  world_.commit(2, "a", "commands", "well");
  world_.lead();
  world_.run();
  EXPECT_THAT(world_.published, ElementsAre(1, 1));
  broken_ = "";
  world_.run_after(1min);
  world_.run_after(1min);
  EXPECT_THAT(world_.published, ElementsAre(1, 1, 1, 2));
}

TEST_F(RelayBlocked, a_way_that_stays_closed_holds_up_no_other_that_is_open_again) {
  world_.answers = [&](const message::Address& to) -> message::Outcome {
    if (to.routing_key.value() != "well") return Returned{312, "NO_ROUTE"};
    return Confirmed{};
  };
  for (int id = 1; id <= 10; ++id) world_.commit(id, "a" + std::to_string(id), "commands", "lost");
  for (int id = 11; id <= 20; ++id) world_.commit(id, "b" + std::to_string(id), "commands", "mended");
  world_.run();
  EXPECT_THAT(world_.blocked, SizeIs(20));
  world_.answers = [&](const message::Address& to) -> message::Outcome {
    if (to.routing_key.value() == "lost") return Returned{312, "NO_ROUTE"};
    return Confirmed{};
  };
  world_.run_after(1min);
  EXPECT_THAT(world_.blocked, SizeIs(10));
}

// Reply addresses that somebody has made up, say.
TEST_F(RelayBlocked, is_tried_no_later_because_other_ways_close_meanwhile) {
  bool is_mended = false;
  world_.answers = [&](const message::Address& to) -> message::Outcome {
    if (is_mended && to.routing_key.value() == "mended") return Confirmed{};
    return Returned{312, "NO_ROUTE"};
  };
  world_.commit(1, "a", "commands", "mended");
  world_.run();
  is_mended = true;
  for (int id = 2; id <= 30; ++id) {
    world_.commit(id, "", "commands", "nobody " + std::to_string(id));
    world_.wake();
    world_.run_after(500ms);
  }
  EXPECT_FALSE(world_.blocked.contains(1));
}

TEST_F(RelayBlocked, lets_new_rows_have_every_other_turn) {
  auto limits = World::quiet();
  limits.read_rows = 2;
  limits.rows = 10;
  World world(limits);
  bool is_mended = false;
  world.answers = [&](const message::Address& to) -> message::Outcome {
    if (is_mended || to.routing_key.value() == "well") return Confirmed{};
    return Returned{312, "NO_ROUTE"};
  };
  for (int id = 1; id <= 100; ++id) world.commit(id, std::to_string(id), "commands", "mended");
  world.run();
  EXPECT_THAT(world.blocked, SizeIs(100));
  is_mended = true;
  for (int id = 101; id <= 110; ++id) world.commit(id, "", "commands", "well");
  world.published.clear();
  world.wake();
  world.run_after(1min);
  EXPECT_THAT(world.published, SizeIs(110));
  const auto last_new = std::ranges::find(world.published, 110);
  EXPECT_LT(last_new - world.published.begin(), 40);
}

TEST_F(RelayBlocked, is_told_once_when_it_begins_and_once_when_it_is_over) {
  for (int id = 1; id <= 5; ++id) world_.commit(id, std::to_string(id), "commands", "lost");
  world_.run();
  for (int minute = 0; minute < 5; ++minute) world_.run_after(1min);
  ASSERT_THAT(world_.notices, SizeIs(1));
  EXPECT_EQ(world_.notices.front().what, What::way_blocked);
  EXPECT_EQ(world_.notices.front().way.routing_key.value(), "lost");
  broken_ = "";
  world_.run_after(1min);
  ASSERT_THAT(world_.notices, SizeIs(2));
  EXPECT_EQ(world_.notices.back().what, What::way_free);
}

// A payload that no broker takes would be tried for ever, and its key with it.
TEST_F(RelayBlocked, a_row_that_can_never_be_sent_is_put_aside_without_a_try) {
  world_.commit(1, "a", "commands", std::string(256, 'k'));
  world_.commit(2, "b", "commands", "well");
  world_.run();
  world_.run_after(1min);
  EXPECT_THAT(world_.published, ElementsAre(2));
  EXPECT_THAT(world_.reasons[1], HasSubstr("255"));
}

}  // namespace
}  // namespace waybill::outbox::testing
