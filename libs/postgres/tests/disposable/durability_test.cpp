#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broken_server.hpp"

// A server that forgets what it confirmed makes every promise above it false, and looks like any other.

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void expect_refused_unless_told(const std::string& configuration, const std::string& named) {
  const servers::DisposablePostgres server(configuration);
  Pool pool(options_for(server));
  const auto fault = ping_fault(pool);
  ASSERT_TRUE(fault) << configuration;
  EXPECT_EQ(fault->kind(), FaultKind::unavailable);
  EXPECT_THAT(fault->what(),
              AllOf(HasSubstr("has " + named + " off, so a crash would lose what it has confirmed"),
                    HasSubstr("set allow_unsafe_durability where data may be lost")));
  EXPECT_EQ(pool.load().idle, 0U);
  auto told = options_for(server);
  told.allow_unsafe_durability = true;
  Pool lenient(told);
  EXPECT_FALSE(ping_fault(lenient));
}

TEST(Durability, off_by_fsync_is_refused_unless_told) {
  expect_refused_unless_told("fsync = off\n", "fsync");
}

TEST(Durability, off_by_full_page_writes_is_refused_unless_told) {
  expect_refused_unless_told("full_page_writes = off\n", "full_page_writes");
}

TEST(Durability, off_by_synchronous_commit_is_refused_unless_told) {
  expect_refused_unless_told("synchronous_commit = off\n", "synchronous_commit");
}

TEST(Durability, off_in_every_way_is_refused_with_all_their_names) {
  expect_refused_unless_told("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n",
                             "fsync, full_page_writes, synchronous_commit");
}

// All else but off waits for this server's own disk at least.
TEST(Durability, on_is_taken_in_each_of_its_degrees) {
  const servers::DisposablePostgres server;
  for (const std::string degree : {"on", "local", "remote_write", "remote_apply"}) {
    auto options = options_for(server);
    options.url += "?options=-c%20synchronous_commit%3D" + degree;
    Pool pool(options);
    EXPECT_FALSE(ping_fault(pool)) << degree;
    EXPECT_EQ(value(pool, "SHOW synchronous_commit"), degree);
  }
}

}  // namespace
}  // namespace waybill::postgres::testing
