#include "waybill/telemetry/metrics.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <thread>

#include "waybill/base/clock.hpp"

namespace waybill::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// The value of a series that has no labels.
double value_of(const std::string& page, const std::string& name) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  }
  ADD_FAILURE() << name << " is not on the page";
  return std::nan("");
}

TEST(Metrics, renders_counters_gauges_and_histograms_in_prometheus_format) {
  Metrics metrics;
  metrics.counter("waybill_amqp_publishes_total", "Messages published").increment(3);
  metrics.gauge("waybill_amqp_window_messages", "Messages not yet confirmed").set(7.5);
  const auto histogram =
      metrics.histogram("waybill_amqp_confirm_seconds", "From publish to confirm", {0.1, 1.0});
  histogram.observe(50ms);
  histogram.observe(0.1);
  histogram.observe(500ms);
  histogram.observe(2s);

  const auto page = metrics.render();
  EXPECT_THAT(page, HasSubstr("# HELP waybill_amqp_publishes_total Messages published\n"
                              "# TYPE waybill_amqp_publishes_total counter\n"
                              "waybill_amqp_publishes_total 3\n"));
  EXPECT_THAT(page,
              HasSubstr("# TYPE waybill_amqp_window_messages gauge\nwaybill_amqp_window_messages 7.5\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE waybill_amqp_confirm_seconds histogram\n"));
  EXPECT_THAT(page, HasSubstr("waybill_amqp_confirm_seconds_bucket{le=\"0.1\"} 2\n"))
      << "a bound is inside its bucket";
  EXPECT_THAT(page, HasSubstr("waybill_amqp_confirm_seconds_bucket{le=\"1\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("waybill_amqp_confirm_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("waybill_amqp_confirm_seconds_count 4\n"));
  EXPECT_NEAR(value_of(page, "waybill_amqp_confirm_seconds_sum"), 2.65, 1e-9);
}

TEST(Metrics, tells_series_apart_by_their_labels) {
  Metrics metrics;
  const auto family = metrics.counters("waybill_amqp_publishes_total", "Messages", {"exchange", "outcome"});
  family.with({"commands", "confirmed"}).increment();
  family.with({"commands", "returned"}).increment(2);
  family.with({"commands", "confirmed"}).increment();
  const auto page = metrics.render();
  EXPECT_THAT(page,
              HasSubstr("waybill_amqp_publishes_total{exchange=\"commands\",outcome=\"confirmed\"} 2\n"));
  EXPECT_THAT(page,
              HasSubstr("waybill_amqp_publishes_total{exchange=\"commands\",outcome=\"returned\"} 2\n"));
}

// Two connections of one process share the metrics of their module.
TEST(Metrics, gives_the_same_series_when_a_name_is_asked_for_again) {
  Metrics metrics;
  metrics.counter("waybill_amqp_publishes_total", "Messages").increment();
  const auto again = metrics.counter("waybill_amqp_publishes_total", "Messages");
  again.increment();
  EXPECT_EQ(again.value(), 2U);
}

// A label filled from a message must not be able to eat the memory of the process and of the Prometheus
// server.
TEST(Metrics, counts_in_other_what_is_beyond_the_limit_of_series) {
  Metrics metrics(3);
  const auto family = metrics.counters("waybill_inbox_messages_total", "Messages", {"type"});
  for (int number = 0; number < 1'000; ++number) family.with({"type" + std::to_string(number)}).increment();
  family.with({"type1"}).increment();
  const auto page = metrics.render();
  EXPECT_THAT(page, HasSubstr("waybill_inbox_messages_total{type=\"type0\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("waybill_inbox_messages_total{type=\"type1\"} 2\n")) << "known ones stay known";
  EXPECT_THAT(page, Not(HasSubstr("type3")));
  EXPECT_THAT(page, HasSubstr("waybill_inbox_messages_total{type=\"other\"} 997\n"));
  EXPECT_THAT(
      page,
      HasSubstr("waybill_telemetry_series_refused_total{family=\"waybill_inbox_messages_total\"} 997\n"));
}

TEST(Metrics, allows_a_thousand_series_by_default) {
  Metrics metrics;
  const auto family = metrics.gauges("waybill_inbox_lag", "Lag", {"key"});
  for (int number = 0; number < 1'000; ++number) family.with({std::to_string(number)}).set(1);
  EXPECT_THAT(metrics.render(), Not(HasSubstr("other")));
  family.with({"one more"}).set(1);
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_inbox_lag{key=\"other\"} 1\n"));
}

TEST(Metrics, cuts_and_mends_label_values) {
  Metrics metrics;
  const auto family = metrics.counters("waybill_inbox_messages_total", "Messages", {"type"});
  family.with({"quote\" line\n back\\ bad\xFF"}).increment();
  family.with({std::string(10'000, 'x')}).increment();
  const auto page = metrics.render();
  EXPECT_THAT(page, HasSubstr("{type=\"quote\\\" line\\n back\\\\ bad\xEF\xBF\xBD\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("{type=\"" + std::string(128, 'x') + "\"} 1\n"));
}

TEST(Metrics, has_duration_buckets_from_half_a_millisecond_to_a_minute) {
  const auto& bounds = Metrics::seconds_buckets();
  EXPECT_EQ(bounds.front(), 0.0005);
  EXPECT_EQ(bounds.back(), 60);
  EXPECT_TRUE(std::is_sorted(bounds.begin(), bounds.end()));
}

TEST(Metrics, does_not_let_a_nan_spoil_a_histogram) {
  Metrics metrics;
  const auto histogram = metrics.histogram("waybill_amqp_confirm_seconds", "Confirms");
  histogram.observe(std::nan(""));
  histogram.observe(1.0);
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.sum(), 1.0);
}

TEST(Metrics, loses_no_count_of_many_threads_while_it_renders) {
  Metrics metrics;
  const auto counter = metrics.counter("waybill_amqp_publishes_total", "Messages");
  const auto gauge = metrics.gauge("waybill_amqp_window_messages", "Window");
  const auto histogram = metrics.histogram("waybill_amqp_confirm_seconds", "Confirms");
  const auto family = metrics.counters("waybill_amqp_returns_total", "Returns", {"exchange"});
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t each = 5'000;
  {
    std::vector<std::jthread> writers;
    writers.reserve(threads);
    for (std::uint64_t thread = 0; thread < threads; ++thread) {
      writers.emplace_back([&] {
        for (std::uint64_t time = 0; time < each; ++time) {
          counter.increment();
          gauge.add(1);
          histogram.observe(1ms);
          family.with({std::to_string(time % 10)}).increment();
        }
      });
    }
    for (int time = 0; time < 20; ++time) EXPECT_FALSE(metrics.render().empty());
  }
  EXPECT_EQ(counter.value(), threads * each);
  EXPECT_EQ(gauge.value(), static_cast<double>(threads * each));
  EXPECT_EQ(histogram.count(), threads * each);
  EXPECT_EQ(family.with({"0"}).value(), threads * each / 10);
}

TEST(Metrics, none_gives_handles_that_do_nothing) {
  auto& none = Metrics::none();
  const auto counter = none.counter("waybill_amqp_publishes_total", "Messages");
  counter.increment();
  none.gauge("waybill_amqp_window_messages", "Window").set(1);
  none.histogram("waybill_amqp_confirm_seconds", "Confirms").observe(1s);
  none.counters("waybill_amqp_returns_total", "Returns", {"exchange"}).with({"commands"}).increment();
  EXPECT_EQ(counter.value(), 0U);
  EXPECT_EQ(none.render(), "");
}

TEST(Metrics, handles_from_nowhere_do_nothing) {
  Counter{}.increment();
  Gauge{}.set(1);
  Histogram{}.observe(1.0);
  Family<Counter>{}.with({"x"}).increment();
  EXPECT_EQ(Histogram{}.count(), 0U);
}

TEST(ProcessMetrics, are_read_at_the_moment_of_rendering) {
  const Metrics metrics;
  const auto before = metrics.render();
  EXPECT_GT(value_of(before, "process_resident_memory_bytes"), 100'000);
  EXPECT_GE(value_of(before, "process_virtual_memory_bytes"),
            value_of(before, "process_resident_memory_bytes"));
  EXPECT_GE(value_of(before, "process_cpu_seconds_total"), 0);
  EXPECT_GT(value_of(before, "process_max_fds"), value_of(before, "process_open_fds"));

  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(value_of(metrics.render(), "process_open_fds"), value_of(before, "process_open_fds") + 1);
  ::close(descriptor);
  EXPECT_EQ(value_of(metrics.render(), "process_open_fds"), value_of(before, "process_open_fds"));
}

TEST(ProcessMetrics, tell_when_the_process_started) {
  const double start = value_of(Metrics{}.render(), "process_start_time_seconds");
  const std::chrono::duration<double> now = base::system_clock().wall().time_since_epoch();
  EXPECT_LT(start, now.count() + 2);
  EXPECT_GT(start, now.count() - 3'600);
}

TEST(MetricsDeathTest, refuses_a_name_that_exists_with_another_shape) {
  const auto* const why = "exists with another kind, labels or buckets";
  Metrics metrics;
  metrics.counters("waybill_amqp_publishes_total", "Messages", {"exchange"});
  EXPECT_DEATH(metrics.counter("waybill_amqp_publishes_total", "Messages"), why);
  metrics.histogram("waybill_amqp_confirm_seconds", "Confirms", {1, 2});
  EXPECT_DEATH(metrics.histogram("waybill_amqp_confirm_seconds", "Confirms", {1, 3}), why);
  EXPECT_DEATH(metrics.gauge("waybill_amqp_confirm_seconds", "Confirms"), why);
}

TEST(MetricsDeathTest, refuses_a_wrong_name_also_when_nothing_is_measured) {
  EXPECT_DEATH(Metrics::none().counter("publishes", "Messages"),
               "'publishes' is not waybill_<module>_<what>_<unit>");
}

TEST(MetricsDeathTest, refuses_buckets_that_do_not_rise) {
  Metrics metrics;
  EXPECT_DEATH(metrics.histogram("waybill_amqp_confirm_seconds", "Confirms", {2, 1}),
               "the bounds of buckets rise");
}

TEST(MetricsDeathTest, wants_a_value_for_each_label) {
  Metrics metrics;
  const auto family = metrics.counters("waybill_amqp_publishes_total", "Messages", {"exchange"});
  EXPECT_DEATH(family.with({"a", "b"}), "one value for each label");
}

}  // namespace
}  // namespace waybill::telemetry
