#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>

#include "broker.hpp"
#include "local_port.hpp"
#include "observed_states.hpp"
#include "prompt.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/servers/test_authority.hpp"

// Who may not be talked to over TLS, and what a person reads then. No server is needed.

namespace waybill::amqp::tests {
namespace {

using servers::Identity;
using servers::TestAuthority;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

void await_end(int socket) {
  std::array<char, 256> room{};
  while (recv(socket, room.data(), room.size(), 0) > 0) {
  }
}

// Speaks TLS as `identity` and says nothing more. With an authority, it wants a certificate of it.
void speak_tls(int socket, const Identity& identity, const std::string& client_authority) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX_use_certificate_chain_file(context.get(), identity.certificate_file.c_str());
  SSL_CTX_use_PrivateKey_file(context.get(), identity.key_file.c_str(), SSL_FILETYPE_PEM);
  if (!client_authority.empty()) {
    SSL_CTX_load_verify_locations(context.get(), client_authority.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  const std::unique_ptr<SSL, void (*)(SSL*)> session{SSL_new(context.get()), SSL_free};
  SSL_set_fd(session.get(), socket);
  std::array<char, 256> room{};
  if (SSL_accept(session.get()) == 1) SSL_read(session.get(), room.data(), static_cast<int>(room.size()));
  await_end(socket);
}

class AmqpTls : public testing::Test {
 protected:
  std::string refusal_of(const LocalPort& port, TlsFiles files, const std::string& host = "127.0.0.1",
                         seconds answer_timeout = seconds{30}) {
    ObservedStates states;
    PublisherOptions options;
    auto endpoint = port.endpoint();
    endpoint.host = host;
    endpoint.tls = true;
    options.connection = options_for(endpoint);
    options.connection.tls = std::move(files);
    options.connection.answer_timeout = answer_timeout;
    options.observer = states.observer();
    const ConfirmingPublisher publisher(options);
    return states.await_reason(Trouble::tls);
  }
  std::string refusal_of(const TestAuthority::Request& request, const std::string& host = "127.0.0.1") {
    const auto identity = authority_.issue(request);
    const LocalPort port([&](int socket) { speak_tls(socket, identity, ""); });
    return refusal_of(port, trusting(), host);
  }
  TlsFiles trusting() const { return {.authority = authority_.certificate_file()}; }

  TestAuthority authority_;
  TestAuthority stranger_;
};

// Whoever stands between could read and change every message.
TEST_F(AmqpTls, refuses_a_broker_whose_authority_is_not_trusted) {
  const auto identity = stranger_.issue();
  const LocalPort port([&](int socket) { speak_tls(socket, identity, ""); });
  const auto because = AllOf(HasSubstr("the certificate of the broker at " + port.endpoint().address()),
                             HasSubstr("is signed by nobody who is trusted here"),
                             HasSubstr("name its authority's certificate in tls.authority"));
  EXPECT_THAT(refusal_of(port, trusting()), because);
  EXPECT_THAT(refusal_of(port, {}), because) << "and the system's authorities do not know it either";
}

TEST_F(AmqpTls, refuses_a_certificate_that_has_expired) {
  EXPECT_THAT(refusal_of({.valid_from = seconds{-7200}, .valid_until = seconds{-60}}),
              AllOf(HasSubstr("has expired; renew it")));
}

TEST_F(AmqpTls, refuses_a_certificate_that_is_not_valid_yet) {
  EXPECT_THAT(refusal_of({.valid_from = seconds{3600}, .valid_until = seconds{7200}}),
              AllOf(HasSubstr("is not valid yet; check the clocks")));
}

// Any certificate that the same authority issued to anyone would do otherwise.
TEST_F(AmqpTls, refuses_the_certificate_of_another_host) {
  const auto because = [](const std::string& host) {
    return AllOf(HasSubstr("is not for '" + host + "'"), HasSubstr("use a name of the certificate"));
  };
  EXPECT_THAT(refusal_of({.names = {"broker.example", "10.1.2.3"}}), because("127.0.0.1"));
  EXPECT_THAT(refusal_of({.names = {"broker.example"}}, "localhost"), because("localhost"));
  EXPECT_THAT(refusal_of({.names = {"l*"}}, "localhost"), because("localhost"));
}

TEST_F(AmqpTls, says_that_a_plain_port_speaks_no_tls) {
  const LocalPort port([](int socket) {
    send(socket, "AMQP\0\0\x9\x1", 8, MSG_NOSIGNAL);
    await_end(socket);
  });
  EXPECT_THAT(refusal_of(port, trusting()),
              AllOf(HasSubstr("what listens there does not speak TLS"), HasSubstr("use amqp://")));
}

TEST_F(AmqpTls, gives_up_a_broker_that_does_not_answer_the_handshake) {
  const LocalPort port(await_end);
  EXPECT_THAT(refusal_of(port, trusting(), "127.0.0.1", seconds{1}),
              HasSubstr("did not answer the TLS handshake in time"));
}

TEST_F(AmqpTls, says_that_the_broker_wants_a_certificate) {
  const auto identity = authority_.issue();
  const LocalPort port([&](int socket) { speak_tls(socket, identity, authority_.certificate_file()); });
  EXPECT_THAT(refusal_of(port, trusting()),
              AllOf(HasSubstr("it may want a certificate of this side"), HasSubstr("tls.certificate")));
}

TEST_F(AmqpTls, says_that_the_broker_does_not_accept_the_certificate) {
  const auto identity = authority_.issue();
  const auto ours = stranger_.issue();
  const LocalPort port([&](int socket) { speak_tls(socket, identity, authority_.certificate_file()); });
  EXPECT_THAT(refusal_of(port, {authority_.certificate_file(), ours.certificate_file, ours.key_file}),
              HasSubstr("it does not accept this side's certificate"));
}

TEST_F(AmqpTls, stops_promptly_in_the_middle_of_a_handshake) {
  std::atomic<bool> reached{false};
  const LocalPort port([&](int socket) {
    std::array<char, 1> room{};
    recv(socket, room.data(), room.size(), 0);
    reached = true;
    await_end(socket);
  });
  PublisherOptions options;
  auto endpoint = port.endpoint();
  endpoint.tls = true;
  options.connection = with_long_waits(options_for(endpoint));
  options.connection.tls = trusting();
  auto publisher = std::make_unique<ConfirmingPublisher>(options);
  ASSERT_TRUE(testkit::eventually([&] { return reached.load(); }));
  EXPECT_LT(time_of([&] { publisher.reset(); }), still_prompt);
}

TEST_F(AmqpTls, wants_files_that_are_there_and_a_key_with_the_certificate) {
  const auto problem = [](TlsFiles files) {
    Options options;
    options.tls = std::move(files);
    try {
      check(options);
    } catch (const std::invalid_argument& fault) {
      return std::string{fault.what()};
    }
    return std::string{"none"};
  };
  EXPECT_THAT(problem({.authority = "/no/such.pem"}),
              AllOf(HasSubstr("tls.authority '/no/such.pem' cannot be read: No such file"),
                    HasSubstr("name a PEM file")));
  EXPECT_THAT(problem({.certificate = authority_.certificate_file()}), HasSubstr("give both or neither"));
  EXPECT_EQ(problem(trusting()), "none");
}

TEST_F(AmqpTls, names_a_file_that_holds_no_certificate) {
  const LocalPort port(await_end);
  const auto identity = authority_.issue();
  EXPECT_THAT(refusal_of(port, {.authority = identity.key_file}),
              AllOf(HasSubstr("tls.authority '" + identity.key_file + "' cannot be used"),
                    HasSubstr("it has to be a PEM file")));
}

}  // namespace
}  // namespace waybill::amqp::tests
