#include "consumer_machine.hpp"

#include <gmock/gmock.h>

#include "waybill/base/uuid_v7.hpp"

// What the consumer does next, case by case.

namespace waybill::inbox {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Card = ConsumerMachine::Card;
using End = ConsumerMachine::End;

class ConsumerMachineTest : public ::testing::Test {
 protected:
  static Card fresh() { return {.id = base::new_uuid_v7(), .payload_hash = 1}; }
  static Card suspect() { return {.id = base::new_uuid_v7(), .payload_hash = 1, .is_suspect = true}; }

  template <class Act>
  Act next() {
    auto action = machine_.next(now_);
    EXPECT_TRUE(std::holds_alternative<Act>(action)) << "another action: " << action.index();
    return std::holds_alternative<Act>(action) ? std::get<Act>(action) : Act{};
  }
  void receive(const std::vector<Card>& cards) {
    next<act::Receive>();
    machine_.on_received(cards);
  }
  void run_all(End end) {
    const auto run = next<act::Run>();
    machine_.on_ran(run.places, std::vector(run.places.size(), end), now_);
  }

  base::SteadyTime now_{1h};
  ConsumerMachine machine_{{.crashes = 3, .give_back_after = 5s, .rest = {10ms, 10ms, 1.0}}, 1};
};

TEST_F(ConsumerMachineTest, runs_what_came_together_and_settles_it_after_the_commit) {
  receive({fresh(), fresh(), fresh()});
  const auto run = next<act::Run>();
  EXPECT_THAT(run.places, ElementsAre(0U, 1U, 2U));
  EXPECT_FALSE(run.alone);
  machine_.on_ran(run.places, {End::over, End::over, End::over}, now_);
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(0U, 1U, 2U));
  machine_.on_settled({0, 1, 2});
  next<act::Receive>();
}

TEST_F(ConsumerMachineTest, settles_a_failed_one_only_after_its_failure_is_recorded) {
  receive({fresh(), fresh()});
  next<act::Run>();
  machine_.on_ran({0, 1}, {End::over, End::failed}, now_);
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(0U));
  machine_.on_settled({0});
  EXPECT_THAT(next<act::Record>().places, ElementsAre(1U));
  machine_.on_unavailable(now_);
  next<act::Sleep>();
  EXPECT_THAT(next<act::Record>().places, ElementsAre(1U)) << "again, until it is written down";
  machine_.on_recorded({1});
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(1U));
}

TEST_F(ConsumerMachineTest, takes_back_what_may_be_noted_before_it_stops) {
  receive({suspect(), suspect()});
  EXPECT_EQ(next<act::Begin>().place, 0U);
  machine_.on_unavailable(now_);
  machine_.on_stop();
  EXPECT_THAT(next<act::TakeBack>().places, ElementsAre(0U));
  machine_.on_taken_back({0});
  next<act::Stop>();
}

TEST_F(ConsumerMachineTest, takes_back_what_it_has_begun_while_a_handler_waits) {
  receive({suspect()});
  next<act::Begin>();
  machine_.on_begun(0, 1);
  machine_.on_ran(next<act::Run>().places, {End::unfinished}, now_, 10ms);
  EXPECT_THAT(next<act::TakeBack>().places, ElementsAre(0U));
  machine_.on_taken_back({0});
  next<act::Sleep>();
  next<act::Begin>();
}

TEST_F(ConsumerMachineTest, runs_a_suspect_alone_and_notes_it_before) {
  receive({fresh(), suspect(), fresh()});
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
  machine_.on_ran({0}, {End::over}, now_);
  machine_.on_settled(next<act::Settle>().places);
  EXPECT_EQ(next<act::Begin>().place, 1U);
  machine_.on_begun(1, 1);
  const auto run = next<act::Run>();
  EXPECT_THAT(run.places, ElementsAre(1U));
  EXPECT_TRUE(run.alone);
  machine_.on_ran({1}, {End::over}, now_);
  machine_.on_settled(next<act::Settle>().places);
  EXPECT_THAT(next<act::Run>().places, ElementsAre(2U));
}

TEST_F(ConsumerMachineTest, does_not_run_a_suspect_that_has_ended_too_many_processes) {
  receive({suspect()});
  next<act::Begin>();
  machine_.on_begun(0, 4);
  EXPECT_THAT(next<act::Record>().places, ElementsAre(0U));
}

TEST_F(ConsumerMachineTest, runs_again_at_once_what_is_in_doubt_and_settles_nothing_of_it) {
  receive({fresh()});
  run_all(End::in_doubt);
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
}

TEST_F(ConsumerMachineTest, takes_copies_of_what_was_committed_for_copies) {
  const auto one = fresh();
  receive({one, one, one});
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
  machine_.on_ran({0}, {End::over}, now_);
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(0U, 1U, 2U));
}

