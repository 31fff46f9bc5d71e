#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <random>

#include "../pool_holder.hpp"
#include "../through_proxy.hpp"
#include "client_sockets.hpp"
#include "effects.hpp"
#include "waybill/testkit/eventually.hpp"

// What a pool owes to many threads: their turn, an end to their waiting, no more connections than it may
// open, and nothing left of those that broke.

namespace waybill::postgres::testing {
namespace {

using servers::Connections;
using servers::Direction;
using ::testing::HasSubstr;
using namespace servers::fault;

class PoolUnderFault : public ::testing::Test {
 protected:
  Options by_proxy(std::size_t connections) const {
    return through(proxy_, database_.options(), connections);
  }
  static std::optional<Fault> fault_of_ping(Pool& pool, base::Deadline deadline) {
    try {
      pool.ping(deadline);
    } catch (const Fault& fault) {
      return fault;
    }
    return std::nullopt;
  }

  Database database_;
  servers::FaultProxy proxy_{server_of(database_.options())};
};

// Without an order, one thread could wait for ever beside others that come and go.
TEST_F(PoolUnderFault, serves_those_who_wait_in_the_order_of_asking_also_when_connections_break) {
  constexpr int waiting = 12;
  Pool pool(by_proxy(1));
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  {
    const PoolHolder holder(pool);
    for (int i = 0; i < waiting; ++i) {
      threads.emplace_back([&, i] {
        const auto served = [&](Tx& tx) {
          {
            const std::lock_guard lock(mutex);
            order.push_back(i);
          }
          tx.execute("SELECT 1");
          // Its turn is over, and those behind it have lost nothing by its broken connection.
          if (i % 3 == 0) throw std::domain_error("enough");
          if (i % 3 == 1) proxy_.inject(CutNow{});
        };
        try {
          pool.run_once(TxFunction(served), soon());
        } catch (const std::exception&) {
          EXPECT_NE(i % 3, 2);
        }
      });
      EXPECT_TRUE(
          testkit::eventually([&] { return pool.load().waiting == static_cast<std::size_t>(i) + 1; }));
    }
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(order.size(), static_cast<std::size_t>(waiting));
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST_F(PoolUnderFault, ends_waiting_at_each_ones_own_deadline_and_keeps_the_others_places) {
  Pool pool(by_proxy(1));
  std::atomic<bool> patient_served = false;
  std::atomic<bool> hasty_is_over = false;
  std::thread patient;
  {
    const PoolHolder holder(pool);
    std::thread hasty([&] {
      const auto began = base::system_clock().steady();
      const auto fault = fault_of_ping(pool, base::Deadline::after(200ms));
      hasty_is_over = true;
      ASSERT_TRUE(fault);
      EXPECT_EQ(fault->kind(), FaultKind::unavailable);
      EXPECT_THAT(fault->what(), HasSubstr("none of the pool's 1 connections to PostgreSQL at"));
      EXPECT_GE(base::system_clock().steady() - began, 200ms);
      EXPECT_LT(base::system_clock().steady() - began, 5s);
    });
    EXPECT_TRUE(testkit::eventually([&] { return pool.load().waiting == 1 || hasty_is_over; }));
    patient = std::thread([&] { patient_served = !fault_of_ping(pool, soon()); });
    hasty.join();
    EXPECT_TRUE(testkit::eventually([&] { return pool.load().waiting == 1; }));
    EXPECT_FALSE(patient_served);
  }
  patient.join();
  EXPECT_TRUE(patient_served);
}

TEST_F(PoolUnderFault, sends_all_who_wait_away_when_it_closes) {
  auto options = by_proxy(1);
  options.acquire_timeout = 60s;
  Pool pool(options);
  auto holder = std::make_optional<PoolHolder>(pool);
  std::atomic<int> sent_away = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      const auto fault = fault_of_ping(pool, soon());
      ASSERT_TRUE(fault);
      EXPECT_EQ(fault->kind(), FaultKind::unavailable);
      EXPECT_THAT(fault->what(), HasSubstr("the pool of connections to PostgreSQL at"));
      EXPECT_THAT(fault->what(), HasSubstr("is closed"));
      ++sent_away;
    });
  }
  EXPECT_TRUE(testkit::eventually([&] { return pool.load().waiting == 5; }));
  const auto began = base::system_clock().steady();
  std::thread closer([&] { pool.close(soon()); });
  for (auto& thread : threads) thread.join();
  EXPECT_LT(base::system_clock().steady() - began, 10s) << "long before any deadline";
  EXPECT_EQ(sent_away, 5) << "while the connection is still in use";
  holder.reset();
  closer.join();
}

// A process that stops while its server is frozen must not wait for the server.
TEST_F(PoolUnderFault, closes_soon_while_a_connection_is_being_opened_to_a_silent_server) {
  auto options = by_proxy(1);
  options.connect_timeout = 2s;
  Pool pool(options);
  proxy_.inject(NeverAnswer{});
  std::thread opener([&] { EXPECT_TRUE(fault_of_ping(pool, base::Deadline::never())); });
  EXPECT_TRUE(testkit::eventually([&] { return proxy_.counters().accepted == 1; }));
  const auto began = base::system_clock().steady();
  pool.close(base::Deadline::after(0ms));
  EXPECT_LT(base::system_clock().steady() - began, 7s);
  opener.join();
}

std::size_t descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                                                std::filesystem::directory_iterator()));
}

