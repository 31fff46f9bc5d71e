#include "metric_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace waybill::telemetry::detail {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(MetricNames, accepts_names_of_the_house) {
  EXPECT_THAT(fault_of_name(MetricKind::counter, "waybill_amqp_publishes_confirmed_total"), IsEmpty());
  EXPECT_THAT(fault_of_name(MetricKind::counter, "waybill_http_body_bytes_total"), IsEmpty());
  EXPECT_THAT(fault_of_name(MetricKind::gauge, "waybill_health_ready"), IsEmpty());
  EXPECT_THAT(fault_of_name(MetricKind::histogram, "waybill_inbox_batch_messages"), IsEmpty());
}

TEST(MetricNames, refuses_others_and_says_why) {
  const auto fault = [](MetricKind kind, std::string_view name) { return fault_of_name(kind, name); };
  EXPECT_THAT(fault(MetricKind::gauge, "amqp_window"), HasSubstr("is not waybill_<module>_<what>_<unit>"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_ready"), HasSubstr("is not waybill_<module>_<what>_<unit>"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_amqp_Window"), HasSubstr("other characters"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_amqp_win-dow"), HasSubstr("other characters"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_amqp__window"), HasSubstr("empty part"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_amqp_window_"), HasSubstr("empty part"));
  EXPECT_THAT(fault(MetricKind::histogram, "waybill_amqp_confirm_ms"), HasSubstr("base unit"));
  EXPECT_THAT(fault(MetricKind::histogram, "waybill_amqp_confirm"), HasSubstr("ends in its unit"));
  EXPECT_THAT(fault(MetricKind::counter, "waybill_amqp_publishes"), HasSubstr("ends in _total"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_amqp_publishes_total"), HasSubstr("may not end in _total"));
  EXPECT_THAT(fault(MetricKind::gauge, "waybill_amqp_publishes_count"),
              HasSubstr("suffix that histograms write"));
}

TEST(MetricNames, wants_labels_that_prometheus_reads) {
  using Names = std::vector<std::string_view>;
  EXPECT_THAT(fault_of_label_names(Names{"exchange", "outcome"}), IsEmpty());
  EXPECT_THAT(fault_of_label_names(Names{}), IsEmpty());
  EXPECT_THAT(fault_of_label_names(Names{"le"}), HasSubstr("'le'"));
  EXPECT_THAT(fault_of_label_names(Names{""}), HasSubstr("''"));
  EXPECT_THAT(fault_of_label_names(Names{"__name"}), HasSubstr("'__name'"));
  EXPECT_THAT(fault_of_label_names(Names{"a-b"}), HasSubstr("'a-b'"));
  EXPECT_THAT(fault_of_label_names(Names{"a", "b", "a"}), HasSubstr("'a' stands twice"));
}

TEST(MetricNames, wants_a_help_text_of_one_line) {
  EXPECT_THAT(fault_of_help("Messages published"), IsEmpty());
  EXPECT_THAT(fault_of_help(""), HasSubstr("needs a help text"));
  EXPECT_THAT(fault_of_help("two\nlines"), HasSubstr("one line"));
}

TEST(MetricNames, wants_buckets_that_rise) {
  EXPECT_THAT(fault_of_buckets({1, 2, 3}), IsEmpty());
  EXPECT_THAT(fault_of_buckets({}), HasSubstr("1 to 100"));
  EXPECT_THAT(fault_of_buckets(std::vector<double>(101, 1)), HasSubstr("1 to 100"));
  EXPECT_THAT(fault_of_buckets({1, 1}), HasSubstr("rise"));
  EXPECT_THAT(fault_of_buckets({1, std::numeric_limits<double>::infinity()}), HasSubstr("finite"));
}

}  // namespace
}  // namespace waybill::telemetry::detail
