#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "broken_server.hpp"
#include "waybill/testkit/eventually.hpp"

// A server that takes no more connections: its own limit, and a role's.

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Opens all of a pool's connections and leaves them idle.
void open_all(Pool& pool, int count) {
  std::latch all(count);
  in_threads(count, [&](int) {
    pool.transact(
        [&](Tx& tx) {
          tx.execute("SELECT 1");
          all.arrive_and_wait();
        },
        soon());
  });
}

Options as_clerk(const servers::DisposablePostgres& server) {
  auto options = options_for(server, 2);
  const auto from = options.url.find("//") + 2;
  options.url.replace(from, options.url.find('@') - from, "clerk:pen");
  return options;
}

TEST(FullHouse, of_the_server_is_unavailable_in_words_and_over_when_somebody_leaves) {
  const servers::DisposablePostgres server(
      "max_connections = 3\nmax_wal_senders = 0\nsuperuser_reserved_connections = 0\n");
  Pool administrator(options_for(server, 1));
  administrator.transact([](Tx& tx) { tx.execute("CREATE ROLE clerk LOGIN PASSWORD 'pen'"); }, soon());
  Pool others(as_clerk(server));
  open_all(others, 2);
  Pool pool(as_clerk(server));
  const auto fault = ping_fault(pool);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::unavailable);
  EXPECT_EQ(fault->sqlstate(), "53300");
  EXPECT_THAT(fault->what(), AllOf(HasSubstr("cannot connect to PostgreSQL at"),
                                   HasSubstr("sorry, too many clients already"),
                                   HasSubstr("lower the pools' numbers of connections")));
  others.close(soon());
  EXPECT_TRUE(testkit::eventually([&] { return !ping_fault(pool); }));
}

TEST(FullHouse, of_a_role_is_unavailable_in_words_and_over_when_somebody_leaves) {
  const servers::DisposablePostgres server;
  Pool administrator(options_for(server, 1));
  administrator.transact(
      [](Tx& tx) { tx.execute("CREATE ROLE clerk LOGIN PASSWORD 'pen' CONNECTION LIMIT 2"); }, soon());
  Pool others(as_clerk(server));
  open_all(others, 2);
  Pool pool(as_clerk(server));
  const auto fault = ping_fault(pool);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::unavailable);
  EXPECT_THAT(fault->what(), AllOf(HasSubstr("too many connections for role \"clerk\""),
                                   HasSubstr("lower the pools' numbers of connections")));
  others.close(soon());
  EXPECT_TRUE(testkit::eventually([&] { return !ping_fault(pool); }));
}

}  // namespace
}  // namespace waybill::postgres::testing
