#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>

#include "effects.hpp"
#include "waybill/testkit/eventually.hpp"

// Sessions that an administrator, a failover tool or the server itself ends while they are at work.

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Terminated : public ::testing::Test {
 protected:
  Options named(const char* application, std::size_t connections) const {
    auto options = database_.options();
    options.application_name = application;
    options.connections = connections;
    return options;
  }
  /// Ends the sessions of that name in this test's database which do what is asked for; how many there were.
  std::int64_t terminate(const std::string& application, const std::string& state, const std::string& query) {
    return effects_.direct().transact(
        [&](Tx& tx) {
          return tx.query_one<std::int64_t>(
              "SELECT count(*) FROM (SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE "
              "datname = current_database() AND application_name = $1 AND state LIKE $2 AND query LIKE $3) "
              "AS ended",
              application, state, query);
        },
        soon());
  }

  Database database_;
  Effects effects_{database_.options()};
};

TEST_F(Terminated, in_the_middle_of_a_statement_is_told_and_runs_again_once) {
  Pool pool(named("victim", 1));
  std::thread killer([&] {
    int ended = 0;
    EXPECT_TRUE(testkit::eventually([&] {
      ended += static_cast<int>(terminate("victim", "active", "%pg_sleep(77)%"));
      return ended == 2;
    }));
  });
  std::optional<Fault> told;
  const auto sleep = [](Tx& tx) {
    Effects::apply(tx, 1);
    tx.execute("SELECT pg_sleep(77)");
  };
  EXPECT_EQ(Effects::attempt(pool, sleep, &told), End::not_committed);
  killer.join();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind(), FaultKind::unavailable);
  EXPECT_THAT(told->what(), AllOf(HasSubstr("\"SELECT pg_sleep(77)\""),
                                  HasSubstr("terminating connection due to administrator command (57P01)")));
  EXPECT_EQ(effects_.count(), 0);
  EXPECT_EQ(Effects::attempt(pool, 1), End::committed);
}

TEST_F(Terminated, while_idle_is_not_even_noticed) {
  Pool pool(named("victim", 1));
  for (std::int64_t key = 0; key < 20; ++key) {
    EXPECT_EQ(Effects::attempt(pool, key), End::committed);
    EXPECT_EQ(terminate("victim", "idle", "%"), 1);
  }
  EXPECT_EQ(effects_.count(), 20);
}

// The server says that it ends the session, and not whether it had written the commit before.
TEST_F(Terminated, during_commit_is_in_doubt_though_the_server_spoke) {
  database_.run(
      "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(77); RETURN "
      "NULL; END';"
      "CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION dawdle()");
  Pool pool(named("victim", 1));
  std::thread killer([&] {
    EXPECT_TRUE(testkit::eventually([&] { return terminate("victim", "active", "COMMIT") == 1; }));
  });
  std::optional<Fault> told;
  EXPECT_EQ(Effects::attempt(pool, 1, &told), End::in_doubt);
  killer.join();
  ASSERT_TRUE(told);
  EXPECT_THAT(told->what(), AllOf(HasSubstr("whether the transaction was committed is unknown"),
                                  HasSubstr("terminating connection due to administrator command (57P01)"),
                                  HasSubstr("Find out by the transaction's own key")));
  database_.run("DROP TRIGGER slow_commit ON effect");
  EXPECT_EQ(Effects::attempt(pool, 1), End::committed);
  EXPECT_EQ(effects_.count(), 1);
}

// Whatever each session was at, nobody's effect may be lost or doubled.
TEST_F(Terminated, at_any_moment_under_load_leaves_each_effect_once) {
  constexpr int threads = 4;
  constexpr int sessions_to_end = 40;
  constexpr std::int64_t most_keys_per_thread = 1'000'000;
  Pool pool(named("victim", threads));
  std::atomic<std::int64_t> ended = 0;
  std::thread killer([&] {
    while (ended < sessions_to_end) ended += terminate("victim", "%", "%");
  });
  std::atomic<std::int64_t> keys = 0;
  in_threads(threads, [&](int thread) {
    for (std::int64_t i = 0; ended < sessions_to_end; ++i) {
      const std::int64_t key = thread * most_keys_per_thread + i;
      int attempts = 0;
      bool doubted = false;
      for (End end = End::in_doubt; end != End::committed && end != End::was_there && attempts < 1'000;
           ++attempts) {
        end = Effects::attempt(pool, key);
        doubted = doubted || end == End::in_doubt;
        if (end == End::was_there) {
          EXPECT_TRUE(doubted) << "each time before, it was said not to be committed";
        }
      }
      EXPECT_LT(attempts, 1'000);
      ++keys;
    }
  });
  killer.join();
  EXPECT_EQ(effects_.count(), keys);
  EXPECT_EQ(effects_.doubled(), 0);
}

}  // namespace
}  // namespace waybill::postgres::testing
