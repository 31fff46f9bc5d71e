#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <latch>
#include <thread>

#include "outcomes.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Transact : public ::testing::Test {
 protected:
  Transact() { database_.run("CREATE TABLE t (a bigint PRIMARY KEY, b bigint NOT NULL DEFAULT 0)"); }

  std::int64_t rows() {
    return pool_.transact([](Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(*) FROM t"); },
                          soon());
  }

  Database database_;
  Pool pool_{database_.options()};
};

TEST_F(Transact, commits_what_returns_and_gives_back_its_value) {
  const auto value = pool_.transact(
      [](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        return std::make_unique<int>(7);
      },
      soon());
  EXPECT_EQ(*value, 7);
  EXPECT_EQ(rows(), 1);
}

TEST_F(Transact, rolls_back_what_throws_and_throws_it_on) {
  const auto throwing = [](Tx& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    throw std::domain_error("no");
  };
  EXPECT_THROW(pool_.transact(throwing, soon()), std::domain_error);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(pool_.load().idle, 1U);
}

TEST_F(Transact, what_waits_for_the_commit_runs_after_it_in_order_and_may_begin_a_transaction) {
  std::vector<std::int64_t> seen;
  pool_.transact(
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        tx.on_commit([&] { seen.push_back(rows()); });
        tx.on_commit([&] { seen.push_back(2); });
        EXPECT_TRUE(seen.empty());
      },
      soon());
  EXPECT_THAT(seen, ElementsAre(1, 2));
}

TEST_F(Transact, what_waits_for_the_commit_does_not_run_after_a_rollback) {
  bool ran = false;
  const auto throwing = [&](Tx& tx) {
    tx.on_commit([&] { ran = true; });
    tx.execute("INSERT INTO t VALUES (1)");
    throw std::domain_error("no");
  };
  EXPECT_THROW(pool_.transact(throwing, soon()), std::domain_error);
  EXPECT_FALSE(ran);
}

// The wake-up of a rolled-back run must not be heard: it would tell of rows that are not there.
TEST_F(Transact, only_the_run_that_committed_has_its_on_commit_called) {
  int runs = 0;
  std::vector<int> heard;
  pool_.transact(
      [&](Tx& tx) {
        tx.on_commit([&heard, run = ++runs] { heard.push_back(run); });
        tx.execute("INSERT INTO t VALUES ($1)", runs);
        if (runs < 3) tx.execute("DO $$ BEGIN RAISE serialization_failure; END $$");
      },
      soon());
  EXPECT_THAT(heard, ElementsAre(3));
  EXPECT_EQ(rows(), 1);
}

TEST_F(Transact, a_conflict_runs_again_up_to_the_attempts) {
  int runs = 0;
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    ++runs;
    tx.execute("DO $$ BEGIN RAISE deadlock_detected; END $$");
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::serialization);
  EXPECT_EQ(fault->sqlstate(), "40P01");
  EXPECT_EQ(runs, 10);
}

TEST_F(Transact, a_conflict_runs_again_whatever_the_function_made_of_it) {
  int runs = 0;
  pool_.transact(
      [&](Tx& tx) {
        if (++runs == 3) return;
        try {
          tx.execute("DO $$ BEGIN RAISE serialization_failure; END $$");
        } catch (const Fault&) {
          if (runs == 1) throw std::domain_error("disguised");
        }
      },
      soon());
  EXPECT_EQ(runs, 3);
}

TEST_F(Transact, serializable_transactions_that_cross_both_come_through) {
  database_.run("INSERT INTO t VALUES (1, 0), (2, 0)");
  std::barrier both(2);
  std::atomic<int> runs = 0;
  const auto cross = [&](std::int64_t read, std::int64_t write) {
    bool first = true;
    pool_.transact(
        [&](Tx& tx) {
          ++runs;
          const auto sum = tx.query_one<std::int64_t>("SELECT b FROM t WHERE a = $1", read);
          if (first) both.arrive_and_wait();
          first = false;
          tx.execute("UPDATE t SET b = $2 WHERE a = $1", write, sum + 1);
        },
        soon(), Isolation::serializable);
  };
  std::thread other([&] { cross(1, 2); });
  cross(2, 1);
  other.join();
  EXPECT_GT(runs, 2);
  const auto sum = pool_.transact(
      [](Tx& tx) { return tx.query_one<std::int64_t>("SELECT sum(b)::bigint FROM t"); }, soon());
  EXPECT_EQ(sum, 3) << "as if one had run after the other";
}

TEST_F(Transact, deadlocked_transactions_both_come_through) {
  database_.run("INSERT INTO t VALUES (1, 0), (2, 0)");
  std::barrier both(2);
  const auto lock_both = [&](std::int64_t one, std::int64_t two) {
    bool first = true;
    pool_.transact(
        [&](Tx& tx) {
          tx.execute("UPDATE t SET b = b + 1 WHERE a = $1", one);
          if (first) both.arrive_and_wait();
          first = false;
          tx.execute("UPDATE t SET b = b + 1 WHERE a = $1", two);
        },
        soon());
  };
  std::thread other([&] { lock_both(1, 2); });
  lock_both(2, 1);
  other.join();
  const auto sum = pool_.transact(
      [](Tx& tx) { return tx.query_one<std::int64_t>("SELECT sum(b)::bigint FROM t"); }, soon());
  EXPECT_EQ(sum, 4);
}

