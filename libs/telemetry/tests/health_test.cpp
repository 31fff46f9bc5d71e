#include "waybill/telemetry/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "waybill/telemetry/log_capture.hpp"

namespace waybill::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class HealthTest : public testing::Test {
 protected:
  const base::WallTime start{1'769'860'800s};  // 2026-01-31T12:00:00Z
  LogCapture capture;
  base::ManualClock clock{start};
  Metrics metrics;
  Health health{metrics, clock};
};

using Readiness = HealthTest;
using Liveness = HealthTest;

TEST_F(Readiness, is_given_when_nothing_is_needed) {
  EXPECT_TRUE(health.readiness().ok);
  EXPECT_TRUE(health.readiness().checks.empty());
}

// Traffic must not reach a process before what it needs has said that it is there.
TEST_F(Readiness, is_missing_while_a_component_starts) {
  const auto broker = health.component("broker");
  const auto report = health.readiness();
  EXPECT_FALSE(report.ok);
  ASSERT_EQ(report.checks.size(), 1U);
  EXPECT_EQ(report.checks[0].name, "broker");
  EXPECT_EQ(report.checks[0].reason, "starting");
  EXPECT_EQ(report.checks[0].since, start);
}

TEST_F(Readiness, needs_every_component_and_names_the_ones_that_are_not) {
  auto broker = health.component("broker");
  auto postgres = health.component("postgres");
  broker.ready();
  EXPECT_FALSE(health.readiness().ok);
  postgres.ready();
  EXPECT_TRUE(health.readiness().ok);
  broker.not_ready("connection refused");
  const auto report = health.readiness();
  EXPECT_FALSE(report.ok);
  ASSERT_EQ(report.checks.size(), 2U);
  EXPECT_EQ(report.checks[0].reason, "connection refused");
  EXPECT_TRUE(report.checks[1].ok);
  EXPECT_EQ(report.checks[1].reason, "");
}

// An operator asks how long the broker has been away, not how long the last of its errors has been the same.
TEST_F(Readiness, tells_since_when_whatever_the_reason_became) {
  auto broker = health.component("broker");
  clock.advance(1s);
  broker.ready();
  EXPECT_EQ(health.readiness().checks[0].since, start + 1s);
  clock.advance(1s);
  broker.not_ready("refused");
  clock.advance(1s);
  broker.not_ready("timed out");
  EXPECT_EQ(health.readiness().checks[0].since, start + 2s);
  EXPECT_EQ(health.readiness().checks[0].reason, "timed out");
}

TEST_F(Readiness, of_a_component_is_shown_in_a_gauge) {
  auto broker = health.component("broker");
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_health_ready{component=\"broker\"} 0\n"));
  broker.ready();
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_health_ready{component=\"broker\"} 1\n"));
  broker.not_ready("refused");
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_health_ready{component=\"broker\"} 0\n"));
}

TEST_F(Readiness, is_logged_once_a_change) {
  auto broker = health.component("broker");
  broker.not_ready("refused");
  broker.not_ready("refused");
  EXPECT_EQ(capture.count("component_not_ready"), 1U);
  EXPECT_EQ(capture.field("component_not_ready", "component"), "broker");
  EXPECT_EQ(capture.field("component_not_ready", "reason"), "refused");
  broker.ready();
  broker.ready();
  EXPECT_EQ(capture.count("component_ready"), 1U);
}

TEST_F(Readiness, is_told_to_the_observer_once_a_change_and_may_be_read_there) {
  std::vector<std::string> told;
  health.observe([&](const Check& check) {
    told.push_back(check.name + (check.ok ? ":ready" : ":" + check.reason));
    EXPECT_EQ(health.readiness().ok, check.ok);
  });
  auto broker = health.component("broker");
  broker.ready();
  broker.ready();
  broker.not_ready("refused");
  EXPECT_THAT(told, testing::ElementsAre("broker:ready", "broker:refused"));
}

TEST_F(Readiness, no_longer_needs_a_component_whose_handle_is_gone) {
  std::optional<Health::Component> consumer = health.component("consumer");
  EXPECT_FALSE(health.readiness().ok);
  consumer.reset();
  EXPECT_TRUE(health.readiness().ok);
  consumer = health.component("consumer");
  EXPECT_EQ(health.readiness().checks.size(), 1U) << "the name is free again";
}

TEST_F(Readiness, follows_a_handle_that_is_moved) {
  auto first = health.component("first");
  auto second = health.component("second");
  first = std::move(second);
  const auto report = health.readiness();
  ASSERT_EQ(report.checks.size(), 1U);
  EXPECT_EQ(report.checks[0].name, "second");
  first.ready();
  EXPECT_TRUE(health.readiness().ok);
}