std::size_t allocated_bytes() {
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

// A service that runs for months sees more than a thousand of them.
TEST_F(PoolUnderFault, has_its_memory_and_descriptors_back_after_hundreds_of_broken_connections) {
  Pool pool(by_proxy(1));
  std::mt19937 random(5);
  const auto break_one = [&] {
    const auto function = [&](Tx& tx) {
      tx.execute("SELECT 1");
      proxy_.inject(CutAfter{.bytes = random() % 60,
                             .how = random() % 2 == 0 ? servers::Cut::reset : servers::Cut::end});
      tx.execute("SELECT repeat('x', 1000)");
    };
    EXPECT_THROW(pool.run_once(TxFunction(function), soon()), Fault);
  };
  const auto nothing_open = [&] { return proxy_.counters().open == 0; };
  for (int i = 0; i < 50; ++i) break_one();
  EXPECT_TRUE(testkit::eventually(nothing_open));
  const auto descriptors_before = descriptors();
  const auto bytes_before = allocated_bytes();
  for (int i = 0; i < 300; ++i) break_one();
  EXPECT_TRUE(testkit::eventually(nothing_open));
  EXPECT_EQ(descriptors(), descriptors_before);
  // A connection holds more than 32 kB: if but one in ten were kept, it would be 1 MB.
  EXPECT_LT(allocated_bytes(), bytes_before + (1 << 19));
  EXPECT_EQ(pool.load().in_use, 0U);
  EXPECT_EQ(pool.load().idle, 0U);
  pool.ping(soon());
}

/// Watches for as long as it lives how many connections are open at a time.
class Watch {
 public:
  explicit Watch(std::uint16_t port) : thread_([this, port] { look(port); }) {}
  ~Watch() {
    over_ = true;
    thread_.join();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  std::size_t most() const { return most_; }

 private:
  // A look takes its time, so one alone could see a connection's end and its successor's beginning. What two
  // looks in a row both saw was open at one moment: between them.
  void look(std::uint16_t port) {
    std::set<std::uint64_t> before;
    while (!over_) {
      const auto now = client_sockets(port);
      std::vector<std::uint64_t> both;
      std::ranges::set_intersection(before, now, std::back_inserter(both));
      most_ = std::max(most_.load(), both.size());
      before = now;
    }
  }

  std::atomic<bool> over_ = false;
  std::atomic<std::size_t> most_ = 0;
  std::thread thread_;
};

// Every thread finds its connection broken at the same moment. A herd of new ones would keep the server,
// which is just coming back, down.
TEST_F(PoolUnderFault, opens_no_more_connections_than_it_may_in_a_storm_of_reconnects) {
  constexpr std::size_t limit = 3;
  constexpr int threads = 12;
  constexpr int rounds = 40;
  Pool pool(by_proxy(limit));
  std::atomic<int> calls = 0;
  std::size_t most = 0;
  {
    const Watch watch(proxy_.port());
    in_threads(threads, [&](int thread) {
      for (int i = 0; i < rounds; ++i) {
        ++calls;
        if (thread == 0) proxy_.inject(CutNow{});
        fault_of_ping(pool, soon());
      }
    });
    most = watch.most();
  }
  EXPECT_GT(most, 0U);
  EXPECT_LE(most, limit);
  EXPECT_LE(proxy_.counters().accepted, 2U * static_cast<unsigned>(calls)) << "once more is enough";
  EXPECT_GT(proxy_.counters().cut, 10U);
  proxy_.heal();
  pool.ping(soon());
}

// The server that is away is asked once by each call, and it is the caller's to wait and call again.
TEST_F(PoolUnderFault, asks_a_server_that_breaks_every_connection_off_once_a_call) {
  Pool pool(by_proxy(2));
  proxy_.inject(CutAfter{.direction = Direction::client_to_server, .bytes = 0, .of = Connections::each});
  for (int i = 0; i < 20; ++i) {
    const auto fault = fault_of_ping(pool, soon());
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind(), FaultKind::unavailable);
    EXPECT_THAT(fault->what(), HasSubstr("cannot connect to PostgreSQL at " + proxy_.address().to_string()));
  }
  EXPECT_TRUE(proxy_.wait_for([](const auto& seen) { return seen.accepted == 20 && seen.open == 0; }, 20s));
  proxy_.heal();
  pool.ping(soon());
}

}  // namespace
}  // namespace waybill::postgres::testing
