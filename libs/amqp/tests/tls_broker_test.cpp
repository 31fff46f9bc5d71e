#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "broker.hpp"
#include "observed_states.hpp"
#include "soon.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/servers/disposable_broker.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/servers/test_authority.hpp"

// A real broker that speaks TLS and wants to know whom it speaks with.

namespace waybill::amqp::tests {
namespace {

using testing::HasSubstr;

std::string tls_configuration(std::uint16_t port, const servers::TestAuthority& authority,
                              const servers::Identity& identity) {
  return "listeners.ssl.1 = 127.0.0.1:" + std::to_string(port) +
         "\nssl_options.cacertfile = " + authority.certificate_file() +
         "\nssl_options.certfile = " + identity.certificate_file +
         "\nssl_options.keyfile = " + identity.key_file +
         "\nssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n";
}

// One for all tests, since it takes seconds to start.
struct TlsBroker {
  servers::TestAuthority authority;
  servers::Identity brokers = authority.issue();
  servers::Identity ours = authority.issue();
  std::uint16_t port = servers::free_port();
  servers::DisposableBroker broker{1, tls_configuration(port, authority, brokers)};
};

class AmqpTlsBroker : public testing::Test {
 protected:
  static void SetUpTestSuite() { there = std::make_unique<TlsBroker>(); }
  static void TearDownTestSuite() { there.reset(); }

  static Endpoint plain() { return parse_url(there->broker.url()).value(); }
  static Options secured(TlsFiles files) {
    auto endpoint = plain();
    endpoint.port = there->port;
    endpoint.tls = true;
    auto options = options_for(endpoint);
    options.tls = std::move(files);
    return options;
  }
  static TlsFiles ours() { return {authority(), there->ours.certificate_file, there->ours.key_file}; }
  static const std::string& authority() { return there->authority.certificate_file(); }

  static inline std::unique_ptr<TlsBroker> there;
};

TEST_F(AmqpTlsBroker, takes_and_delivers_messages_of_every_size_and_refuses_strangers) {
  BareClient client(plain());
  client.declare_quorum_queue("secured");
  PublisherOptions publishing;
  publishing.connection = secured(ours());
  ConfirmingPublisher publisher(publishing);
  SubscriberOptions subscribing;
  subscribing.connection = secured(ours());
  subscribing.queue = message::Queue{"secured"};
  QueueSubscriber subscriber(subscribing);
  for (const std::size_t size : {0U, 1U, 16'384U, 200'000U, 8'000'000U}) {
    message::Publication publication;
    publication.to.routing_key = message::RoutingKey{"secured"};
    publication.message.body = std::string(size, 'x');
    ASSERT_TRUE(is_confirmed(publish_and_wait(publisher, publication, soon()))) << size;
    const auto batch = subscriber.receive(1, soon());
    ASSERT_EQ(batch.size(), 1U) << size;
    EXPECT_EQ(batch[0].message.body, publication.message.body);
    EXPECT_EQ(subscriber.settle(std::vector{batch[0].tag}, message::Settlement::ack), 1U);
  }

  ObservedStates states;
  PublisherOptions nameless;
  nameless.connection = secured({.authority = authority()});
  nameless.observer = states.observer();
  const ConfirmingPublisher stranger(nameless);
  EXPECT_THAT(states.await_reason(Trouble::tls), HasSubstr("it may want a certificate of this side"));
}

// The certificate must be looked at before a password is sent to whoever listens there.
TEST_F(AmqpTlsBroker, is_told_apart_from_a_plain_one) {
  ObservedStates states;
  PublisherOptions options;
  auto endpoint = plain();
  endpoint.port = there->port;
  options.connection = options_for(endpoint);
  options.observer = states.observer();
  const ConfirmingPublisher publisher(options);
  EXPECT_THAT(states.await_reason(Trouble::unreachable), HasSubstr("or of TLS?"));

  ObservedStates reverse_states;
  PublisherOptions reverse;
  endpoint = plain();
  endpoint.tls = true;
  reverse.connection = options_for(endpoint);
  reverse.connection.tls = ours();
  reverse.observer = reverse_states.observer();
  const ConfirmingPublisher reversed(reverse);
  EXPECT_THAT(reverse_states.await_reason(Trouble::tls), HasSubstr("use amqp:// for a plain port"));
}

}  // namespace
}  // namespace waybill::amqp::tests
