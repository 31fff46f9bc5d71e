#include "waybill/outbound/probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver.hpp"
#include "scripted_server.hpp"

namespace waybill::outbound::tests {
namespace {

using testing::HasSubstr;

TEST(OutboundProbe, counts_answers_faults_and_connections) {
  telemetry::Metrics metrics;
  const ScriptedServer server([](Conversation& conversation) {
    for (const int status : {200, 404}) {
      if (conversation.read_request()) conversation.answer(status);
    }
    static_cast<void>(conversation.read_request());
  });
  {
    Driver driver({}, {}, ClientProbe(metrics, "pay"));
    driver.send(server.url());
    driver.send(server.url());
    driver.send(server.url());
    driver.send("http://127.0.0.1:1/");
    driver.send("nonsense");
  }
  const auto text = metrics.render();
  const auto expect = [&](const std::string& line) { EXPECT_THAT(text, HasSubstr(line)); };
  expect("waybill_outbound_answers_total{client=\"pay\",status=\"2xx\"} 1");
  expect("waybill_outbound_answers_total{client=\"pay\",status=\"4xx\"} 1");
  expect("waybill_outbound_faults_total{client=\"pay\",trouble=\"lost\",effect=\"possible\"} 1");
  expect("waybill_outbound_faults_total{client=\"pay\",trouble=\"unreachable\",effect=\"none\"} 1");
  expect("waybill_outbound_faults_total{client=\"pay\",trouble=\"invalid request\",effect=\"none\"} 1");
  expect("waybill_outbound_exchanges_total{client=\"pay\",connection=\"new\"} 1");
  expect("waybill_outbound_exchanges_total{client=\"pay\",connection=\"reused\"} 2");
  expect("waybill_outbound_request_duration_seconds_count{client=\"pay\"} 5");
  expect("waybill_outbound_requests_under_way{client=\"pay\"} 0");
  expect("waybill_outbound_requests_waiting{client=\"pay\"} 0");
}

TEST(OutboundProbe, names_every_trouble) {
  std::set<std::string_view> names;
  for (const auto trouble : all_troubles) names.insert(to_string(trouble));
  EXPECT_EQ(names.size(), all_troubles.size());
}

}  // namespace
}  // namespace waybill::outbound::tests
