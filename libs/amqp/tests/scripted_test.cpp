#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include "broker.hpp"
#include "observed_outcomes.hpp"
#include "observed_states.hpp"
#include "prompt.hpp"
#include "scripted_broker.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "wire/bytes.hpp"

// What no real broker can be made to do at a given moment. No server is needed.

namespace waybill::amqp::tests {
namespace {

using message::Outcome;
using message::Unknown;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

message::Publication to_default_exchange(std::string body = "x") {
  message::Publication publication;
  publication.to.routing_key = message::RoutingKey{"queue"};
  publication.message.body = std::move(body);
  return publication;
}

base::Deadline after(milliseconds time) { return base::Deadline::after(time); }

class Scripted : public testing::Test {
 protected:
  PublisherOptions options(const ScriptedBroker& broker) {
    PublisherOptions options;
    options.connection = options_for(broker.endpoint());
    options.observer = states_.observer();
    return options;
  }

  PublisherOptions patient_options(const ScriptedBroker& broker) {
    auto patient = options(broker);
    patient.connection = with_long_waits(std::move(patient.connection));
    return patient;
  }

  ObservedStates states_;
  ObservedOutcomes outcomes_;
};

TEST_F(Scripted, blocked_connection_holds_publications_back_and_says_why) {
  std::atomic<bool> unblock{false};
  std::atomic<int> published{0};
  ScriptedBroker broker([&](ScriptedPeer& peer) {
    peer.accept_publisher();
    amqp_connection_blocked_t blocked{to_bytes("low on memory")};
    peer.send(0, AMQP_CONNECTION_BLOCKED_METHOD, &blocked);
    EXPECT_TRUE(testkit::eventually([&] { return unblock.load(); }));
    amqp_connection_unblocked_t unblocked{};
    peer.send(0, AMQP_CONNECTION_UNBLOCKED_METHOD, &unblocked);
    while (peer.await(AMQP_BASIC_PUBLISH_METHOD)) {
      amqp_basic_ack_t ack{static_cast<std::uint64_t>(++published), 0};
      peer.send(1, AMQP_BASIC_ACK_METHOD, &ack);
    }
  });
  ConfirmingPublisher publisher(options(broker));
  ASSERT_TRUE(states_.blocked());
  const auto held = publish_and_wait(publisher, to_default_exchange(), after(milliseconds{100}));
  ASSERT_TRUE(std::holds_alternative<Unknown>(held)) << held;
  EXPECT_FALSE(std::get<Unknown>(held).sent) << "what was held back has certainly not arrived";
  publisher.publish(to_default_exchange(), after(seconds{20}), outcomes_.expect("waiting"));
  unblock = true;
  EXPECT_TRUE(outcomes_.each_ended_once());
  EXPECT_EQ(outcomes_.of("waiting"), Outcome{message::Confirmed{}});
  EXPECT_EQ(published, 1);
  EXPECT_EQ(states_.all()[1], (ConnectionState{Blocked{broker.endpoint().address(), "low on memory"}}));
}

TEST_F(Scripted, broker_that_falls_silent_is_taken_for_dead_after_two_heartbeats) {
  ScriptedBroker broker([](ScriptedPeer& peer) {
    peer.accept_publisher(1);
    peer.await_end();
  });
  ConfirmingPublisher publisher(options(broker));
  ASSERT_TRUE(states_.connected());
  EXPECT_THAT(states_.await_reason(Trouble::lost), HasSubstr("silent for two heartbeats of 1 s"));
}

TEST_F(Scripted, idle_connection_keeps_its_heart_beating) {
  std::atomic<int> beats{0};
  ScriptedBroker broker([&](ScriptedPeer& peer) {
    peer.accept_publisher(5);
    while (peer.await_heartbeat()) {
      ++beats;
      peer.writer.heartbeat();
      peer.flush();
    }
  });
  ConfirmingPublisher publisher(options(broker));
  ASSERT_TRUE(states_.connected());
  EXPECT_TRUE(testkit::eventually([&] { return beats >= 2; }));
  EXPECT_EQ(states_.count<Disconnected>(), 0U);
}

TEST_F(Scripted, stop_is_quick_while_a_login_is_never_answered) {
  ScriptedBroker broker([](ScriptedPeer& peer) { peer.await_end(); });
  auto publisher = std::make_unique<ConfirmingPublisher>(patient_options(broker));
  publisher->publish(to_default_exchange(), base::Deadline::never(), outcomes_.expect("one"));
  EXPECT_LT(time_of([&] { publisher.reset(); }), still_prompt);
  EXPECT_FALSE(std::get<Unknown>(outcomes_.of("one")).sent);
}

TEST_F(Scripted, login_that_is_never_answered_is_given_up_and_said) {
  ScriptedBroker broker([](ScriptedPeer& peer) { peer.await_end(); });
  auto quick = options(broker);
  quick.connection.answer_timeout = milliseconds{150};
  ConfirmingPublisher publisher(quick);
  EXPECT_TRUE(states_.said(Trouble::unreachable, "did not send AMQP_CONNECTION_START_METHOD in time"));
}

// A broker that reads no more fills the socket; a write that blocks would outlive every deadline.
TEST_F(Scripted, broker_that_stops_reading_holds_up_neither_deadlines_nor_the_stop) {
  std::atomic<bool> one_came{false};
  std::atomic<bool> over{false};
  ScriptedBroker broker([&](ScriptedPeer& peer) {
    peer.accept_publisher();
    one_came = peer.await(AMQP_BASIC_PUBLISH_METHOD);
    EXPECT_TRUE(testkit::eventually([&] { return over.load(); }, 3 * still_prompt));
  });
  ObservedOutcomes stopped;
  auto publisher = std::make_unique<ConfirmingPublisher>(patient_options(broker));
  publisher->publish(to_default_exchange(), base::Deadline::never(), stopped.expect("first"));
  EXPECT_TRUE(testkit::eventually([&] { return one_came.load(); }));
  for (int i = 0; i < 40; ++i) {
    publisher->publish(to_default_exchange(std::string(1'000'000, 'x')), after(milliseconds{300}),
                       outcomes_.expect(std::to_string(i)));
  }
  EXPECT_TRUE(outcomes_.each_ended_once());
  EXPECT_FALSE(std::get<Unknown>(outcomes_.of("39")).sent)
      << "what never reached the socket is known not to be sent";
  publisher->publish(to_default_exchange(), base::Deadline::never(), stopped.expect("last"));
  EXPECT_LT(time_of([&] { publisher.reset(); }), still_prompt);
  EXPECT_TRUE(stopped.each_ended_once());
  EXPECT_TRUE(std::get<Unknown>(stopped.of("first")).sent);
  over = true;
}

// Without its number a return could be anyone's: believing the next confirm could call a lost message safe.
TEST_F(Scripted, return_that_cannot_be_matched_ends_the_connection_and_nothing_is_believed) {
  std::atomic<int> connections{0};
  ScriptedBroker broker([&](ScriptedPeer& peer) {
    ++connections;
    peer.accept_publisher();
    if (!peer.await(AMQP_BASIC_PUBLISH_METHOD)) return;
    amqp_basic_return_t returned{};
    returned.reply_code = AMQP_NO_ROUTE;
    peer.writer.method(1, AMQP_BASIC_RETURN_METHOD, &returned);
    peer.writer.content_header(1, amqp_basic_properties_t{}, 0);
    amqp_basic_ack_t ack{1, 0};
    peer.send(1, AMQP_BASIC_ACK_METHOD, &ack);
    peer.await_end();
  });
  ConfirmingPublisher publisher(options(broker));
  const auto outcome = publish_and_wait(publisher, to_default_exchange(), after(seconds{20}));
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome)) << outcome;
  EXPECT_THAT(std::get<Unknown>(outcome).why, HasSubstr("returned a message that was not published here"));
  EXPECT_TRUE(testkit::eventually([&] { return connections > 1; }));
}

