#include "accept_machine.hpp"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <utility>

#include "caller.hpp"

// Who shares what with whom, and who is told what, without a database.

namespace waybill::accept {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using What = AcceptMachine::What;
using Refusal = AcceptMachine::Refusal;

RequestMark mark(const std::string& key, const std::string& fingerprint = "f", std::string client = "c") {
  return {.client = std::move(client),
          .key = key,
          .hash = static_cast<std::int64_t>(std::hash<std::string>{}(key)),
          .fingerprint = fingerprint};
}

class AcceptMachineTest : public ::testing::Test {
 protected:
  base::SteadyTime in(std::chrono::milliseconds time) const { return now_ + time; }

  auto add(Caller& caller, const std::string& key, std::chrono::milliseconds patience = 10s) {
    return machine_.add(&caller, mark(key), in(patience));
  }
  /// The next group, of which nothing is expected but that these are in it.
  AcceptMachine::Group take(std::size_t members) {
    auto group = machine_.take(now_);
    EXPECT_EQ(group.members.size(), members);
    return group;
  }
  auto finish(const AcceptMachine::Member& member, RunEnd end) {
    return machine_.finished(member, end, now_);
  }
  /// Until what has been put back is due.
  void rest() { now_ = machine_.next_ready().value_or(now_); }

