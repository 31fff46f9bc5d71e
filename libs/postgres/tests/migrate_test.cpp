#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "connection.hpp"
#include "migration_lock.hpp"
#include "test_database.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres::testing {

/// Defined by add_migrations().
const Migrations& migrations();

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Migrate : public ::testing::Test {
 protected:
  std::vector<std::string> up(const std::vector<Migrations>& modules) {
    std::vector<std::string> labels;
    for (const auto& done : migrate_up(database_.options(), modules, soon()))
      labels.push_back(done.module + "/" + std::to_string(done.number));
    return labels;
  }
  std::string refusal(const std::vector<Migrations>& modules) {
    try {
      up(modules);
    } catch (const MigrationError& error) {
      return error.what();
    }
    return "(none)";
  }
  std::vector<MigrationState> states(const std::vector<Migrations>& modules) {
    std::vector<MigrationState> all;
    for (const auto& status : migration_status(database_.options(), modules, soon()))
      all.push_back(status.state);
    return all;
  }
  static Migrations module(const std::string& name, std::vector<Migration> steps) {
    return {name, std::move(steps)};
  }

  Database database_;
  Pool pool_{database_.options()};
};

TEST_F(Migrate, up_applies_what_is_pending_and_nothing_twice) {
  const auto a = module("a", {{1, "one", "CREATE TABLE one (x int); INSERT INTO one VALUES (1);"}});
  auto longer = a;
  longer.steps.push_back({2, "two", "INSERT INTO one VALUES (2)"});
  EXPECT_THAT(states({a}), ElementsAre(MigrationState::pending));
  EXPECT_THAT(up({a}), ElementsAre("a/1"));
  EXPECT_THAT(up({a}), IsEmpty());
  EXPECT_THAT(states({longer}), ElementsAre(MigrationState::applied, MigrationState::pending));
  EXPECT_THAT(up({longer, module("b", {{1, "one", "INSERT INTO one VALUES (3)"}})}),
              ElementsAre("a/2", "b/1"));
  const auto rows =
      pool_.transact([](Tx& tx) { return tx.query<std::int32_t>("SELECT x FROM one ORDER BY x"); }, soon());
  EXPECT_THAT(rows, ElementsAre(1, 2, 3));
}

TEST_F(Migrate, status_says_when_each_was_applied_and_changes_nothing) {
  const auto a = module("a", {{1, "one", "SELECT 1"}});
  EXPECT_FALSE(migration_status(database_.options(), std::vector{a}, soon()).at(0).applied_at);
  const auto exists = [&] {
    return pool_.transact(
        [](Tx& tx) { return tx.query_one<bool>("SELECT to_regclass('waybill.migration') IS NOT NULL"); },
        soon());
  };
  EXPECT_FALSE(exists());
  up({a});
  EXPECT_TRUE(exists());
  EXPECT_TRUE(migration_status(database_.options(), std::vector{a}, soon()).at(0).applied_at);
}

TEST_F(Migrate, a_changed_migration_is_refused_and_nothing_is_applied) {
  up({module("a", {{1, "one", "CREATE TABLE one (x int)"}})});
  EXPECT_THAT(refusal({module("b", {{1, "one", "CREATE TABLE b (x int)"}}),
                       module("a", {{1, "one", "CREATE TABLE one (y int)"}, {2, "two", "SELECT 1"}})}),
              AllOf(HasSubstr("a's migration 0001_one was changed after it had been applied to"),
                    HasSubstr("database \"" + database_.name() + "\""),
                    HasSubstr("Put its text back as it was, and make the change in a new migration")));
  EXPECT_THAT(states({module("b", {{1, "one", "CREATE TABLE b (x int)"}})}),
              ElementsAre(MigrationState::pending));
}

TEST_F(Migrate, one_that_fails_leaves_nothing_and_says_where) {
  const auto a = module("a", {{1, "one", "CREATE TABLE one (x int);\n\nINSERT INTO one VALUES (1, 2);"}});
  EXPECT_THAT(refusal({a}),
              AllOf(HasSubstr("a's migration 0001_one failed; nothing of it is in the database"),
                    HasSubstr("INSERT has more expressions than target columns"), HasSubstr("line 3")));
  EXPECT_THAT(states({a}), ElementsAre(MigrationState::pending));
  EXPECT_THAT(up({module("a", {{1, "one", "CREATE TABLE one (x int)"}})}), ElementsAre("a/1"));
}

TEST_F(Migrate, one_that_commits_by_itself_is_refused) {
  EXPECT_THAT(
      refusal({module("a", {{1, "one", "CREATE TABLE one (x int); COMMIT; CREATE TABLE two (x int)"}})}),
      HasSubstr("a's migration 0001_one ends its own transaction: a COMMIT or ROLLBACK stands in it"));
}