// A function that goes on after a caught error believes in a commit that the server has turned into a
// rollback.
TEST_F(Transact, a_fault_that_was_swallowed_is_thrown_all_the_same) {
  const auto fault = fault_of(pool_, [](Tx& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    try {
      tx.execute("INSERT INTO t VALUES (1)");
    } catch (const Fault&) {
    }
    EXPECT_THROW(tx.execute("INSERT INTO t VALUES (2)"), Fault);
  });
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->is_unique_violation());
  EXPECT_EQ(rows(), 0);
}

TEST_F(Transact, a_constraint_checked_at_commit_is_a_fault_of_its_kind) {
  database_.run("ALTER TABLE t ADD CONSTRAINT later UNIQUE (b) DEFERRABLE INITIALLY DEFERRED");
  const auto fault = fault_of(pool_, [](Tx& tx) { tx.execute("INSERT INTO t VALUES (1, 5), (2, 5)"); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::permanent);
  EXPECT_TRUE(fault->violates("later"));
  EXPECT_EQ(rows(), 0);
}

TEST_F(Transact, a_transaction_without_statements_takes_no_round_trip) {
  EXPECT_EQ(pool_.transact([](Tx&) { return 5; }, soon()), 5);
}

TEST_F(Transact, isolation_is_what_was_asked_for) {
  const auto isolation = [&](Isolation asked) {
    return pool_.transact(
        [](Tx& tx) {
          return tx.query_one<std::string, std::string>(
              "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')");
        },
        soon(), asked);
  };
  EXPECT_EQ(isolation(Isolation::read_committed),
            (std::tuple<std::string, std::string>{"read committed", "off"}));
  EXPECT_EQ(isolation(Isolation::repeatable_read),
            (std::tuple<std::string, std::string>{"repeatable read", "off"}));
  EXPECT_EQ(isolation(Isolation::serializable),
            (std::tuple<std::string, std::string>{"serializable", "off"}));
  EXPECT_EQ(isolation(Isolation::read_only_snapshot),
            (std::tuple<std::string, std::string>{"repeatable read", "on"}));
}

TEST_F(Transact, a_statement_that_no_longer_fits_the_tables_is_prepared_afresh) {
  constexpr Sql all = "SELECT * FROM t";
  const auto read = [&] { return pool_.transact([&](Tx& tx) { return tx.execute(all); }, soon()); };
  EXPECT_EQ(read(), 0U);
  EXPECT_EQ(read(), 0U);
  database_.run("ALTER TABLE t ADD COLUMN c text; INSERT INTO t VALUES (1)");
  EXPECT_EQ(read(), 1U);
}

TEST_F(Transact, a_lock_that_is_not_to_be_had_is_transient) {
  auto options = database_.options();
  options.lock_timeout = 50ms;
  Pool impatient(options);
  database_.run("INSERT INTO t VALUES (1)");
  pool_.transact(
      [&](Tx& tx) {
        tx.execute("UPDATE t SET b = 1");
        std::thread([&] {
          try {
            impatient.transact([](Tx& other) { other.execute("UPDATE t SET b = 2"); }, soon());
            ADD_FAILURE() << "no fault";
          } catch (const Fault& fault) {
            EXPECT_EQ(fault.kind(), FaultKind::transient);
            EXPECT_EQ(fault.sqlstate(), "55P03");
          }
        }).join();
      },
      soon());
}

TEST_F(Transact, a_statement_beyond_its_timeout_is_transient_and_leaves_the_connection) {
  auto options = database_.options();
  options.statement_timeout = 1s;
  Pool pool(options);
  try {
    pool.transact([](Tx& tx) { tx.execute("SELECT pg_sleep(20)"); }, soon());
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::transient);
    EXPECT_EQ(fault.sqlstate(), "57014");
  }
  EXPECT_EQ(pool.load().idle, 1U);
}

TEST_F(Transact, a_function_that_lets_its_transaction_idle_too_long_is_cut_off_and_told_so) {
  auto options = database_.options();
  options.idle_in_transaction_session_timeout = 100ms;
  Pool pool(options);
  try {
    pool.transact(
        [&](Tx& tx) {
          tx.execute("INSERT INTO t VALUES (1)");
          database_.run("SELECT pg_sleep(0.4)");
          tx.execute("INSERT INTO t VALUES (2)");
        },
        soon());
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::transient);
    EXPECT_EQ(fault.sqlstate(), "25P03");
  }
  EXPECT_EQ(pool.load().idle, 0U);
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace waybill::postgres::testing
