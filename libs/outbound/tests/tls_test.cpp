#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver.hpp"
#include "scripted_server.hpp"

// Who may not be talked to over TLS, and what a person reads then.

namespace waybill::outbound::tests {
namespace {

using servers::TestAuthority;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

class OutboundTls : public testing::Test {
 protected:
  Outcome ask(const std::string& url, const TlsFiles& files) {
    Driver driver({.tls = files});
    return driver.send({.method = Method::post, .url = url, .headers = {{"Authorization", "s3cret"}}});
  }
  /// Sends to a server with this certificate, and expects that it got nothing.
  std::string refusal_of(const servers::Identity& identity, const TlsFiles& files,
                         const std::string& host = "127.0.0.1") {
    std::atomic<int> heard{0};
    const ScriptedServer server(
        [&](Conversation& conversation) { heard += conversation.read_request() ? 1 : 0; },
        ServerTls{identity});
    const auto outcome = ask(server.url("/", host), files);
    EXPECT_EQ(outcome.trouble(), "tls none") << outcome;
    EXPECT_THAT(outcome.what(), HasSubstr("POST to https://" + host + ":" + std::to_string(server.port())));
    EXPECT_EQ(heard, 0);
    return outcome.what();
  }
  std::string refusal_of(const TestAuthority::Request& request, const std::string& host = "127.0.0.1") {
    return refusal_of(authority_.issue(request), trusting(), host);
  }
  TlsFiles trusting() const { return {.authority = authority_.certificate_file()}; }
  TlsFiles with_own(const servers::Identity& own) const {
    return {authority_.certificate_file(), own.certificate_file, own.key_file};
  }

  TestAuthority authority_;
  TestAuthority stranger_;
};

TEST_F(OutboundTls, talks_to_a_server_that_proves_who_it_is) {
  const ScriptedServer server(answer_all, ServerTls{authority_.issue()});
  Driver driver({.tls = trusting()});
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    const auto outcome = driver.send(server.url("/x", host));
    EXPECT_EQ(outcome.body(), "GET /x") << outcome;
  }
  EXPECT_EQ(driver.send(server.url("/y")).body(), "GET /y");
  EXPECT_EQ(server.accepted(), 2U) << "connections with TLS are kept too";
}

// Whoever stands between could read and change every request.
TEST_F(OutboundTls, refuses_a_server_whose_authority_is_not_trusted) {
  const auto because = AllOf(HasSubstr("its certificate is signed by nobody who is trusted here"),
                             HasSubstr("name its authority's certificate in tls.authority"));
  EXPECT_THAT(refusal_of(stranger_.issue(), trusting()), because);
  EXPECT_THAT(refusal_of(stranger_.issue(), {}), because)
      << "and the system's authorities do not know it either";
}

TEST_F(OutboundTls, refuses_a_certificate_out_of_its_time) {
  EXPECT_THAT(refusal_of({.valid_from = seconds{-7200}, .valid_until = seconds{-60}}),
              HasSubstr("its certificate has expired; renew it"));
  EXPECT_THAT(refusal_of({.valid_from = seconds{3600}, .valid_until = seconds{7200}}),
              HasSubstr("its certificate is not valid yet; check the clocks"));
}

// Any certificate that the same authority issued to anyone would do otherwise.
TEST_F(OutboundTls, refuses_the_certificate_of_another_host) {
  EXPECT_THAT(refusal_of({.names = {"pay.example", "10.1.2.3"}}),
              HasSubstr("its certificate is not for '127.0.0.1'; use a name of the certificate in the URL"));
  EXPECT_THAT(refusal_of({.names = {"pay.example"}}, "localhost"), HasSubstr("is not for 'localhost'"));
  EXPECT_THAT(refusal_of({.names = {"l*"}}, "localhost"), HasSubstr("is not for 'localhost'"));
}

TEST_F(OutboundTls, refuses_tls_before_1_2) {
  std::atomic<int> heard{0};
  const ScriptedServer server([&](Conversation&) { ++heard; },
                              ServerTls{.identity = authority_.issue(), .newest_version = TLS1_1_VERSION});
  const auto outcome = ask(server.url(), trusting());
  EXPECT_EQ(outcome.trouble(), "tls none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("it speaks no TLS of version 1.2 or later"));
  EXPECT_EQ(heard, 0);
}

TEST_F(OutboundTls, shows_its_certificate_to_a_server_that_wants_one) {
  const auto own = authority_.issue();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const ScriptedServer server(answer_all,
                                ServerTls{authority_.issue(), authority_.certificate_file(), version});
    const auto outcome = ask(server.url("/x"), with_own(own));
    EXPECT_EQ(outcome.body(), "POST /x") << outcome;
  }
}

// By TLS 1.3 the request is on its way before the refusal comes: nobody can say that it was not read.
TEST_F(OutboundTls, says_that_the_server_wants_a_certificate) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const ScriptedServer server(answer_all,
                                ServerTls{authority_.issue(), authority_.certificate_file(), version});
    const auto outcome = ask(server.url(), trusting());
    EXPECT_EQ(outcome.trouble(), version == TLS1_2_VERSION ? "tls none" : "tls possible") << outcome;
    EXPECT_THAT(outcome.what(), HasSubstr("a certificate of this side; set tls.certificate and tls.key"));
  }
}

