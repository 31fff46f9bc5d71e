#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "outcomes.hpp"
#include "through_proxy.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres::testing {
namespace {

using servers::Direction;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace servers::fault;

class BrokenConnection : public ::testing::Test {
 protected:
  BrokenConnection() { database_.run("CREATE TABLE t (a bigint)"); }

  /// One connection through the proxy.
  Options by_proxy() const {
    auto options = through(proxy_, database_.options());
    options.connections = 1;
    return options;
  }
  static int backend(Tx& tx) { return tx.query_one<std::int32_t>("SELECT pg_backend_pid()"); }
  void terminate(int pid) {
    direct_.transact([&](Tx& tx) { tx.query_one<bool>("SELECT pg_terminate_backend($1, 20000)", pid); },
                     soon());
  }
  std::int64_t rows() {
    return direct_.transact([](Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(*) FROM t"); },
                            soon());
  }
  template <class F>
  static void in_other_thread(F function) {
    std::thread(function).join();
  }

  Database database_;
  Pool direct_{database_.options()};
  servers::FaultProxy proxy_{server_of(database_.options())};
  Pool pool_{by_proxy()};
};

// After a restart of the server every idle connection of the pool is dead, and nobody shall notice.
TEST_F(BrokenConnection, one_that_died_idle_is_replaced_unnoticed) {
  auto options = database_.options();
  options.connections = 3;
  Pool pool(options);
  std::vector<int> pids(3);
  std::vector<std::thread> threads;
  std::atomic<int> inside = 0;
  for (auto& pid : pids) {
    threads.emplace_back([&] {
      pool.transact(
          [&](Tx& tx) {
            pid = backend(tx);
            ++inside;
            EXPECT_TRUE(testkit::eventually([&] { return inside == 3; }));
          },
          soon());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(pool.load().idle, 3U);
  for (const int pid : pids) terminate(pid);
  int runs = 0;
  pool.transact([&](Tx& tx) { ++runs, tx.execute("INSERT INTO t VALUES (1)"); }, soon());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(pool.load().idle, 1U) << "the others of that age are not trusted";
}

TEST_F(BrokenConnection, one_that_breaks_in_a_transaction_is_replaced_once) {
  int runs = 0;
  pool_.transact(
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        if (++runs == 1) in_other_thread([&, pid = backend(tx)] { terminate(pid); });
        tx.execute("INSERT INTO t VALUES (2)");
      },
      soon());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), 2);
}

TEST_F(BrokenConnection, one_that_breaks_again_is_the_callers_to_know) {
  int runs = 0;
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    ++runs;
    in_other_thread([&, pid = backend(tx)] { terminate(pid); });
    tx.execute("INSERT INTO t VALUES (2)");
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::unavailable);
  EXPECT_EQ(fault->sqlstate(), "57P01");
  EXPECT_TRUE(fault->connection_lost());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(pool_.load().idle, 0U) << "a connection that broke is destroyed";
}

// Session settings and advisory locks vanish with a session: a connection that comes back by itself would
// hide that.
TEST_F(BrokenConnection, one_that_broke_does_not_come_back_by_itself) {
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    proxy_.inject(CutNow{});
    EXPECT_THROW(tx.execute("INSERT INTO t VALUES (1)"), Fault);
    EXPECT_THROW(tx.execute("INSERT INTO t VALUES (2)"), Fault);
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::unavailable);
  EXPECT_THAT(fault->what(),
              HasSubstr("the connection to PostgreSQL at 127.0.0.1:" + std::to_string(proxy_.port())));
  EXPECT_EQ(rows(), 0);
}

// The connection was gone before COMMIT was sent: certainly nothing was committed, so it may run again.
TEST_F(BrokenConnection, cut_before_commit_is_sent_is_not_in_doubt) {
  int runs = 0;
  pool_.transact(
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        if (++runs == 1) in_other_thread([&, pid = backend(tx)] { terminate(pid); });
      },
      soon());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), 1);
}

// The heart of the matter: the row is there, and to run the function again would insert it twice.
TEST_F(BrokenConnection, a_commit_whose_answer_is_lost_is_in_doubt_and_never_run_again) {
  int runs = 0;
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    ++runs;
    tx.execute("INSERT INTO t VALUES (1)");
    tx.on_commit([] { ADD_FAILURE() << "nobody knows whether it was committed"; });
    proxy_.inject(CutAfter{.direction = Direction::server_to_client});
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::in_doubt);
  EXPECT_THAT(fault->what(),
              AllOf(HasSubstr("whether the transaction was committed is unknown: COMMIT was sent to"),
                    HasSubstr("Find out by the transaction's own key before doing it again")));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(rows(), 1);
}

