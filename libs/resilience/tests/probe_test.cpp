#include "waybill/resilience/probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "waybill/resilience/circuit_breaker.hpp"
#include "waybill/resilience/retry_schedule.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ResilienceProbe : public testing::Test {
 protected:
  void expect(const std::string& line) const {
    EXPECT_THAT(metrics_.render(), HasSubstr("waybill_resilience_" + line + "\n"));
  }
  telemetry::Metrics metrics_;
};

TEST_F(ResilienceProbe, shows_the_state_of_a_breaker_and_counts_its_changes) {
  const base::ManualClock clock;
  const BreakerProbe probe(metrics_, "payments");
  CircuitBreaker breaker({.opens_on = FailureCount{1}}, clock,
                         [probe](const BreakerChange& change) { probe.changed(change); });
  expect(R"(breaker_state{breaker="payments",state="closed"} 1)");
  expect(R"(breaker_state{breaker="payments",state="open"} 0)");
  breaker.try_enter()->failed();
  if (!breaker.try_enter()) probe.refused();
  expect(R"(breaker_state{breaker="payments",state="closed"} 0)");
  expect(R"(breaker_state{breaker="payments",state="open"} 1)");
  expect(R"(breaker_state{breaker="payments",state="half-open"} 0)");
  expect(R"(breaker_changes_total{breaker="payments",state="open"} 1)");
  expect(R"(breaker_changes_total{breaker="payments",state="closed"} 0)");
  expect(R"(breaker_refusals_total{breaker="payments"} 1)");
}

TEST_F(ResilienceProbe, counts_retries_and_why_they_ended) {
  const RetryProbe probe(metrics_, "charge");
  RetrySchedule schedule({.attempts = 2}, 1);
  probe.decided(schedule.failed());
  probe.decided(schedule.failed());
  expect(R"(retries_total{retry="charge"} 1)");
  expect(R"(retry_wait_seconds_count{retry="charge"} 1)");
  expect(R"(give_ups_total{retry="charge",reason="attempts used"} 1)");
  expect(R"(give_ups_total{retry="charge",reason="not worth it"} 0)");
  expect(R"(give_ups_total{retry="charge",reason="out of time"} 0)");
}

TEST_F(ResilienceProbe, counts_what_a_limiter_grants_and_refuses) {
  const LimiterProbe probe(metrics_, "sms");
  probe.granted(5);
  probe.throttled();
  expect(R"(tokens_granted_total{limiter="sms"} 5)");
  expect(R"(throttled_total{limiter="sms"} 1)");
}

TEST_F(ResilienceProbe, shows_who_runs_and_who_waits_in_a_bulkhead) {
  Bulkhead bulkhead({.at_once = 1, .in_line = 1},
                    [probe = BulkheadProbe(metrics_, "provider")](auto event) { probe.happened(event); });
  {
    const auto permit = bulkhead.try_enter();
    const auto place = bulkhead.try_line_up();
    EXPECT_FALSE(bulkhead.try_enter());
    expect(R"(bulkhead_running_calls{bulkhead="provider"} 1)");
    expect(R"(bulkhead_waiting_calls{bulkhead="provider"} 1)");
  }
  expect(R"(bulkhead_running_calls{bulkhead="provider"} 0)");
  expect(R"(bulkhead_waiting_calls{bulkhead="provider"} 0)");
  expect(R"(bulkhead_entries_total{bulkhead="provider"} 1)");
  expect(R"(bulkhead_refusals_total{bulkhead="provider"} 1)");
}

TEST(ResilienceProbes, without_metrics_they_do_nothing) {
  BreakerProbe{}.changed({});
  RetryProbe{}.decided(GiveUp{});
  LimiterProbe{}.granted(1);
  BulkheadProbe{}.happened(BulkheadEvent::left);
}

}  // namespace
}  // namespace waybill::resilience
