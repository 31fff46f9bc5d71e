#include "waybill/postgres/readiness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "connect.hpp"
#include "gate.hpp"
#include "test_database.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::HasSubstr;

// A service whose database went away must say so, and must be back when it is, without anybody's help.
TEST(Readiness, follows_the_database_away_and_back) {
  const Database database;
  const auto server = endpoint_of(database.options());
  Gate gate(server.host, server.port);
  auto options = database.options();
  const auto where = server.host + ":" + server.port;
  options.url.replace(options.url.find(where), where.size(), "127.0.0.1:" + gate.port());
  telemetry::Health health;
  runtime::EventLoop loop;
  Pool pool(options);
  loop.spawn("readiness", report_readiness(pool, health.component("database"), 50ms));
  std::thread thread([&] { loop.run(); });

  const auto ready = [&] { return health.readiness().ok; };
  EXPECT_TRUE(testkit::eventually(ready));
  gate.set(Gate::Mode::cut_at_question);
  EXPECT_TRUE(testkit::eventually([&] { return !ready(); }));
  EXPECT_THAT(health.readiness().checks.at(0).reason, HasSubstr("PostgreSQL at 127.0.0.1:" + gate.port()));
  gate.set(Gate::Mode::open);
  EXPECT_TRUE(testkit::eventually(ready));
  loop.stop();
  thread.join();
}

}  // namespace
}  // namespace waybill::postgres::testing