TEST_F(Migrate, one_without_a_transaction_that_fails_is_reported_with_what_to_do) {
  up({module("a", {{1, "one", "CREATE TABLE one (x int); INSERT INTO one VALUES (1), (1)"}})});
  const auto a =
      module("a", {{1, "one", "CREATE TABLE one (x int); INSERT INTO one VALUES (1), (1)"},
                   {2, "two", "-- waybill: no transaction\nCREATE UNIQUE INDEX CONCURRENTLY u ON one (x)"}});
  EXPECT_THAT(
      refusal({a}),
      AllOf(HasSubstr(
                "a's migration 0002_two failed, and since it runs without a transaction, a part of it may be "
                "in the database"),
            HasSubstr("could not create unique index \"u\""),
            HasSubstr(
                "then DELETE FROM waybill.migration WHERE module = 'a' AND number = 2, and migrate again")));
  EXPECT_THAT(states({a}), ElementsAre(MigrationState::applied, MigrationState::unfinished));
  EXPECT_THAT(refusal({a}), HasSubstr("was begun on"));
  database_.run("DROP INDEX u");
  database_.run("DELETE FROM one");
  database_.run("DELETE FROM waybill.migration WHERE module = 'a' AND number = 2");
  EXPECT_THAT(up({a}), ElementsAre("a/2"));
}

// Ten instances of a service start at the same moment.
TEST_F(Migrate, many_at_once_apply_each_once) {
  const std::vector<Migrations> modules{
      module("a", {{1, "one", "CREATE TABLE one (x int); SELECT pg_sleep(0.2)"},
                   {2, "two", "-- waybill: no transaction\nCREATE INDEX CONCURRENTLY i ON one (x)"},
                   {3, "three", "INSERT INTO one VALUES (1)"}})};
  std::atomic<std::size_t> applied = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] { applied += migrate_up(database_.options(), modules, soon()).size(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(applied, 3U);
  EXPECT_EQ(
      pool_.transact([](Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(*) FROM one"); }, soon()),
      1);
}

TEST_F(Migrate, who_waits_too_long_is_told_who_has_the_lock) {
  const auto a = module("a", {{1, "one", "SELECT pg_sleep(100)"}});
  auto options = database_.options();
  options.application_name = "slow-migrator";
  std::thread slow([&] {
    try {
      migrate_up(options, std::vector{a}, soon());
    } catch (const std::exception&) {
    }
  });
  struct End {
    const Database& database;
    std::thread& migrator;
    ~End() {
      database.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'slow-migrator'");
      migrator.join();
    }
  } const end{database_, slow};
  const auto locked = [&] {
    return pool_.transact(
        [](Tx& tx) {
          return tx.query_one<bool>(
              "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = "
              "'advisory' AND datname = current_database())");
        },
        soon());
  };
  ASSERT_TRUE(testkit::eventually(locked));
  try {
    migrate_up(database_.options(), std::vector{a}, base::Deadline::after(2s));
    ADD_FAILURE() << "no error";
  } catch (const MigrationError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("another session is migrating"), HasSubstr("application \"slow-migrator\"")));
  }
}

// The deadline may come while the server is being asked for the lock.
TEST_F(Migrate, whose_time_is_up_while_it_asks_is_told_who_has_the_lock_too) {
  auto options = database_.options();
  options.application_name = "slow-migrator";
  Connection slow(options, soon());
  lock_migrations(slow, soon());
  Connection late(database_.options(), soon());
  try {
    lock_migrations(late, base::Deadline::after(0ms));
    ADD_FAILURE() << "no error";
  } catch (const MigrationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("application \"slow-migrator\""));
  }
}

TEST_F(Migrate, where_nothing_is_pending_no_right_to_change_tables_is_needed) {
  const auto a = module("a", {{1, "one", "SELECT 1"}});
  up({a});
  const std::string role = "reader_" + database_.name().substr(20);
  database_.run("CREATE ROLE " + role + " LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA waybill TO " + role +
                "; GRANT SELECT ON waybill.migration TO " + role);
  auto options = database_.options();
  const auto at = options.url.find('@');
  options.url = "postgresql://" + role + ":x" + options.url.substr(at);
  EXPECT_THAT(migrate_up(options, std::vector{a}, soon()), IsEmpty());
  database_.run("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(Migrate, embedded_files_come_out_as_they_went_in) {
  const auto from_folder = read_migrations("sample", WAYBILL_TEST_MIGRATIONS);
  ASSERT_EQ(migrations().steps.size(), from_folder.steps.size());
  for (std::size_t i = 0; i < from_folder.steps.size(); ++i) {
    EXPECT_EQ(migrations().steps[i].label(), from_folder.steps[i].label());
    EXPECT_EQ(migrations().steps[i].sql, from_folder.steps[i].sql);
  }
  EXPECT_THAT(up({migrations()}), ElementsAre("sample/1", "sample/2"));
  const auto owner =
      pool_.transact([](Tx& tx) { return tx.query_one<std::string>("SELECT owner FROM account"); }, soon());
  EXPECT_EQ(owner, "a;b \"c\" \\d [e] ${f}");
}

TEST_F(Migrate, a_folder_that_is_not_there_is_told) {
  try {
    read_migrations("a", "/no/such/folder");
    FAIL();
  } catch (const MigrationError& error) {
    EXPECT_STREQ(error.what(),
                 "cannot read the folder of a's migrations, /no/such/folder: No such file or directory");
  }
}

}  // namespace
}  // namespace waybill::postgres::testing