TEST_F(BrokenConnection, a_commit_that_never_arrived_is_in_doubt_too) {
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    proxy_.inject(CutAfter{.direction = Direction::client_to_server});
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::in_doubt);
  EXPECT_EQ(rows(), 0);
}

TEST_F(BrokenConnection, a_commit_without_answer_is_in_doubt_at_the_deadline) {
  pool_.ping(soon());
  const auto fault = fault_of(
      pool_,
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        proxy_.inject(StopReading{Direction::server_to_client});
      },
      base::Deadline::after(2s));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::in_doubt);
  EXPECT_THAT(fault->what(), HasSubstr("the deadline came at \"COMMIT\""));
  EXPECT_EQ(rows(), 1);
}

TEST_F(BrokenConnection, a_silent_server_is_given_up_at_the_deadline) {
  pool_.ping(soon());
  const auto began = base::system_clock().steady();
  const auto fault = fault_of(
      pool_,
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        proxy_.inject(StopReading{Direction::server_to_client});
        tx.execute("INSERT INTO t VALUES (2)");
      },
      base::Deadline::after(2s));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::transient);
  EXPECT_TRUE(fault->connection_lost());
  EXPECT_LT(base::system_clock().steady() - began, 20s);
  EXPECT_EQ(pool_.load().idle, 0U);
}

// Without a deadline of the caller's, the server's own statement_timeout tells when silence is no more
// slowness.
TEST_F(BrokenConnection, a_silent_server_is_given_up_even_without_a_deadline) {
  auto options = by_proxy();
  options.statement_timeout = 1s;
  const auto began = base::system_clock().steady();
  Pool pool(options);
  const auto fault = fault_of(
      pool,
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        proxy_.inject(StopReading{Direction::server_to_client});
        try {
          tx.execute("INSERT INTO t VALUES (2)");
        } catch (const Fault&) {
          proxy_.heal();
          proxy_.inject(CutNow{});
          throw std::runtime_error("disguised");
        }
      },
      base::Deadline::never());
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::unavailable);
  EXPECT_THAT(fault->what(),
              AllOf(HasSubstr("is silent: no answer to \"INSERT INTO t VALUES (2)\" for 3000 ms"),
                    HasSubstr("Check whether the server is frozen or the network is cut")));
  EXPECT_LT(base::system_clock().steady() - began, 15s);
}

// Else a statement nobody waits for any more would hold its locks for as long as it likes.
TEST_F(BrokenConnection, the_server_ends_a_statement_whose_caller_gave_up) {
  auto options = database_.options();
  options.application_name = "gave-up";
  Pool pool(options);
  pool.ping(soon());
  const auto fault = fault_of(
      pool, [](Tx& tx) { tx.execute("SELECT pg_sleep(100)"); }, base::Deadline::after(2s));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::transient);
  EXPECT_THAT(fault->what(), HasSubstr("the deadline came at \"SELECT pg_sleep(100)\""));
  EXPECT_TRUE(testkit::eventually([&] {
    return direct_.transact(
        [](Tx& tx) {
          return tx.query_one<bool>(
              "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'gave-up')");
        },
        soon());
  }));
}

TEST_F(BrokenConnection, nothing_is_committed_when_the_deadline_came_inside_the_function) {
  int ran = 0;
  pool_.ping(soon());
  const auto deadline = base::Deadline::after(2s);
  const auto fault = fault_of(
      pool_,
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        ++ran;
        EXPECT_TRUE(testkit::eventually([&] { return deadline.passed(); }));
      },
      deadline);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::transient);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(pool_.load().idle, 1U) << "the connection is none the worse for it";
}

// Writing blocks as reading does, when the other side takes nothing more.
TEST_F(BrokenConnection, a_large_parameter_to_a_server_that_stops_reading_ends_at_the_deadline) {
  const std::string large(16 << 20, 'x');
  pool_.ping(soon());
  const auto began = base::system_clock().steady();
  const auto fault = fault_of(
      pool_,
      [&](Tx& tx) {
        tx.execute("INSERT INTO t VALUES (1)");
        proxy_.inject(StopReading{Direction::client_to_server});
        tx.execute("SELECT length($1)", large);
      },
      base::Deadline::after(2s));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::transient);
  EXPECT_LT(base::system_clock().steady() - began, 20s);
}

}  // namespace
}  // namespace waybill::postgres::testing