TEST_F(Readiness, is_rendered_as_json_whatever_a_reason_holds) {
  auto broker = health.component("broker");
  auto postgres = health.component("postgres");
  postgres.ready();
  broker.not_ready("said \"no\"\n\xFF" + std::string(10'000, 'x'));
  const auto json = nlohmann::json::parse(health.render_readiness());
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["checks"][0]["name"], "broker");
  EXPECT_EQ(json["checks"][0]["ok"], false);
  const auto reason = json["checks"][0]["reason"].get<std::string>();
  EXPECT_THAT(reason, testing::StartsWith("said \"no\"\n\xEF\xBF\xBDxxx"));
  EXPECT_LT(reason.size(), 520U);
  EXPECT_EQ(json["checks"][0]["since"], "2026-01-31T12:00:00.000000Z");
  EXPECT_EQ(json["checks"][1],
            nlohmann::json({{"name", "postgres"}, {"ok", true}, {"since", "2026-01-31T12:00:00.000000Z"}}));
}

TEST_F(Readiness, may_be_changed_and_read_by_many_threads) {
  std::atomic<int> told = 0;
  health.observe([&told](const Check&) { told.fetch_add(1); });
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([this, thread] {
        auto component = health.component("component" + std::to_string(thread));
        auto heartbeat = health.heartbeat("loop" + std::to_string(thread), 1s);
        for (int time = 0; time < 200; ++time) {
          component.not_ready("refused");
          component.ready();
          heartbeat.beat();
        }
      });
    }
    for (int time = 0; time < 100; ++time)
      EXPECT_FALSE((health.render_readiness() + health.render_liveness()).empty());
  }
  EXPECT_EQ(told, 4 * 400);
  EXPECT_TRUE(health.readiness().checks.empty());
}

TEST_F(Liveness, is_given_without_heartbeats_and_while_they_beat) {
  EXPECT_TRUE(health.liveness().ok);
  auto loop = health.heartbeat("relay", 5s);
  for (int time = 0; time < 10; ++time) {
    clock.advance(5s);
    EXPECT_TRUE(health.liveness().ok);
    loop.beat();
  }
  EXPECT_EQ(health.liveness().checks[0].since, start);
}

TEST_F(Liveness, is_lost_when_a_loop_is_stuck_and_says_which_and_since_when) {
  auto stuck = health.heartbeat("relay", 5s);
  auto well = health.heartbeat("consumer", 1min);
  clock.advance(7'500ms);
  const auto report = health.liveness();
  EXPECT_FALSE(report.ok);
  ASSERT_EQ(report.checks.size(), 2U);
  EXPECT_TRUE(report.checks[0].ok);
  EXPECT_EQ(report.checks[1].name, "relay");
  EXPECT_EQ(report.checks[1].reason, "no sign of life for 7.50 s, its limit is 5.00 s");
  EXPECT_EQ(report.checks[1].since, start + 5s);
  EXPECT_THAT(health.render_liveness(), HasSubstr("\"reason\":\"no sign of life"));
}

TEST_F(Liveness, comes_back_with_the_next_beat) {
  auto loop = health.heartbeat("relay", 5s);
  clock.advance(6s);
  EXPECT_FALSE(health.liveness().ok);
  loop.beat();
  EXPECT_TRUE(health.liveness().ok);
  EXPECT_EQ(health.liveness().checks[0].since, start + 6s);
}

TEST_F(Liveness, does_not_wait_for_a_loop_that_has_ended) {
  {
    const auto loop = health.heartbeat("relay", 5s);
    clock.advance(6s);
    EXPECT_FALSE(health.liveness().ok);
  }
  EXPECT_TRUE(health.liveness().ok);
}

// A database that is away must never get the process killed.
TEST_F(Liveness, is_not_touched_by_readiness) {
  auto postgres = health.component("postgres");
  postgres.not_ready("away");
  EXPECT_TRUE(health.liveness().ok);
}

TEST(Health, may_end_before_its_handles) {
  std::optional<Health> health(std::in_place);
  auto component = health->component("broker");
  auto heartbeat = health->heartbeat("relay", 5s);
  health.reset();
  component.ready();
  heartbeat.beat();
}

TEST(HealthDeathTest, refuses_a_heartbeat_without_a_limit) {
  Health health;
  EXPECT_DEATH((void)health.heartbeat("relay", 0s), "a heartbeat needs a limit above zero");
}

TEST(HealthDeathTest, refuses_two_of_one_name) {
  Health health;
  const auto component = health.component("broker");
  EXPECT_DEATH((void)health.component("broker"), "a component of this name exists: broker");
  const auto heartbeat = health.heartbeat("relay", 5s);
  EXPECT_DEATH((void)health.heartbeat("relay", 5s), "a heartbeat of this name exists: relay");
}

}  // namespace
}  // namespace waybill::telemetry