TEST_F(ConsumerMachineTest, does_not_take_a_later_attempt_for_a_copy_of_a_stale_one) {
  const auto stale = fresh();
  auto retry = stale;
  retry.attempt = 2;
  receive({stale, retry});
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
  machine_.on_ran({0}, {End::over}, now_);
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(0U));
  machine_.on_settled({0});
  EXPECT_THAT(next<act::Run>().places, ElementsAre(1U));
}

TEST_F(ConsumerMachineTest, runs_half_as_many_after_several_of_which_none_came_to_an_end) {
  receive(std::vector<Card>{fresh(), fresh(), fresh(), fresh(), fresh(), fresh()});
  EXPECT_EQ(next<act::Run>().places.size(), 6U);
  machine_.on_ran({0, 1, 2, 3, 4, 5}, std::vector(6, End::unfinished), now_);
  next<act::Sleep>();
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U, 1U, 2U));
  machine_.on_ran({0, 1, 2}, std::vector(3, End::unfinished), now_);
  next<act::Sleep>();
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
  machine_.on_ran({0}, {End::unfinished}, now_);
  next<act::Sleep>();
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U)) << "one at least";
  machine_.on_ran({0}, {End::over}, now_);
  machine_.on_settled(next<act::Settle>().places);
  EXPECT_THAT(next<act::Run>().places, ElementsAre(1U, 2U)) << "more again";
  machine_.on_ran({1, 2}, {End::over, End::over}, now_);
  machine_.on_settled(next<act::Settle>().places);
  EXPECT_EQ(next<act::Run>().places.size(), 3U);
}

// Half of what cannot be done in time may end in doubt: were it more again then, it would be so for ever.
TEST_F(ConsumerMachineTest, runs_as_many_as_before_after_all_of_them_were_in_doubt) {
  receive(std::vector<Card>{fresh(), fresh()});
  machine_.on_ran(next<act::Run>().places, {End::unfinished, End::unfinished}, now_);
  next<act::Sleep>();
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
  machine_.on_ran({0}, {End::in_doubt}, now_);
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U));
}

TEST_F(ConsumerMachineTest, runs_copies_of_what_failed_after_the_failure_is_recorded) {
  const auto one = fresh();
  receive({one, one});
  next<act::Run>();
  machine_.on_ran({0}, {End::failed}, now_);
  EXPECT_THAT(next<act::Record>().places, ElementsAre(0U));
  machine_.on_recorded({0});
  machine_.on_settled(next<act::Settle>().places);
  EXPECT_THAT(next<act::Run>().places, ElementsAre(1U)) << "the database says that it is stale";
}

TEST_F(ConsumerMachineTest, never_puts_two_payloads_of_one_id_into_a_transaction) {
  const auto one = fresh();
  auto other = one;
  other.payload_hash = 2;
  receive({one, fresh(), other, fresh()});
  EXPECT_THAT(next<act::Run>().places, ElementsAre(0U, 1U));
  machine_.on_ran({0, 1}, {End::over, End::over}, now_);
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(0U, 1U));
  machine_.on_settled({0, 1});
  EXPECT_THAT(next<act::Run>().places, ElementsAre(2U, 3U));
}

TEST_F(ConsumerMachineTest, gives_back_what_it_has_when_the_database_stays_away) {
  receive({suspect(), fresh()});
  next<act::Begin>();
  machine_.on_begun(0, 1);
  run_all(End::unfinished);
  next<act::Sleep>();
  now_ += 4s;
  next<act::Begin>();
  machine_.on_begun(0, 1);
  run_all(End::unfinished);
  now_ += 1s;
  EXPECT_THAT(next<act::GiveBack>().begun, ElementsAre(0U)) << "what it had begun has ended no process";
  machine_.on_given_back();
  next<act::Receive>();
}

TEST_F(ConsumerMachineTest, gives_nothing_back_while_a_handler_only_asked_for_a_rest) {
  receive({fresh()});
  for (int i = 0; i < 100; ++i) {
    const auto run = next<act::Run>();
    machine_.on_ran(run.places, {End::unfinished}, now_, 1s);
    EXPECT_EQ(next<act::Sleep>().duration, 1s);
    now_ += 1s;
  }
}

TEST_F(ConsumerMachineTest, never_runs_what_is_refused_or_skipped) {
  auto refused = fresh();
  refused.is_refused = true;
  auto skipped = fresh();
  skipped.is_skipped = true;
  receive({refused, skipped});
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(1U));
  machine_.on_settled({1});
  EXPECT_THAT(next<act::Record>().places, ElementsAre(0U));
}

TEST_F(ConsumerMachineTest, stops_between_two_actions_after_it_has_settled_what_is_over) {
  receive({fresh(), fresh()});
  next<act::Run>();
  machine_.on_stop();
  machine_.on_ran({0, 1}, {End::over, End::unfinished}, now_);
  EXPECT_THAT(next<act::Settle>().places, ElementsAre(0U));
  machine_.on_settled({0});
  next<act::Stop>();
}

}  // namespace
}  // namespace waybill::inbox
