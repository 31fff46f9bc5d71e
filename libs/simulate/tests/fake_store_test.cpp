#include "waybill/simulate/fake_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "waybill/simulate/fake_table.hpp"

namespace waybill::simulate {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class FakeStoreTest : public ::testing::Test {
 protected:
  History history_{1, {.faults = 1'000}};
  FakeStore store_{history_, "the store"};
  FakeTable<int, std::string> rows_{store_};
};

TEST_F(FakeStoreTest, makes_a_transaction_at_its_commit_and_whole) {
  auto transaction = store_.begin();
  transaction.then([&] { rows_.insert(1, "a"); });
  transaction.then([&] { rows_.insert(2, "b"); });
  EXPECT_THAT(rows_.rows(), IsEmpty());
  EXPECT_EQ(transaction.commit(), CommitEnd::committed);
  EXPECT_THAT(rows_.rows(), ElementsAre(Pair(1, "a"), Pair(2, "b")));
}

TEST_F(FakeStoreTest, changes_rows_as_tables_do) {
  store_.transact([&] {
    EXPECT_TRUE(rows_.insert(1, "a"));
    EXPECT_FALSE(rows_.insert(1, "b"));
    rows_.put(2, "c");
    rows_.put(2, "d");
    EXPECT_EQ(*rows_.find(1), "a");
    EXPECT_EQ(rows_.take(1), "a");
    EXPECT_FALSE(rows_.erase(1));
  });
  EXPECT_THAT(rows_.rows(), ElementsAre(Pair(2, "d")));
  EXPECT_EQ(rows_.find(1), nullptr);
}

// What is undone must leave nothing, whatever was done over what.
TEST_F(FakeStoreTest, undoes_all_that_was_done_when_the_work_throws) {
  store_.transact([&] { rows_.put(1, "a"); });
  EXPECT_THROW(store_.transact([&] {
    rows_.put(1, "b");
    rows_.insert(2, "c");
    rows_.erase(1);
    rows_.insert(1, "d");
    rows_.take(2);
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_THAT(rows_.rows(), ElementsAre(Pair(1, "a")));
  EXPECT_EQ(store_.all_ended_below(), store_.none_from());
}

TEST_F(FakeStoreTest, makes_nothing_of_what_is_rolled_back) {
  store_.faults.rolls_back = 100;
  EXPECT_EQ(store_.transact([&] { rows_.insert(1, "a"); }), CommitEnd::rolled_back);
  EXPECT_THAT(rows_.rows(), IsEmpty());
}

TEST_F(FakeStoreTest, makes_what_is_in_doubt_or_does_not_and_says_which_to_nobody) {
  store_.faults.leaves_in_doubt = 100;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(store_.transact([&] { rows_.insert(i, "a"); }), CommitEnd::in_doubt);
  }
  EXPECT_GT(rows_.rows().size(), 25U);
  EXPECT_LT(rows_.rows().size(), 75U);
}

TEST_F(FakeStoreTest, is_away_for_a_while_and_then_there_again) {
  store_.faults.goes_away = 100;
  EXPECT_EQ(store_.transact([&] { rows_.insert(1, "a"); }), CommitEnd::unavailable);
  store_.faults.goes_away = 0;
  EXPECT_TRUE(store_.is_away());
  history_.time.pass(store_.faults.longest_away);
  EXPECT_EQ(store_.transact([&] { rows_.insert(1, "b"); }), CommitEnd::committed);
  EXPECT_THAT(rows_.rows(), ElementsAre(Pair(1, "b")));
}

// An id that is taken early and seen late is what a relay's cursor passes by.
TEST_F(FakeStoreTest, shows_rows_in_the_order_of_commits_and_not_of_ids) {
  auto early = store_.begin();
  const auto low = store_.next_id();
  early.then([&] { rows_.insert(static_cast<int>(low), "early"); });
  auto late = store_.begin();
  const auto high = store_.next_id();
  late.then([&] { rows_.insert(static_cast<int>(high), "late"); });
  EXPECT_LT(low, high);
  EXPECT_EQ(late.commit(), CommitEnd::committed);
  EXPECT_THAT(rows_.rows(), ElementsAre(Pair(high, "late")));
  EXPECT_EQ(store_.all_ended_below(), early.number());
  EXPECT_EQ(store_.none_from(), late.number() + 1);
  EXPECT_EQ(early.commit(), CommitEnd::committed);
  EXPECT_EQ(rows_.rows().size(), 2U);
  EXPECT_EQ(store_.all_ended_below(), store_.none_from());
}

TEST_F(FakeStoreTest, gives_a_lock_to_one_transaction_until_its_end) {
  auto other = store_.begin();
  {
    auto first = store_.begin();
    EXPECT_TRUE(first.try_lock("k"));
    EXPECT_TRUE(first.try_lock("k"));
    EXPECT_FALSE(other.try_lock("k"));
    auto moved = std::move(first);
    EXPECT_FALSE(other.try_lock("k"));
  }
  EXPECT_TRUE(other.try_lock("k"));
  other.commit();
  EXPECT_TRUE(store_.begin().try_lock("k"));
}

TEST_F(FakeStoreTest, lets_one_session_lead_until_it_ends) {
  auto first = store_.connect("first");
  const auto second = store_.connect("second");
  EXPECT_TRUE(first->try_lock("leader"));
  EXPECT_FALSE(second->try_lock("leader"));
  first.reset();
  EXPECT_TRUE(second->try_lock("leader"));
}

TEST_F(FakeStoreTest, ends_sessions_which_never_work_again) {
  const auto first = store_.connect("first");
  EXPECT_TRUE(first->try_lock("leader"));
  store_.faults.ends_sessions = 100;
  EXPECT_FALSE(first->works());
  store_.faults.ends_sessions = 0;
  EXPECT_FALSE(first->works());
  EXPECT_FALSE(first->try_lock("leader"));
  EXPECT_TRUE(store_.connect("second")->try_lock("leader"));
}

TEST_F(FakeStoreTest, ends_all_sessions_when_it_goes_away) {
  const auto first = store_.connect("first");
  EXPECT_TRUE(first->try_lock("leader"));
  store_.go_away(10ms);
  history_.time.pass(20ms);
  EXPECT_FALSE(first->works());
  EXPECT_TRUE(store_.connect("second")->try_lock("leader"));
}

// A connection that is dead is noticed late, and until then nobody leads.
TEST_F(FakeStoreTest, may_keep_the_locks_of_a_dead_session_for_a_while) {
  store_.faults.keeps_locks = 100;
  auto first = store_.connect("first");
  EXPECT_TRUE(first->try_lock("leader"));
  first.reset();
  const auto second = store_.connect("second");
  EXPECT_FALSE(second->try_lock("leader"));
  history_.time.pass(store_.faults.longest_kept);
  EXPECT_TRUE(second->try_lock("leader"));
}

}  // namespace
}  // namespace waybill::simulate
