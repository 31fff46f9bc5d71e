#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../through_proxy.hpp"
#include "effects.hpp"
#include "waybill/testkit/eventually.hpp"

// A server that accepts and never answers is worse than one that is down: nothing says so but the clock.

namespace waybill::postgres::testing {
namespace {

using servers::Direction;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace servers::fault;

/// What a call may take beyond its deadline; generous, since the machine may be busy.
constexpr auto beyond = 5s;

class Silence : public ::testing::Test {
 protected:
  Options by_proxy() const { return through(proxy_, database_.options(), 1); }
  /// The fault of the call, which has to come within the time and a little more.
  template <class F>
  static Fault fault_within(std::chrono::milliseconds limit, F call) {
    const auto began = base::system_clock().steady();
    std::optional<Fault> told;
    try {
      call();
    } catch (const Fault& fault) {
      told = fault;
    }
    EXPECT_LT(base::system_clock().steady() - began, limit + beyond);
    EXPECT_TRUE(told) << "a silent server cannot have answered";
    return told.value_or(Fault(FaultKind::permanent, "no fault"));
  }
  /// Likewise, of a ping.
  static Fault ping_fault(Pool& pool, std::chrono::milliseconds limit,
                          base::Deadline deadline = base::Deadline::never()) {
    return fault_within(limit, [&] { pool.ping(deadline); });
  }
  static bool is_answered(Pool& pool) {
    try {
      pool.ping(soon());
      return true;
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind(), FaultKind::unavailable) << fault.what();
      return false;
    }
  }
  void expect_recovery(Pool& pool) {
    proxy_.heal();
    proxy_.inject(CutNow{});
    // The time for connecting is short here, and who does not get through is to call again.
    EXPECT_TRUE(testkit::eventually([&] { return is_answered(pool); }));
    EXPECT_EQ(pool.load().in_use, 0U);
  }

  Database database_;
  servers::FaultProxy proxy_{server_of(database_.options())};
};

TEST_F(Silence, while_connecting_ends_at_the_connect_timeout) {
  auto options = by_proxy();
  options.connect_timeout = 300ms;
  Pool pool(options);
  proxy_.inject(NeverAnswer{});
  const Fault fault = ping_fault(pool, 300ms);
  EXPECT_EQ(fault.kind(), FaultKind::unavailable);
  EXPECT_THAT(fault.what(),
              AllOf(HasSubstr("cannot connect to PostgreSQL at " + proxy_.address().to_string()),
                    HasSubstr("no answer within "), HasSubstr("that the server is not frozen")));
  expect_recovery(pool);
}

TEST_F(Silence, while_connecting_ends_at_the_callers_deadline_if_that_is_earlier) {
  auto options = by_proxy();
  options.connect_timeout = 60s;
  Pool pool(options);
  proxy_.inject(StopReading{Direction::server_to_client});
  const Fault fault = ping_fault(pool, 300ms, base::Deadline::after(300ms));
  EXPECT_EQ(fault.kind(), FaultKind::unavailable);
  EXPECT_THAT(fault.what(), HasSubstr("no answer within "));
  expect_recovery(pool);
}

TEST_F(Silence, while_tls_is_being_asked_for_ends_at_the_connect_timeout) {
  auto options = by_proxy();
  options.url += "?sslmode=require";
  options.connect_timeout = 300ms;
  Pool pool(options);
  proxy_.inject(NeverAnswer{});
  EXPECT_THAT(ping_fault(pool, 300ms).what(), HasSubstr("no answer within "));
}

// Logged in, and then nothing: a server that is out of processor or memory looks like this. More time for the
// transaction, which has not begun, would not help.
TEST_F(Silence, while_the_session_is_set_up_ends_at_the_connect_timeout) {
  database_.run(
      "CREATE SCHEMA slow; CREATE FUNCTION slow.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS "
      "'SELECT pg_catalog.pg_sleep(600)::text'; ALTER DATABASE " +
      database_.name() + " SET search_path = slow, pg_catalog");
  auto options = by_proxy();
  options.connect_timeout = 1s;
  Pool pool(options);
  const Fault fault = ping_fault(pool, 1s);
  EXPECT_EQ(fault.kind(), FaultKind::unavailable);
  EXPECT_THAT(fault.what(),
              AllOf(HasSubstr("cannot connect to PostgreSQL at"), HasSubstr("no answer within ")));
  EXPECT_EQ(proxy_.counters().accepted, 1U) << "a second connection would have to wait as long";
  database_.run("ALTER DATABASE " + database_.name() + " RESET search_path");
  expect_recovery(pool);
}

TEST_F(Silence, at_a_query_ends_at_the_deadline) {
  Pool pool(by_proxy());
  const auto query = [&](Tx& tx) {
    tx.execute("SELECT 1");
    proxy_.inject(StopReading{Direction::server_to_client});
    tx.execute("SELECT 2");
  };
  pool.ping(soon());
  const Fault fault = fault_within(2s, [&] { pool.transact(query, base::Deadline::after(2s)); });
  EXPECT_EQ(fault.kind(), FaultKind::transient);
  EXPECT_THAT(fault.what(), AllOf(HasSubstr("the deadline came at \"SELECT 2\" on PostgreSQL at"),
                                  HasSubstr("nothing was committed")));
  EXPECT_EQ(pool.load().idle, 0U) << "an answer may still come, to another question";
  expect_recovery(pool);
}

// Readiness asks by this, so it must not hang where the database does.
TEST_F(Silence, at_a_ping_ends_at_the_deadline) {
  Pool pool(by_proxy());
  pool.ping(soon());
  proxy_.inject(StopReading{Direction::both});
  const Fault fault = ping_fault(pool, 2s, base::Deadline::after(2s));
  EXPECT_EQ(fault.kind(), FaultKind::transient);
  EXPECT_THAT(fault.what(), HasSubstr("the deadline came at \"SELECT 1\""));
  expect_recovery(pool);
}

TEST_F(Silence, at_a_commit_ends_in_doubt_and_the_key_decides) {
  Effects effects(database_.options());
  Pool pool(by_proxy());
  // Arrives or not, as far as this side can tell.
  std::int64_t key = 0;
  for (const auto direction : {Direction::server_to_client, Direction::client_to_server}) {
    ++key;
    pool.ping(soon());
    const auto commit = [&](Tx& tx) {
      Effects::apply(tx, key);
      proxy_.inject(StopReading{direction});
    };
    const Fault fault = fault_within(2s, [&] { pool.transact(commit, base::Deadline::after(2s)); });
    EXPECT_EQ(fault.kind(), FaultKind::in_doubt);
    EXPECT_THAT(fault.what(),
                HasSubstr("whether the transaction was committed is unknown: COMMIT was sent to"));
    proxy_.inject(CutNow{});
    proxy_.heal();
    EXPECT_EQ(Effects::attempt(pool, key),
              direction == Direction::server_to_client ? End::was_there : End::committed);
  }
  EXPECT_EQ(effects.count(), 2);
  EXPECT_EQ(effects.doubled(), 0);
}

}  // namespace
}  // namespace waybill::postgres::testing
