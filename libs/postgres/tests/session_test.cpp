#include "waybill/postgres/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "test_database.hpp"
#include "waybill/testkit/eventually.hpp"

// A session is one connection, and what the server holds for it goes when it goes.

namespace waybill::postgres::testing {
namespace {

using ::testing::HasSubstr;

constexpr Sql try_lock = "SELECT pg_try_advisory_lock(7)";

class SessionTest : public ::testing::Test {
 protected:
  static bool locks(Session& session) {
    return session.transact([](Tx& tx) { return tx.query_one<bool>(try_lock); }, soon());
  }
  Database database_;
};

TEST_F(SessionTest, keeps_an_advisory_lock_over_its_transactions) {
  Session holder(database_.options(), soon());
  EXPECT_TRUE(locks(holder));
  Session other(database_.options(), soon());
  EXPECT_FALSE(locks(other));
  EXPECT_TRUE(locks(holder));
}

// A connection that came back by itself would go on without the lock, and nobody would know.
TEST_F(SessionTest, that_was_terminated_stays_broken_and_its_lock_is_free) {
  Session holder(database_.options(), soon());
  EXPECT_TRUE(locks(holder));
  database_.run(
      "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name = 'waybill-test'");
  EXPECT_THROW(locks(holder), Fault);
  EXPECT_TRUE(holder.is_broken());
  try {
    locks(holder);
    ADD_FAILURE() << "a broken session worked";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::unavailable);
    EXPECT_THAT(fault.what(), HasSubstr("begin another"));
  }
  Session next(database_.options(), soon());
  EXPECT_TRUE(locks(next));
}

TEST_F(SessionTest, is_cut_from_another_thread_while_it_waits) {
  Session session(database_.options(), soon());
  std::thread cutter([&] {
    EXPECT_TRUE(testkit::eventually([&] {
      Session watch(database_.options(), soon());
      return watch.transact(
          [](Tx& tx) {
            return tx.query_one<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query "
                "LIKE "
                "'%pg_sleep(78)%' AND pid <> pg_backend_pid())");
          },
          soon());
    }));
    session.cut();
  });
  EXPECT_THROW(session.transact([](Tx& tx) { tx.execute("SELECT pg_sleep(78)"); }, soon()), Fault);
  cutter.join();
  EXPECT_TRUE(session.is_broken());
}

TEST_F(SessionTest, hears_of_notifications_while_it_waits_and_while_it_does_not) {
  Session session(database_.options(), soon());
  session.transact([](Tx& tx) { tx.execute("LISTEN news"); }, soon());
  EXPECT_FALSE(session.await_notification(base::Deadline::after(20ms)));
  database_.run("NOTIFY other");
  database_.run("NOTIFY news");
  database_.run("NOTIFY news, 'again'");
  EXPECT_EQ(session.transact([](Tx& tx) { return tx.query_one<int>("SELECT 1"); }, soon()), 1);
  EXPECT_TRUE(session.await_notification(soon()));
  EXPECT_FALSE(session.await_notification(base::Deadline::after(20ms))) << "once for all of them";
  std::thread notifier([&] { database_.run("NOTIFY news"); });
  EXPECT_TRUE(session.await_notification(soon()));
  notifier.join();
}

TEST_F(SessionTest, that_is_terminated_or_cut_hears_no_more) {
  Session session(database_.options(), soon());
  session.transact([](Tx& tx) { tx.execute("LISTEN news"); }, soon());
  std::thread terminator([&] {
    database_.run(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'waybill-test'");
  });
  EXPECT_THROW(session.await_notification(soon()), Fault);
  terminator.join();
  EXPECT_TRUE(session.is_broken());
  EXPECT_THROW(session.await_notification(soon()), Fault);
  Session other(database_.options(), soon());
  std::thread cutter([&] { other.cut(); });
  EXPECT_THROW(other.await_notification(soon()), Fault);
  cutter.join();
}

TEST_F(SessionTest, rolls_back_what_throws_and_goes_on) {
  Session session(database_.options(), soon());
  session.transact([](Tx& tx) { tx.execute("CREATE TABLE t (n int)"); }, soon());
  EXPECT_THROW(session.transact(
                   [](Tx& tx) {
                     tx.execute("INSERT INTO t VALUES (1)");
                     throw std::runtime_error("no");
                   },
                   soon()),
               std::runtime_error);
  EXPECT_EQ(
      session.transact([](Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(*) FROM t"); }, soon()),
      0);
}

}  // namespace
}  // namespace waybill::postgres::testing