TEST_F(Scripted, confirm_of_what_was_never_published_ends_the_connection) {
  ScriptedBroker broker([&](ScriptedPeer& peer) {
    peer.accept_publisher();
    if (!peer.await(AMQP_BASIC_PUBLISH_METHOD)) return;
    amqp_basic_ack_t ack{7, 1};
    peer.send(1, AMQP_BASIC_ACK_METHOD, &ack);
    peer.await_end();
  });
  ConfirmingPublisher publisher(options(broker));
  const auto outcome = publish_and_wait(publisher, to_default_exchange(), after(seconds{20}));
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome)) << outcome;
  EXPECT_THAT(std::get<Unknown>(outcome).why, HasSubstr("confirmed a publish that was not made"));
}

TEST_F(Scripted, server_of_another_kind_is_named_as_such) {
  ScriptedBroker broker([](ScriptedPeer& peer) {
    peer.send_raw("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.await_end();
  });
  ConfirmingPublisher publisher(options(broker));
  const auto reason = states_.await_reason(Trouble::unreachable);
  EXPECT_THAT(reason, HasSubstr(broker.endpoint().address()));
  EXPECT_THAT(reason, HasSubstr("does not speak AMQP 0-9-1; is it the port of another server, or of TLS?"));
}

TEST_F(Scripted, dead_endpoints_of_the_list_are_passed_over) {
  ScriptedBroker broker([](ScriptedPeer& peer) {
    peer.accept_publisher();
    peer.await_end();
  });
  auto several = options(broker);
  Endpoint dead = broker.endpoint();
  dead.port = 1;
  several.connection.endpoints = {dead, dead, broker.endpoint()};
  ConfirmingPublisher publisher(several);
  EXPECT_TRUE(states_.connected());
  EXPECT_THAT(states_.await_reason(Trouble::unreachable), HasSubstr("127.0.0.1:1 cannot be reached"));
}

}  // namespace
}  // namespace waybill::amqp::tests
