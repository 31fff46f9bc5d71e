#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_database.hpp"
#include "through_proxy.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Connecting : public ::testing::Test {
 protected:
  Endpoint server() const { return endpoint_of(database_.options()); }
  std::string where() const { return server().host + ":" + server().port; }

  static std::string failure(const std::string& url, FaultKind kind = FaultKind::unavailable) {
    Options options;
    options.url = url;
    options.connect_timeout = 2s;
    try {
      Pool pool(options);
      pool.ping(soon());
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind(), kind) << fault.what();
      return fault.what();
    }
    return "(no failure)";
  }

  Database database_;
};

TEST_F(Connecting, a_wrong_password_is_told_without_it) {
  const auto text = failure(database_.url_as(server().user, "wr0ng-secret"));
  EXPECT_THAT(text, AllOf(HasSubstr("cannot connect to PostgreSQL at " + where() + ", database \"" +
                                    database_.name() + "\", user \"" + server().user + "\""),
                          HasSubstr("28P01: password authentication failed for user"),
                          HasSubstr("Check the user and the password in the connection URL"),
                          Not(HasSubstr("wr0ng"))));
}

TEST_F(Connecting, a_missing_database_is_told) {
  auto url = database_.options().url;
  url.replace(url.find(database_.name()), database_.name().size(), "no_such_shop");
  EXPECT_THAT(failure(url),
              AllOf(HasSubstr("database \"no_such_shop\""), HasSubstr("does not exist"),
                    HasSubstr("Create the database, or correct its name in the connection URL")));
}

TEST_F(Connecting, a_port_where_nobody_listens_is_told) {
  EXPECT_THAT(failure("postgresql://u:hidden@127.0.0.1:1/d"),
              AllOf(HasSubstr("cannot connect to PostgreSQL at 127.0.0.1:1, database \"d\", user \"u\""),
                    HasSubstr("Connection refused"), HasSubstr("that the server runs and listens there"),
                    Not(HasSubstr("hidden"))));
}

TEST_F(Connecting, a_host_that_does_not_exist_is_told) {
  EXPECT_THAT(failure("postgresql://u:hidden@no-such-host.invalid:5432/d"),
              AllOf(HasSubstr("at no-such-host.invalid:5432"), HasSubstr("could not translate host name"),
                    HasSubstr("Check the host in the connection URL, and the name server"),
                    Not(HasSubstr("hidden"))));
}

TEST_F(Connecting, a_server_that_accepts_and_never_answers_is_given_up) {
  servers::FaultProxy proxy(server_of(database_.options()));
  proxy.inject(servers::fault::StopReading{servers::Direction::server_to_client});
  EXPECT_THAT(failure("postgresql://u:hidden@" + proxy.address().to_string() + "/d"),
              ::testing::ContainsRegex("no answer within ([2-9]|1[0-9])[0-9]{3} ms. Check host and port"));
}

// libpq's own message for it quotes the whole URL.
TEST_F(Connecting, a_malformed_url_is_told_and_not_quoted) {
  for (const auto* url : {"", "postgres//u:hidden@h/d", "postgresql://u:hidden@h/d?nonsense=1",
                          "postgresql://u:hidden@h:port/d", "postgresql://u:hidden%zz@h/d",
                          "postgresql://u:not@hidden@h/d", "postgresql://u:hidden/with@h/d"})
    EXPECT_THAT(
        failure(url, FaultKind::permanent),
        AllOf(HasSubstr(
                  "the PostgreSQL connection URL is malformed: write postgresql://user:password@host:port/"),
              Not(HasSubstr("hid"))));
}

// The standard error is the program's own.
TEST_F(Connecting, nothing_that_the_server_says_unasked_is_written_to_the_standard_error) {
  auto options = database_.options();
  options.url += "?options=-c%20client_min_messages%3Ddebug5";
  ::testing::internal::CaptureStderr();
  {
    Pool pool(options);
    pool.ping(soon());
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(Connecting, the_session_has_the_timeouts_of_the_options) {
  auto options = database_.options();
  options.statement_timeout = 12'345ms;
  options.lock_timeout = 2'345ms;
  options.idle_in_transaction_session_timeout = 3'456ms;
  Pool pool(options);
  const auto show = [&](Tx& tx) {
    return tx.query_one<std::string, std::string, std::string, std::string, std::string>(
        "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), "
        "current_setting('idle_in_transaction_session_timeout'), current_setting('TimeZone'), "
        "current_setting('application_name')");
  };
  EXPECT_EQ(pool.transact(show, soon()),
            (std::tuple<std::string, std::string, std::string, std::string, std::string>{
                "12345ms", "2345ms", "3456ms", "UTC", "waybill-test"}));
}

// A server that forgets what it confirmed makes every promise above it false.
TEST_F(Connecting, a_server_that_forgets_commits_is_refused_unless_told) {
  database_.run("ALTER DATABASE " + database_.name() + " SET synchronous_commit = off");
  EXPECT_THAT(failure(database_.options().url),
              AllOf(HasSubstr("synchronous_commit off, so a crash would lose what it has confirmed"),
                    HasSubstr("set allow_unsafe_durability where data may be lost")));
  Pool pool(database_.options());
  pool.ping(soon());
}

}  // namespace
}  // namespace waybill::postgres::testing