  base::SteadyTime now_ = base::SteadyTime{1h};
  AcceptMachine machine_{{.group = 3, .waiting = 6}};
  Caller a_;
  Caller b_;
  Caller c_;
};

TEST_F(AcceptMachineTest, beside_a_large_group_waits_for_its_end_or_for_a_whole_group_or_a_little_while) {
  AcceptMachine machine{{.group = 64, .waiting = 200}};
  std::array<Caller, 100> callers;
  const auto add_some = [&](std::size_t from, std::size_t to) {
    for (auto n = from; n < to; ++n) {
      EXPECT_FALSE(machine.add(&callers.at(n), mark(std::to_string(n)), in(10s)));
    }
  };
  add_some(0, 9);
  const auto large = machine.take(now_);
  EXPECT_EQ(large.members.size(), 9U);
  add_some(9, 20);
  EXPECT_THAT(machine.take(now_).members, IsEmpty());
  EXPECT_EQ(machine.next_ready(), in(10ms));
  EXPECT_EQ(machine.take(in(10ms)).members.size(), 11U) << "what takes long does not hold others up";
  add_some(20, 84);
  EXPECT_EQ(machine.take(in(11ms)).members.size(), 64U) << "there is nothing to gain by waiting";
  add_some(84, 90);
  EXPECT_THAT(machine.take(in(12ms)).members, IsEmpty());
}

TEST_F(AcceptMachineTest, beside_a_small_group_begins_at_once) {
  AcceptMachine machine{{.group = 64, .waiting = 200}};
  EXPECT_FALSE(machine.add(&a_, mark("a"), in(10s)));
  EXPECT_EQ(machine.take(now_).members.size(), 1U);
  EXPECT_FALSE(machine.add(&b_, mark("b"), in(10s)));
  EXPECT_EQ(machine.take(now_).members.size(), 1U);
}

TEST_F(AcceptMachineTest, takes_all_that_wait_up_to_a_group_in_the_order_of_their_coming) {
  std::array<Caller, 5> callers;
  for (std::size_t i = 0; i < callers.size(); ++i) EXPECT_FALSE(add(callers.at(i), std::to_string(i)));
  const auto first = take(3);
  EXPECT_EQ(first.members[0].owner, &callers[0]);
  EXPECT_EQ(first.members[2].owner, &callers[2]);
  EXPECT_EQ(first.members[2].mark->key, "2");
  EXPECT_TRUE(machine_.has_waiting());
  EXPECT_EQ(take(2).members[0].owner, &callers[3]);
  EXPECT_FALSE(machine_.has_waiting());
  EXPECT_THAT(finish(first.members[1], RunEnd::over),
              ElementsAre(AcceptMachine::Told{&callers[1], What::answer}));
}

TEST_F(AcceptMachineTest, runs_a_request_once_for_all_that_repeat_it_while_it_waits_or_runs) {
  add(a_, "k");
  add(b_, "k");
  const auto group = take(1);
  add(c_, "k");
  EXPECT_EQ(machine_.load().waiting, 2U);
  EXPECT_EQ(machine_.load().running, 1U);
  take(0);
  EXPECT_THAT(finish(group.members[0], RunEnd::over),
              ElementsAre(AcceptMachine::Told{&a_, What::answer}, AcceptMachine::Told{&b_, What::same_answer},
                          AcceptMachine::Told{&c_, What::same_answer}));
  EXPECT_TRUE(machine_.is_empty());
}

TEST_F(AcceptMachineTest, refuses_another_request_under_a_key_that_is_here) {
  add(a_, "k");
  EXPECT_EQ(machine_.add(&b_, mark("k", "other"), in(10s)), Refusal::reused);
  const auto group = take(1);
  EXPECT_EQ(machine_.add(&b_, mark("k", "other"), in(10s)), Refusal::reused);
  finish(group.members[0], RunEnd::over);
  EXPECT_FALSE(machine_.add(&b_, mark("k", "other"), in(10s)))
      << "what is not here any more is for the database to tell";
}

// Were the client no part of it, one client would read another one's answers.
TEST_F(AcceptMachineTest, keeps_the_same_key_of_two_clients_apart) {
  machine_.add(&a_, mark("k", "f", "one"), in(10s));
  EXPECT_FALSE(machine_.add(&b_, mark("k", "other", "two"), in(10s)));
  take(2);
}

TEST_F(AcceptMachineTest, keeps_two_keys_with_one_hash_apart) {
  auto other = mark("l");
  other.hash = mark("k").hash;
  add(a_, "k");
  EXPECT_FALSE(machine_.add(&b_, other, in(10s)));
  take(2);
}

TEST_F(AcceptMachineTest, refuses_who_comes_when_as_many_wait_as_may) {
  std::array<Caller, 7> callers;
  for (std::size_t i = 0; i < 6; ++i) EXPECT_FALSE(add(callers.at(i), i < 3 ? "same" : std::to_string(i)));
  EXPECT_EQ(add(callers[6], "new"), Refusal::full);
  EXPECT_EQ(add(callers[6], "same"), Refusal::full) << "a repeat waits as well";
  take(3);
  EXPECT_FALSE(add(callers[6], "new")) << "what runs does not wait";
}

TEST_F(AcceptMachineTest, gives_who_asked_for_it_a_transaction_alone_and_its_turn) {
  add(a_, "1");
  machine_.add(&b_, mark("2"), in(10s), Sharing::alone);
  add(c_, "3");
  EXPECT_EQ(take(2).members[1].owner, &c_);
  EXPECT_EQ(take(1).members[0].owner, &b_);
}

TEST_F(AcceptMachineTest, gives_a_group_the_time_of_its_most_patient_caller) {
  add(a_, "1", 1s);
  add(b_, "2", 2s);
  add(c_, "2", 3s);
  EXPECT_EQ(take(2).deadline, in(3s));
}

TEST_F(AcceptMachineTest, tells_whose_turn_does_not_come_in_time_that_nothing_was_done) {
  add(a_, "1", 1s);
  add(b_, "1", 2s);
  EXPECT_EQ(machine_.next_deadline(), in(1s));
  EXPECT_THAT(machine_.expire(in(999ms)), IsEmpty());
  EXPECT_THAT(machine_.expire(in(1s)), ElementsAre(AcceptMachine::Told{&a_, What::late}));
  EXPECT_EQ(machine_.next_deadline(), in(2s));
  EXPECT_EQ(take(1).members[0].owner, &b_) << "the repeat still wants it";
}

TEST_F(AcceptMachineTest, runs_nothing_that_nobody_waits_for_any_more) {
  add(a_, "1", 1s);
  machine_.expire(in(1s));
  EXPECT_TRUE(machine_.is_empty());
  now_ = in(1s);
  take(0);
}

// Its function runs, and may look at what the caller has.
TEST_F(AcceptMachineTest, tells_an_owner_nothing_while_its_function_may_run) {
  add(a_, "1", 1s);
  add(b_, "1", 1s);
  const auto group = take(1);
  EXPECT_THAT(machine_.expire(in(5s)), ElementsAre(AcceptMachine::Told{&b_, What::unknown}));
  EXPECT_EQ(machine_.next_deadline(), base::SteadyTime::max());
  EXPECT_THAT(finish(group.members[0], RunEnd::over), ElementsAre(AcceptMachine::Told{&a_, What::answer}));
}

TEST_F(AcceptMachineTest, tells_all_when_the_database_is_away) {
  add(a_, "1");
  add(b_, "1");
  EXPECT_THAT(finish(take(1).members[0], RunEnd::away),
              ElementsAre(AcceptMachine::Told{&a_, What::away}, AcceptMachine::Told{&b_, What::away}));
  EXPECT_TRUE(machine_.is_empty());
}

TEST_F(AcceptMachineTest, runs_again_after_a_rest_what_is_in_doubt_before_others) {
  add(a_, "1");
  const auto group = take(1);
  EXPECT_FALSE(group.members[0].was_begun);
  EXPECT_THAT(finish(group.members[0], RunEnd::in_doubt), IsEmpty());
  add(b_, "2");
  add(c_, "1");
  EXPECT_EQ(take(1).members[0].owner, &b_);
  rest();
  const auto again = take(1);
  EXPECT_EQ(again.members[0].owner, &a_);
  EXPECT_TRUE(again.members[0].was_begun);
  EXPECT_THAT(
      finish(again.members[0], RunEnd::over),
      ElementsAre(AcceptMachine::Told{&a_, What::doubt_solved}, AcceptMachine::Told{&c_, What::same_answer}));
}

// A 503 would say that nothing was done, and it may have been.
TEST_F(AcceptMachineTest,
       tells_who_is_in_doubt_at_the_end_that_nobody_knows_and_never_that_nothing_was_done) {
  add(a_, "1", 1s);
  finish(take(1).members[0], RunEnd::in_doubt);
  rest();
  EXPECT_THAT(finish(take(1).members[0], RunEnd::away), IsEmpty()) << "away now is no answer for then";
  rest();
  EXPECT_THAT(finish(take(1).members[0], RunEnd::again), IsEmpty());
  EXPECT_THAT(machine_.expire(in(1s)), ElementsAre(AcceptMachine::Told{&a_, What::unknown}));
  EXPECT_TRUE(machine_.is_empty());
}

TEST_F(AcceptMachineTest, tells_an_owner_whose_time_went_by_in_the_run_at_its_end) {
  add(a_, "1", 1s);
  add(b_, "2", 1s);
  add(c_, "2", 10s);
  const auto group = take(2);
  now_ = in(2s);
  EXPECT_THAT(finish(group.members[0], RunEnd::again), ElementsAre(AcceptMachine::Told{&a_, What::late}));
  EXPECT_THAT(finish(group.members[1], RunEnd::in_doubt),
              ElementsAre(AcceptMachine::Told{&b_, What::unknown}));
  rest();
  EXPECT_EQ(take(1).members[0].owner, &c_) << "with the function of who is still there";
}

TEST_F(AcceptMachineTest, rests_longer_after_each_run_and_never_longer_than_half_a_second) {
  add(a_, "1", 1h);
  auto longest = 0ns;
  for (int run = 0; run < 40; ++run) {
    finish(take(1).members[0], RunEnd::in_doubt);
    const auto before = now_;
    take(0);
    rest();
    EXPECT_GE(now_ - before, longest);
    longest = now_ - before;
  }
  EXPECT_EQ(longest, 500ms);
}

TEST_F(AcceptMachineTest, refuses_who_comes_when_it_is_stopped_and_goes_on_with_who_is_here) {
  add(a_, "1");
  machine_.stop();
  EXPECT_EQ(add(b_, "2"), Refusal::stopping);
  EXPECT_EQ(add(b_, "1"), Refusal::stopping);
  take(1);
}

TEST_F(AcceptMachineTest, ends_what_waits_when_it_is_closed_and_puts_nothing_back) {
  add(a_, "1");
  add(b_, "2");
  const auto group = take(2);
  add(c_, "3");
  finish(group.members[1], RunEnd::in_doubt);
  EXPECT_THAT(machine_.close(), UnorderedElementsAre(AcceptMachine::Told{&c_, What::late},
                                                     AcceptMachine::Told{&b_, What::unknown}));
  EXPECT_FALSE(machine_.is_empty());
  EXPECT_THAT(finish(group.members[0], RunEnd::again), ElementsAre(AcceptMachine::Told{&a_, What::late}));
  EXPECT_TRUE(machine_.is_empty());
}

}  // namespace
}  // namespace waybill::accept
