#include "waybill/servers/test_database.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>

#include "bare_session.hpp"
#include "command.hpp"
#include "environment.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::servers {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

std::string databases() {
  const auto listed =
      run_command({"/usr/lib/postgresql/15/bin/psql", from_environment("WAYBILL_POSTGRES_URL"), "--quiet",
                   "--no-align", "--tuples-only", "--command=SELECT datname FROM pg_database"});
  return listed.output;
}

TEST(TestDatabase, is_empty_and_its_own) {
  const TestDatabase first;
  const TestDatabase second;
  first.sql("CREATE TABLE seen(n int); INSERT INTO seen VALUES (1), (2)");
  EXPECT_EQ(first.sql("SELECT n, n * 10 FROM seen ORDER BY n"), "1|10\n2|20\n");
  EXPECT_EQ(second.sql("SELECT to_regclass('seen') IS NULL"), "t\n");
  EXPECT_EQ(first.sql("SELECT current_database()"), first.name() + "\n");
}

// A test that fails leaves connections open, and the next one must not find its database.
TEST(TestDatabase, is_dropped_also_while_a_session_is_in_it) {
  auto database = std::make_unique<TestDatabase>();
  const auto name = database->name();
  EXPECT_THAT(databases(), HasSubstr(name));
  // A session that psql leaves behind: the shell's background job, asleep in the server.
  run_command({"/bin/sh", "-c",
               "/usr/lib/postgresql/15/bin/psql '" + database->url() +
                   "' -c 'SELECT pg_sleep(60)' >/dev/null 2>&1 &"});
  ASSERT_TRUE(testkit::eventually([&] {
    return database->sql(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> "
               "pg_backend_pid() AND datname = current_database()") == "1\n";
  }));
  database.reset();
  EXPECT_THAT(databases(), Not(HasSubstr(name)));
}

TEST(TestDatabase, tells_what_the_server_refuses) {
  const TestDatabase database;
  EXPECT_THAT([&] { database.sql("SELECT no_such_thing"); },
              ThrowsMessage<std::runtime_error>(HasSubstr("no_such_thing")));
  EXPECT_THAT([&] { database.sql("SELECT 1/0; SELECT 1"); },
              ThrowsMessage<std::runtime_error>(HasSubstr("division by zero")));
}

TEST(TestDatabase, tells_the_rows_of_every_statement_as_psql_does) {
  const TestDatabase database;
  EXPECT_EQ(
      database.sql("SELECT 1, NULL, 'a|b'; CREATE TABLE t(n int); SELECT true WHERE false; SELECT false"),
      "1||a|b\nf\n");
  EXPECT_EQ(database.sql(""), "");
}

// A test must not depend on what another statement has left behind.
TEST(TestDatabase, has_a_session_as_good_as_new_for_each_call) {
  const TestDatabase database;
  database.sql("CREATE TABLE kept(n int)");
  database.sql("SET statement_timeout = '1h'; CREATE TEMP TABLE scratch(n int); SELECT pg_advisory_lock(1)");
  EXPECT_EQ(database.sql("SHOW statement_timeout; SELECT to_regclass('scratch') IS NULL; "
                         "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                         "WHERE locktype = 'advisory' AND datname = current_database()"),
            "0\nt\n0\n");
  database.sql("BEGIN; INSERT INTO kept VALUES (1)");
  EXPECT_EQ(database.sql("SELECT count(*) FROM kept"), "0\n");
}

TEST(TestDatabase, keeps_its_session_until_somebody_ends_it) {
  const TestDatabase database;
  const auto session = database.sql("SELECT pg_backend_pid()");
  EXPECT_EQ(database.sql("SELECT pg_backend_pid()"), session);
  BareSession(database.url()).run("SELECT pg_terminate_backend(" + session + ")");
  EXPECT_NE(database.sql("SELECT pg_backend_pid()"), session);
}

TEST(TestDatabase, gives_urls_for_other_users) {
  const TestDatabase database;
  EXPECT_THAT(database.url_as("some one", "p/w"),
              testing::StartsWith("postgresql://some%20one:p%2Fw@127.0.0.1:"));
  EXPECT_THAT(database.url_as("x", "y"), testing::EndsWith("/" + database.name()));
}

}  // namespace
}  // namespace waybill::servers
