#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker.hpp"
#include "observed_states.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/telemetry/log_capture.hpp"

// What a person reads when a connection is not made: what is wrong, where, and what to do.

namespace waybill::amqp::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string reason(const Endpoint& endpoint, Trouble trouble) {
  ObservedStates states;
  PublisherOptions options;
  options.connection = options_for(endpoint);
  options.observer = states.observer();
  const ConfirmingPublisher publisher(options);
  return states.await_reason(trouble);
}

TEST(AmqpErrors, name_a_wrong_password_without_showing_it) {
  auto endpoint = broker();
  endpoint.password = "not-the-s3cret";
  EXPECT_THAT(reason(endpoint, Trouble::login_refused),
              AllOf(HasSubstr("the broker at " + endpoint.address() + " refused the login of user '" +
                              endpoint.user + "'"),
                    HasSubstr("wrong user or password"), HasSubstr("correct them in the broker's URL"),
                    Not(HasSubstr("s3cret"))));
}

TEST(AmqpErrors, name_a_missing_virtual_host) {
  auto endpoint = broker();
  endpoint.virtual_host = "no-such-host";
  EXPECT_THAT(reason(endpoint, Trouble::virtual_host),
              AllOf(HasSubstr(endpoint.address() + " has no virtual host 'no-such-host'"),
                    HasSubstr("rabbitmqctl add_vhost 'no-such-host'")));
}

TEST(AmqpErrors, name_a_host_that_cannot_be_resolved) {
  auto endpoint = broker();
  endpoint.host = "no-such-host.invalid";
  EXPECT_THAT(reason(endpoint, Trouble::unreachable),
              AllOf(HasSubstr("the host name 'no-such-host.invalid' of the broker cannot be resolved"),
                    HasSubstr("correct the host in the broker's URL")));
}

TEST(AmqpErrors, name_a_port_where_nothing_listens) {
  auto endpoint = broker();
  endpoint.port = 1;
  EXPECT_THAT(reason(endpoint, Trouble::unreachable),
              AllOf(HasSubstr("the broker at " + endpoint.host + ":1 cannot be reached (Connection refused)"),
                    HasSubstr("start the broker, or correct the host and port")));
}

TEST(AmqpErrors, are_logged_with_the_connection_and_the_reason) {
  const telemetry::LogCapture log;
  auto endpoint = broker();
  endpoint.password = "not-the-s3cret";
  reason(endpoint, Trouble::login_refused);
  EXPECT_EQ(log.field("amqp_disconnected", "connection"), "amqp-tests");
  for (const auto& line : log.lines()) EXPECT_THAT(line, Not(HasSubstr("s3cret")));
  EXPECT_THAT(log.lines().front(), HasSubstr("refused the login of user"));
}

}  // namespace
}  // namespace waybill::amqp::tests
