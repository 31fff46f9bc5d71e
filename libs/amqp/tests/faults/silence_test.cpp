#include <gtest/gtest.h>

#include "addresses.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/test_virtual_host.hpp"

// Peers that are gone without a word, and servers that never say one.

namespace waybill::amqp::tests {
namespace {

namespace fault = servers::fault;
using servers::Direction;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Silence : public testing::Test {
 protected:
  Silence() { host_.declare_queue("q"); }

  Options beating_each_second() const {
    auto options = options_for(by_way_of(proxy_, at_));
    options.heartbeat = seconds{1};
    options.answer_timeout = milliseconds{500};
    return options;
  }

  const servers::TestVirtualHost host_;
  const Endpoint at_ = parse_url(host_.url()).value();
  servers::FaultProxy proxy_{place_of(at_)};
};

// A machine that lost its power says no goodbye: only the heart that does not beat tells.
TEST_F(Silence, of_a_peer_that_is_gone_is_noticed_within_two_heartbeats_or_little_more) {
  TrafficPair pair(beating_each_second(), "q");
  ASSERT_TRUE(pair.traffic.flows());
  proxy_.inject(fault::StopReading{});
  const auto took = time_of([&] {
    EXPECT_TRUE(pair.subscriber_states.said(Trouble::lost, "silent for two heartbeats of 1 s"));
    EXPECT_TRUE(pair.publisher_states.said(Trouble::lost, "silent for two heartbeats of 1 s"));
  });
  EXPECT_LT(took, still_prompt);
  EXPECT_TRUE(pair.publisher_states.said(Trouble::unreachable, "did not send AMQP_CONNECTION_START_METHOD"));
  proxy_.heal();
  EXPECT_TRUE(pair.traffic.flows());
  EXPECT_TRUE(pair.traffic.adds_up());
}

// The broker hears us, and we do not hear it: what it has confirmed is not known here.
TEST_F(Silence, of_one_direction_is_noticed_too) {
  for (const auto direction : {Direction::client_to_server, Direction::server_to_client}) {
    TrafficPair pair(beating_each_second(), "q");
    ASSERT_TRUE(pair.traffic.flows());
    proxy_.inject(fault::StopReading{direction});
    // Towards the broker, it is the broker that misses our heart and ends the connection.
    const bool is_heard = direction == Direction::client_to_server;
    EXPECT_TRUE(
        pair.publisher_states.said(Trouble::lost, is_heard ? "" : "silent for two heartbeats of 1 s"));
    proxy_.heal();
    EXPECT_TRUE(pair.traffic.flows());
    EXPECT_TRUE(pair.traffic.adds_up());
  }
}

// An idle connection that does not beat would be ended by the broker, within two of its intervals.
TEST_F(Silence, of_an_idle_publisher_is_no_reason_for_the_broker_to_end_it) {
  ObservedStates states;
  const ConfirmingPublisher publisher({.connection = beating_each_second(), .observer = states.observer()});
  ASSERT_TRUE(states.connected());
  const auto sent = proxy_.counters().bytes_to_server;
  constexpr std::uint64_t heartbeat_bytes = 8;
  EXPECT_TRUE(proxy_.wait_for(
      [&](const auto& counters) { return counters.bytes_to_server >= sent + 8 * heartbeat_bytes; },
      seconds{20}));
  EXPECT_EQ(states.text().find("the broker ended the connection"), std::string::npos) << states.text();
}

}  // namespace
}  // namespace waybill::amqp::tests