TEST_F(OutboundTls, says_that_the_server_does_not_accept_the_certificate) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const ScriptedServer server(answer_all,
                                ServerTls{authority_.issue(), authority_.certificate_file(), version});
    const auto outcome = ask(server.url(), with_own(stranger_.issue()));
    EXPECT_EQ(outcome.failure->trouble, Trouble::tls) << outcome;
    EXPECT_THAT(outcome.what(), HasSubstr("it does not know who signed tls.certificate"));
  }
}

TEST_F(OutboundTls, says_that_a_plain_port_speaks_no_tls) {
  const ScriptedServer plain([](Conversation& conversation) {
    conversation.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    conversation.await_end();
  });
  const auto outcome = ask("https://127.0.0.1:" + std::to_string(plain.port()), trusting());
  EXPECT_EQ(outcome.trouble(), "tls none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("what listens there does not speak TLS; use http://"));
}

TEST_F(OutboundTls, takes_the_answer_of_a_tls_port_to_a_plain_request_for_none) {
  const ScriptedServer server(answer_all, ServerTls{authority_.issue()});
  const auto outcome = ask("http://127.0.0.1:" + std::to_string(server.port()), trusting());
  EXPECT_EQ(outcome.failure->effect, Effect::possible) << outcome;
}

TEST_F(OutboundTls, names_files_that_cannot_be_used) {
  const auto own = authority_.issue();
  const auto other = authority_.issue();
  const ScriptedServer server(answer_all, ServerTls{authority_.issue()});
  const auto bad_authority = ask(server.url(), {.authority = own.key_file});
  EXPECT_EQ(bad_authority.trouble(), "tls none") << bad_authority;
  EXPECT_THAT(bad_authority.what(), HasSubstr("tls.authority '" + own.key_file + "' cannot be used"));
  const auto bad_key =
      ask(server.url(), {authority_.certificate_file(), own.certificate_file, other.key_file});
  EXPECT_EQ(bad_key.trouble(), "tls none") << bad_key;
  EXPECT_THAT(bad_key.what(), HasSubstr("they have to be PEM files that belong together"));
}

// libcurl does not tell an end that TLS announced from one that whoever stands between has made.
TEST_F(OutboundTls, takes_no_answer_without_a_length_for_whole) {
  const ScriptedServer server(
      [](Conversation& conversation) {
        if (conversation.read_request()) conversation.send("HTTP/1.1 200 OK\r\n\r\n10");
        conversation.end_without_a_word();
      },
      ServerTls{authority_.issue()});
  const auto outcome = ask(server.url(), trusting());
  EXPECT_TRUE(!outcome.response || !outcome.response->is_whole) << outcome;
}

}  // namespace
}  // namespace waybill::outbound::tests
