#include "waybill/servers/test_database.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>

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

TEST(TestDatabase, gives_urls_for_other_users) {
  const TestDatabase database;
  EXPECT_THAT(database.url_as("some one", "p/w"),
              testing::StartsWith("postgresql://some%20one:p%2Fw@127.0.0.1:"));
  EXPECT_THAT(database.url_as("x", "y"), testing::EndsWith("/" + database.name()));
}

}  // namespace
}  // namespace waybill::servers
