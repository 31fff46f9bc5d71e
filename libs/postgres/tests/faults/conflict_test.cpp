#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "effects.hpp"

// Transactions that stand in each other's way: deadlocks, serialization failures, locks and statements that
// take too long.

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Conflict : public ::testing::Test {
 protected:
  Conflict() {
    database_.run(
        "CREATE TABLE account (id bigint PRIMARY KEY, sum bigint NOT NULL DEFAULT 0);"
        "INSERT INTO account SELECT generate_series(1, 12);"
        "ALTER DATABASE " +
        database_.name() + " SET deadlock_timeout = '10ms'");
  }
  Options with(std::size_t connections, std::size_t attempts = 10) const {
    auto options = database_.options();
    options.connections = connections;
    options.attempts = attempts;
    return options;
  }
  std::int64_t total() {
    return effects_.direct().transact(
        [](Tx& tx) { return tx.query_one<std::int64_t>("SELECT sum(sum)::bigint FROM account"); }, soon());
  }
  static void add_one(Tx& tx, std::int64_t account) {
    tx.execute("UPDATE account SET sum = sum + 1 WHERE id = $1", account);
  }

  Database database_;
  Effects effects_{database_.options()};
};

TEST_F(Conflict, of_batches_in_opposite_orders_ends_each_member_once_with_the_right_sums) {
  constexpr int threads = 6;
  constexpr int batches = 6;
  constexpr std::int64_t accounts = 12;
  Pool pool(with(threads, 50));
  std::atomic<std::int64_t> committed = 0;
  in_threads(threads, [&](int thread) {
    for (int b = 0; b < batches; ++b) {
      Batch<> batch(pool);
      for (std::int64_t i = 1; i <= accounts; ++i) {
        const std::int64_t account = thread % 2 == 0 ? i : accounts + 1 - i;
        const std::int64_t key = (std::int64_t{thread} * batches + b) * accounts + i;
        batch.add([=](Tx& tx) {
          Effects::apply(tx, key);
          add_one(tx, account);
        });
      }
      for (const auto& outcome : batch.run(soon()))
        committed += outcome.state == BatchState::committed ? 1 : 0;
    }
  });
  EXPECT_EQ(committed, threads * batches * accounts) << "a conflict is nobody's failure";
  EXPECT_EQ(total(), committed);
  EXPECT_EQ(effects_.count(), committed);
  EXPECT_EQ(effects_.doubled(), 0);
}

// Who gives up after all its attempts must have left nothing; who returns must have counted.
TEST_F(Conflict, of_serialization_runs_again_until_it_comes_through_or_is_told) {
  constexpr int threads = 6;
  constexpr int rounds = 20;
  for (const std::size_t attempts : {std::size_t{1}, std::size_t{200}}) {
    Pool pool(with(threads, attempts));
    const auto before = total();
    std::atomic<std::int64_t> committed = 0;
    std::atomic<int> told = 0;
    in_threads(threads, [&](int) {
      for (int i = 0; i < rounds; ++i) {
        try {
          pool.transact(
              [](Tx& tx) {
                const auto sum = tx.query_one<std::int64_t>("SELECT sum FROM account WHERE id = 1");
                tx.execute("UPDATE account SET sum = $1 WHERE id = 1", sum + 1);
              },
              soon(), Isolation::serializable);
          ++committed;
        } catch (const Fault& fault) {
          ++told;
          EXPECT_EQ(fault.kind(), FaultKind::serialization);
          EXPECT_THAT(fault.what(), HasSubstr("could not serialize access"));
        }
      }
    });
    EXPECT_EQ(committed + told, threads * rounds);
    EXPECT_EQ(total() - before, committed);
    if (attempts > 1) {
      EXPECT_EQ(told, 0) << "each of them had attempts enough";
    }
  }
}

TEST_F(Conflict, over_a_lock_ends_at_the_lock_timeout_and_passes_with_the_lock) {
  auto options = with(2);
  options.lock_timeout = 100ms;
  Pool pool(options);
  pool.transact(
      [&](Tx& tx) {
        add_one(tx, 1);
        std::thread([&] {
          std::optional<Fault> told;
          EXPECT_EQ(Effects::attempt(
                        pool, [](Tx& other) { add_one(other, 1); }, &told),
                    End::not_committed);
          ASSERT_TRUE(told);
          EXPECT_EQ(told->kind(), FaultKind::transient);
          EXPECT_FALSE(told->connection_lost());
          EXPECT_THAT(told->what(), AllOf(HasSubstr("refused \"UPDATE account SET"),
                                          HasSubstr("canceling statement due to lock timeout (55P03)")));
        }).join();
      },
      soon());
  EXPECT_EQ(Effects::attempt(pool, [](Tx& tx) { add_one(tx, 1); }), End::committed);
  EXPECT_EQ(total(), 2);
}

// One member that waits for a lock costs its neighbours nothing but the wait.
TEST_F(Conflict, over_a_lock_in_a_batch_is_that_members_alone) {
  auto options = with(2);
  options.lock_timeout = 100ms;
  Pool pool(options);
  pool.transact(
      [&](Tx& tx) {
        add_one(tx, 2);
        std::thread([&] {
          Batch<> batch(pool);
          for (const std::int64_t account : {1, 2, 3}) batch.add([=](Tx& other) { add_one(other, account); });
          const auto outcomes = batch.run(soon());
          EXPECT_EQ(outcomes[0].state, BatchState::committed);
          EXPECT_EQ(outcomes[1].state, BatchState::failed);
          EXPECT_EQ(outcomes[2].state, BatchState::committed);
        }).join();
      },
      soon());
  EXPECT_EQ(total(), 3);
}

TEST_F(Conflict, with_the_clock_ends_at_the_statement_timeout_and_leaves_the_connection) {
  auto options = with(1);
  options.statement_timeout = 1s;
  Pool pool(options);
  std::optional<Fault> told;
  EXPECT_EQ(Effects::attempt(
                pool,
                [](Tx& tx) {
                  Effects::apply(tx, 1);
                  tx.execute("SELECT pg_sleep(20)");
                },
                &told),
            End::not_committed);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind(), FaultKind::transient);
  EXPECT_THAT(told->what(), HasSubstr("canceling statement due to statement timeout (57014)"));
  EXPECT_EQ(pool.load().idle, 1U);
  EXPECT_EQ(Effects::attempt(pool, 1), End::committed);
  EXPECT_EQ(effects_.count(), 1);
}

}  // namespace
}  // namespace waybill::postgres::testing
