#include "waybill/postgres/pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "pool_holder.hpp"
#include "test_database.hpp"
#include "waybill/postgres/async.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/telemetry/metrics.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PoolTest : public ::testing::Test {
 protected:
  Options with_connections(std::size_t count) const {
    auto options = database_.options();
    options.connections = count;
    return options;
  }
  static std::string fault_text(Pool& pool, base::Deadline deadline, FaultKind kind) {
    try {
      pool.ping(deadline);
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind(), kind);
      return fault.what();
    }
    return "(no fault)";
  }

  Database database_;
};

TEST_F(PoolTest, opens_no_connection_before_it_is_used_and_uses_one_again) {
  Pool pool(with_connections(4));
  EXPECT_EQ(pool.load().idle, 0U);
  const auto backend = [&] {
    return pool.transact([](Tx& tx) { return tx.query_one<std::int32_t>("SELECT pg_backend_pid()"); },
                         soon());
  };
  const int first = backend();
  EXPECT_EQ(backend(), first);
  EXPECT_EQ(pool.load().idle, 1U);
}

TEST_F(PoolTest, never_has_more_connections_than_it_may) {
  auto options = with_connections(3);
  options.application_name = "bounded";
  Pool pool(options);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        pool.transact(
            [&](Tx& tx) {
              const int now = ++inside;
              for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
              tx.execute("SELECT 1");
              --inside;
            },
            soon());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_LE(pool.load().idle, 3U);
}

TEST_F(PoolTest, an_exhausted_pool_says_so_at_the_deadline) {
  Pool pool(with_connections(1));
  const PoolHolder holder(pool);
  EXPECT_THAT(
      fault_text(pool, base::Deadline::after(50ms), FaultKind::unavailable),
      AllOf(HasSubstr("none of the pool's 1 connections to PostgreSQL at"), HasSubstr("was free within "),
            HasSubstr("Give the pool more connections, or make the transactions shorter")));
}

TEST_F(PoolTest, an_exhausted_pool_says_so_after_the_acquire_timeout) {
  auto options = with_connections(1);
  options.acquire_timeout = 50ms;
  Pool pool(options);
  const PoolHolder holder(pool);
  EXPECT_THAT(fault_text(pool, soon(), FaultKind::unavailable), HasSubstr("was free within "));
}

TEST_F(PoolTest, closing_waits_for_the_running_and_sends_the_others_away) {
  Pool pool(with_connections(1));
  auto holder = std::make_optional<PoolHolder>(pool);
  std::thread waiter(
      [&] { EXPECT_THAT(fault_text(pool, soon(), FaultKind::unavailable), HasSubstr("is closed")); });
  EXPECT_TRUE(testkit::eventually([&] { return pool.load().waiting == 1; }));
  std::atomic<bool> closed = false;
  std::thread closer([&] {
    pool.close(soon());
    closed = true;
  });
  waiter.join();
  EXPECT_FALSE(closed);
  holder.reset();
  closer.join();
  EXPECT_EQ(pool.load().in_use, 0U);
  EXPECT_EQ(pool.load().idle, 0U);
  EXPECT_THAT(fault_text(pool, soon(), FaultKind::unavailable), HasSubstr("is closed"));
}

// A process that is told to stop does not wait for a statement of minutes.
TEST_F(PoolTest, closing_cuts_what_runs_beyond_the_deadline) {
  Pool pool(with_connections(1));
  std::latch running(1);
  std::thread runner([&] {
    try {
      pool.transact(
          [&](Tx& tx) {
            tx.execute("SELECT 1");
            running.count_down();
            tx.execute("SELECT pg_sleep(100)");
          },
          base::Deadline::never());
      ADD_FAILURE() << "no fault";
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind(), FaultKind::unavailable);
    }
  });
  running.wait();
  const auto began = base::system_clock().steady();
  pool.close(base::Deadline::after(100ms));
  EXPECT_LT(base::system_clock().steady() - began, 10s);
  runner.join();
}

TEST_F(PoolTest, a_transaction_inside_another_is_a_bug) {
  Pool pool(with_connections(2));
  EXPECT_DEATH(pool.transact([&](Tx&) { pool.transact([](Tx&) {}, soon()); }, soon()),
               "a transaction was begun inside the function of another one, on the same thread");
}

