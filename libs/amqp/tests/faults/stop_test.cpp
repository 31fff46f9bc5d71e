#include <gtest/gtest.h>

#include <memory>

#include "addresses.hpp"
#include "expiry.hpp"
#include "observed_outcomes.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/servers/test_virtual_host.hpp"

// Whatever a connection waits for, a publish ends at its deadline, and a stop does not wait for it.

namespace waybill::amqp::tests {
namespace {

namespace fault = servers::fault;
using message::Unknown;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Stop : public testing::Test {
 protected:
  Stop() { host_.declare_queue("q"); }

  // A wait is drawn from all that is below its limit, so that one is hardly ever short.
  static constexpr base::Backoff::Limits drawn_from_a_day{std::chrono::hours{24}, std::chrono::hours{24},
                                                          1.0};

  Options by_proxy() const { return with_long_waits(options_for(by_way_of(proxy_, at_))); }

  using Reach = std::function<void(const ObservedStates&)>;

  // `reach` waits until a connection is in the state in question, or brings it there.
  void expect_prompt(const Options& connection, const Reach& reach, bool sent = false) {
    expect_prompt_publisher(connection, reach, sent);
    proxy_.heal();
    expect_prompt_subscriber(connection, reach);
  }

  void expect_prompt_publisher(const Options& connection, const Reach& reach, bool sent) {
    ObservedStates states;
    ObservedOutcomes outcomes;
    auto publisher = std::make_unique<ConfirmingPublisher>(
        PublisherOptions{.connection = connection, .observer = states.observer()});
    reach(states);
    if (sent) {
      EXPECT_TRUE(leaves_and_expires(*publisher, publication("q")));
    } else {
      EXPECT_FALSE(expires_as_sent(*publisher, publication("q")));
    }
    publisher->publish(publication("q"), base::Deadline::never(), outcomes.expect("one without a deadline"));
    EXPECT_LT(time_of([&] { publisher.reset(); }), still_prompt);
    EXPECT_TRUE(outcomes.each_ended_once());
  }

  void expect_prompt_subscriber(const Options& connection, const Reach& reach) {
    ObservedStates states;
    QueueSubscriber subscriber(
        {.connection = connection, .queue = message::Queue{"q"}, .observer = states.observer()});
    reach(states);
    EXPECT_LT(time_of([&] { subscriber.close(); }), still_prompt);
  }

  Reach accepted_one_more() {
    return [this, before = proxy_.counters().accepted](const ObservedStates&) mutable {
      EXPECT_TRUE(proxy_.wait_for([&](const auto& now) { return now.accepted > before; }, seconds{20}));
      before = proxy_.counters().accepted;
    };
  }

  const servers::TestVirtualHost host_;
  const Endpoint at_ = parse_url(host_.url()).value();
  servers::FaultProxy proxy_{place_of(at_)};
};

TEST_F(Stop, is_prompt_while_connecting_to_a_black_hole) {
  const servers::FullPort full;
  auto endpoint = at_;
  endpoint.port = full.number();
  expect_prompt(with_long_waits(options_for(endpoint)), [](const ObservedStates&) {});
}

TEST_F(Stop, is_prompt_while_a_login_is_not_answered) {
  const auto reach = accepted_one_more();
  proxy_.inject(fault::NeverAnswer{});
  expect_prompt_publisher(by_proxy(), reach, false);
  expect_prompt_subscriber(by_proxy(), reach);
}

TEST_F(Stop, is_prompt_while_a_handshake_of_tls_is_not_answered) {
  auto connection = by_proxy();
  connection.endpoints.front().tls = true;
  const auto reach = accepted_one_more();
  proxy_.inject(fault::NeverAnswer{});
  expect_prompt_publisher(connection, reach, false);
  expect_prompt_subscriber(connection, reach);
}

TEST_F(Stop, is_prompt_while_waiting_to_connect_again) {
  auto connection = by_proxy();
  connection.backoff = drawn_from_a_day;
  proxy_.inject(fault::Refuse{});
  const auto refused = [](const ObservedStates& states) {
    EXPECT_TRUE(states.said(Trouble::unreachable, "cannot be reached (Connection refused)"));
  };
  expect_prompt_publisher(connection, refused, false);
  expect_prompt_subscriber(connection, refused);
}

TEST_F(Stop, is_prompt_while_waiting_to_set_up_again) {
  auto connection = by_proxy();
  connection.backoff = drawn_from_a_day;
  ObservedStates states;
  QueueSubscriber subscriber(
      {.connection = connection, .queue = message::Queue{"missing"}, .observer = states.observer()});
  EXPECT_TRUE(states.said(Trouble::topology, "declare it, or correct its name"));
  EXPECT_LT(time_of([&] { subscriber.close(); }), still_prompt);
}

TEST_F(Stop, is_prompt_while_the_broker_is_frozen) {
  expect_prompt(
      by_proxy(),
      [this](const ObservedStates& states) {
        EXPECT_TRUE(states.connected());
        proxy_.inject(fault::StopReading{});
      },
      true);
}

// What the socket does not take waits in memory, and never in a write.
TEST_F(Stop, is_prompt_while_nothing_more_can_be_written) {
  ObservedStates states;
  ObservedOutcomes outcomes;
  auto publisher = std::make_unique<ConfirmingPublisher>(
      PublisherOptions{.connection = by_proxy(), .observer = states.observer()});
  ASSERT_TRUE(states.connected());
  proxy_.inject(fault::StopReading{});
  for (int i = 0; i < 30; ++i) {
    publisher->publish(publication("q", std::string(1'000'000, 'x')),
                       base::Deadline::after(milliseconds{300}), outcomes.expect(std::to_string(i)));
  }
  EXPECT_TRUE(outcomes.each_ended_once());
  EXPECT_FALSE(std::get<Unknown>(outcomes.of("29")).sent);
  publisher->publish(publication("q"), base::Deadline::never(), outcomes.expect("last"));
  EXPECT_LT(time_of([&] { publisher.reset(); }), still_prompt);
  EXPECT_TRUE(outcomes.each_ended_once());
}

}  // namespace
}  // namespace waybill::amqp::tests
