#include "watch.hpp"

#include <gtest/gtest.h>

#include "parcels.hpp"

namespace waybill::saga_simulation::detail {
namespace {

using saga::Milestone;
using saga::Outcome;

class WatchTest : public ::testing::Test {
 protected:
  simulate::Verdict sent(std::size_t step, bool is_undo, std::uint32_t epoch = 1) {
    saga::Change change;
    change.sent.push_back({.step = step, .is_undo = is_undo, .epoch = epoch});
    return watch.on_change(change, nullptr);
  }
  simulate::Verdict asked(std::size_t step, std::uint32_t epoch = 1) { return sent(step, false, epoch); }
  simulate::Verdict undo(std::size_t step, std::uint32_t epoch = 1) { return sent(step, true, epoch); }
  simulate::Verdict answered(std::size_t step, Outcome outcome, std::uint32_t epoch = 1) {
    saga::Change change;
    change.outcome = outcome;
    Letter letter{.kind = LetterKind::answer, .step = step, .epoch = epoch};
    return watch.on_change(change, &letter);
  }
  simulate::Verdict reached(Milestone milestone) {
    saga::Change change;
    change.milestones.push_back(milestone);
    return watch.on_change(change, nullptr);
  }

  static saga::Definition<testing::Parcel> definition() {
    using namespace std::chrono_literals;
    constexpr auto to_pack = +[](const testing::Parcel&) { return parcel::v1::Pack(); };
    constexpr auto to_unpack = +[](const testing::Parcel&) { return parcel::v1::Unpack(); };
    constexpr auto to_send = +[](const testing::Parcel&) { return parcel::v1::Send(); };
    return saga::define<testing::Parcel>(
        "pack-two", 1,
        saga::step<"one">(to_pack)
            .on<parcel::v1::Packed>()
            .refused_by<parcel::v1::TooLarge>()
            .undo(to_unpack)
            .within(1s),
        saga::step<"two">(to_pack)
            .on<parcel::v1::Packed>()
            .refused_by<parcel::v1::TooLarge>()
            .undo(to_unpack)
            .within(1s),
        saga::point_of_no_return, saga::step<"send">(to_send).on<parcel::v1::IsSent>().resent_every(1s));
  }

  saga::Definition<testing::Parcel> its_definition = definition();
  Watch watch{its_definition.plan()};
};

TEST_F(WatchTest, lets_a_saga_be_done_and_completed) {
  EXPECT_EQ(reached(Milestone::begun), std::nullopt);
  for (std::size_t step = 0; step < 3; ++step) EXPECT_EQ(asked(step), std::nullopt);
  EXPECT_EQ(reached(Milestone::completed), std::nullopt);
  EXPECT_EQ(watch.at_end(saga::Status::completed), std::nullopt);
  EXPECT_NE(watch.at_end(saga::Status::compensated), std::nullopt);
}

TEST_F(WatchTest, lets_a_saga_be_undone_from_its_last_step_on) {
  EXPECT_EQ(reached(Milestone::begun), std::nullopt);
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_EQ(asked(1), std::nullopt);
  EXPECT_EQ(undo(1), std::nullopt);
  EXPECT_EQ(answered(1, Outcome::step_undone), std::nullopt);
  EXPECT_EQ(undo(0), std::nullopt);
  EXPECT_EQ(answered(0, Outcome::step_undone), std::nullopt);
  EXPECT_EQ(reached(Milestone::compensated), std::nullopt);
  EXPECT_EQ(watch.at_end(saga::Status::compensated), std::nullopt);
}

// A refund after the seat is gone leaves somebody without either, if it fails.
TEST_F(WatchTest, refuses_an_undo_while_a_later_step_is_not_undone) {
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_EQ(asked(1), std::nullopt);
  EXPECT_NE(undo(0), std::nullopt);
}

TEST_F(WatchTest, asks_for_no_undo_of_what_was_refused) {
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_EQ(asked(1), std::nullopt);
  EXPECT_EQ(answered(1, Outcome::step_refused), std::nullopt);
  EXPECT_EQ(undo(0), std::nullopt);
}

// Its participant would do it once more.
TEST_F(WatchTest, refuses_a_new_epoch_before_the_last_was_undone) {
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_NE(asked(0, 2), std::nullopt);
}

TEST_F(WatchTest, lets_an_undone_step_begin_anew) {
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_EQ(undo(0), std::nullopt);
  EXPECT_NE(asked(0), std::nullopt);
  EXPECT_EQ(answered(0, Outcome::step_undone), std::nullopt);
  EXPECT_EQ(asked(0, 2), std::nullopt);
  EXPECT_NE(answered(0, Outcome::step_undone), std::nullopt);
}

TEST_F(WatchTest, refuses_an_undo_behind_the_point_of_no_return) {
  for (std::size_t step = 0; step < 3; ++step) EXPECT_EQ(asked(step), std::nullopt);
  EXPECT_NE(undo(1), std::nullopt);
  EXPECT_NE(asked(2, 2), std::nullopt);
}

TEST_F(WatchTest, refuses_an_event_that_is_published_twice) {
  EXPECT_EQ(reached(Milestone::begun), std::nullopt);
  EXPECT_NE(reached(Milestone::begun), std::nullopt);
}

TEST_F(WatchTest, refuses_a_compensation_that_leaves_something) {
  EXPECT_EQ(asked(0), std::nullopt);
  EXPECT_NE(reached(Milestone::compensated), std::nullopt);
}

}  // namespace
}  // namespace waybill::saga_simulation::detail