TEST_F(PoolTest, a_function_that_throws_after_the_commit_is_a_bug) {
  Pool pool(with_connections(1));
  EXPECT_DEATH(pool.transact([](Tx& tx) { tx.on_commit([] { throw std::runtime_error("late"); }); }, soon()),
               "a function given to on_commit\\(\\) threw");
}

boost::asio::awaitable<void> count(Pool& pool, runtime::EventLoop& loop, std::int64_t& result,
                                   std::string& thread, bool& on_loop) {
  result = co_await transact_async(
      pool,
      [&](Tx& tx) {
        thread = runtime::this_thread_name();
        return tx.query_one<std::int64_t>("SELECT count(*) FROM generate_series(1, 5)");
      },
      soon());
  on_loop = loop.is_this_thread();
}

boost::asio::awaitable<void> fail(Pool& pool, std::string& sqlstate) {
  try {
    co_await transact_async(
        pool, [](Tx& tx) { tx.execute("SELECT 1/0"); }, soon());
  } catch (const Fault& fault) {
    sqlstate = fault.sqlstate();
  }
}

TEST_F(PoolTest, a_coroutine_awaits_a_transaction_on_a_database_thread_and_goes_on_on_its_own) {
  Pool pool(with_connections(2));
  runtime::EventLoop loop;
  std::int64_t result = 0;
  std::string thread;
  std::string sqlstate;
  bool on_loop = false;
  loop.spawn("count", count(pool, loop, result, thread, on_loop));
  loop.spawn("fail", fail(pool, sqlstate));
  loop.finish();
  loop.run();
  EXPECT_EQ(result, 5);
  EXPECT_THAT(thread, HasSubstr("database-"));
  EXPECT_TRUE(on_loop);
  EXPECT_EQ(sqlstate, "22012");
}

boost::asio::awaitable<void> refused(Pool& pool, std::optional<FaultKind>& kind) {
  try {
    co_await transact_async(
        pool, [](Tx& tx) { tx.execute("SELECT 1"); }, soon());
  } catch (const Fault& fault) {
    kind = fault.kind();
  }
}

TEST_F(PoolTest, a_coroutine_is_told_as_a_fault_that_the_threads_take_no_more) {
  Pool pool(with_connections(1));
  pool.threads().close();
  runtime::EventLoop loop;
  std::optional<FaultKind> kind;
  loop.spawn("refused", refused(pool, kind));
  loop.finish();
  loop.run();
  EXPECT_EQ(kind, FaultKind::unavailable);
}

TEST_F(PoolTest, tells_the_metrics_what_happened) {
  telemetry::Metrics metrics;
  Pool pool(with_connections(1), Probe(metrics, "orders"));
  pool.ping(soon());
  EXPECT_THROW(pool.transact([](Tx& tx) { tx.execute("SELECT 1/0"); }, soon()), Fault);
  EXPECT_THROW(pool.transact([](Tx&) { throw std::domain_error("no"); }, soon()), std::domain_error);
  int runs = 0;
  pool.transact(
      [&](Tx& tx) {
        EXPECT_THAT(metrics.render(), HasSubstr("waybill_postgres_connections_in_use{pool=\"orders\"} 1"));
        if (++runs == 1) tx.execute("DO $$ BEGIN RAISE serialization_failure; END $$");
      },
      soon());
  const auto text = metrics.render();
  const auto total = [](const char* outcome, int count) {
    return HasSubstr("waybill_postgres_transactions_total{pool=\"orders\",outcome=\"" + std::string(outcome) +
                     "\"} " + std::to_string(count));
  };
  EXPECT_THAT(text, AllOf(total("committed", 2), total("permanent", 1), total("rolled back", 1),
                          total("serialization", 1), total("in doubt", 0)));
  EXPECT_THAT(text, HasSubstr("waybill_postgres_reruns_total{pool=\"orders\",fault=\"serialization\"} 1"));
  EXPECT_THAT(text, HasSubstr("waybill_postgres_connection_wait_seconds_count{pool=\"orders\"} 5"));
  EXPECT_THAT(text, HasSubstr("waybill_postgres_connections_in_use{pool=\"orders\"} 0"));
}

}  // namespace
}  // namespace waybill::postgres::testing
