#include "waybill/servers/disposable_postgres.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "waybill/testkit/eventually.hpp"

namespace waybill::servers {
namespace {

using testkit::eventually;

/// What psql prints; "refused" when it cannot connect.
std::string sql(const std::string& url, const std::string& statements) {
  const auto command =
      "/usr/lib/postgresql/15/bin/psql '" + url + "' -qAtX -c '" + statements + "' 2>/dev/null";
  auto* pipe = ::popen(command.c_str(), "r");
  std::array<char, 1024> output{};
  const auto size = std::fread(output.data(), 1, output.size(), pipe);
  const int status = ::pclose(pipe);
  return WIFEXITED(status) && WEXITSTATUS(status) == 2 ? "refused" : std::string(output.data(), size);
}

std::string url_left_by_a_process_that_was_killed() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const auto child = ::fork();
  if (child == 0) {
    const DisposablePostgres server;
    const auto url = server.url();
    if (::write(ends[1], url.data(), url.size()) > 0) ::raise(SIGKILL);
    ::_exit(1);
  }
  std::array<char, 1024> url{};
  const auto size = ::read(ends[0], url.data(), url.size());
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  return {url.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

TEST(DisposablePostgres, keeps_address_and_data_through_kill_stop_and_pause) {
  DisposablePostgres server;
  const auto url = server.url();
  ASSERT_EQ(sql(url, "CREATE TABLE kept(n int); INSERT INTO kept VALUES (42)"), "");
  server.kill9();
  EXPECT_EQ(sql(url, "SELECT 1"), "refused");
  server.start();
  EXPECT_EQ(server.url(), url);
  EXPECT_EQ(sql(url, "SELECT n FROM kept"), "42\n");
  server.stop();
  EXPECT_EQ(sql(url, "SELECT 1"), "refused");
  server.start();
  server.pause();
  server.resume();
  EXPECT_EQ(sql(url, "SELECT n FROM kept"), "42\n");
}

TEST(DisposablePostgres, is_configured_as_it_is_told_also_after_a_restart) {
  DisposablePostgres server("max_connections = 17\n");
  EXPECT_EQ(sql(server.url(), "SHOW max_connections"), "17\n");
  server.stop();
  server.start();
  EXPECT_EQ(sql(server.url(), "SHOW max_connections"), "17\n");
}

// A test that crashes runs no destructor; its servers must not stay behind, hundreds of megabytes each.
TEST(DisposablePostgres, ends_with_the_process_that_started_it) {
  const auto url = url_left_by_a_process_that_was_killed();
  EXPECT_TRUE(eventually([&] { return sql(url, "SELECT 1") == "refused"; }));
}

}  // namespace
}  // namespace waybill::servers
