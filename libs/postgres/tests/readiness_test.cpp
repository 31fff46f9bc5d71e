#include "waybill/postgres/readiness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "test_database.hpp"
#include "through_proxy.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::HasSubstr;

// A service whose database went away must say so, and must be back when it is, without anybody's help.
TEST(Readiness, follows_the_database_away_and_back) {
  const Database database;
  servers::FaultProxy proxy(server_of(database.options()));
  telemetry::Health health;
  runtime::EventLoop loop;
  Pool pool(through(proxy, database.options()));
  loop.spawn("readiness", report_readiness(pool, health.component("database"), 500ms));
  std::thread thread([&] { loop.run(); });

  const auto ready = [&] { return health.readiness().ok; };
  EXPECT_TRUE(testkit::eventually(ready));
  proxy.inject(servers::fault::CutNow{});
  proxy.inject(servers::fault::Refuse{});
  EXPECT_TRUE(testkit::eventually([&] { return !ready(); }));
  EXPECT_THAT(health.readiness().checks.at(0).reason,
              HasSubstr("PostgreSQL at " + proxy.address().to_string()));
  proxy.heal();
  EXPECT_TRUE(testkit::eventually(ready));
  // Silence is worse than refusal: no error comes but the clock's.
  proxy.inject(servers::fault::StopReading{});
  EXPECT_TRUE(testkit::eventually([&] { return !ready(); }));
  EXPECT_THAT(health.readiness().checks.at(0).reason,
              HasSubstr("PostgreSQL at " + proxy.address().to_string()));
  proxy.heal();
  EXPECT_TRUE(testkit::eventually(ready));
  loop.stop();
  thread.join();
}

}  // namespace
}  // namespace waybill::postgres::testing
