#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "waybill/telemetry/metrics.hpp"

namespace waybill::telemetry {
namespace {

using namespace std::chrono_literals;

// The idiom of the README: functions are what happened, the names of metrics are in one place.
class Probe {
 public:
  explicit Probe(Metrics& metrics = Metrics::none())
      : outcomes_(metrics.counters("waybill_amqp_publishes_total", "Publishes, by outcome", {"outcome"})),
        confirmed_(outcomes_.with({"confirmed"})),
        returned_(outcomes_.with({"returned"})),
        confirm_(metrics.histogram("waybill_amqp_confirm_seconds", "From publish to confirm")),
        window_(metrics.gauge("waybill_amqp_window_messages", "Published, not yet answered")) {}

  void published() { window_.add(1); }
  void publish_confirmed(std::chrono::nanoseconds after) {
    window_.add(-1);
    confirmed_.increment();
    confirm_.observe(after);
  }
  void publish_returned() {
    window_.add(-1);
    returned_.increment();
  }

 private:
  Family<Counter> outcomes_;
  Counter confirmed_;
  Counter returned_;
  Histogram confirm_;
  Gauge window_;
};

TEST(Probe, tells_what_happened_in_the_words_of_its_module) {
  Metrics metrics;
  Probe probe(metrics);
  probe.published();
  probe.published();
  probe.published();
  probe.publish_confirmed(3ms);
  probe.publish_returned();
  const auto page = metrics.render();
  EXPECT_THAT(page, testing::HasSubstr("waybill_amqp_publishes_total{outcome=\"confirmed\"} 1\n"));
  EXPECT_THAT(page, testing::HasSubstr("waybill_amqp_publishes_total{outcome=\"returned\"} 1\n"));
  EXPECT_THAT(page, testing::HasSubstr("waybill_amqp_confirm_seconds_count 1\n"));
  EXPECT_THAT(page, testing::HasSubstr("waybill_amqp_window_messages 1\n"));
}

TEST(Probe, can_be_used_without_metrics) {
  Probe probe;
  probe.published();
  probe.publish_confirmed(3ms);
  EXPECT_EQ(Metrics::none().render(), "");
}

}  // namespace
}  // namespace waybill::telemetry
