#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "driver.hpp"
#include "scripted_server.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/testkit/eventually.hpp"

// Whatever the network does, a request that may have been carried out is never told as one that was not, nor
// half an answer as a whole one.

namespace waybill::outbound::tests {
namespace {

using namespace std::chrono_literals;
using servers::Connections;
using servers::Cut;
using servers::Direction;
using servers::FaultProxy;
using testing::AnyOf;
using testing::HasSubstr;
namespace fault = servers::fault;

const std::string whole_answer = "HTTP/1.1 200 OK\r\nX-Charge: 1\r\nContent-Length: 11\r\n\r\nhello world";
const std::string chunked_answer =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n";

class Faults : public testing::Test {
 protected:
  std::string url(const std::string& scheme = "http") const {
    return scheme + "://" + proxy_.address().to_string() + "/";
  }
  Outcome charge(Driver& driver, std::chrono::milliseconds limit = 5s) {
    return driver.send_within(limit, {.method = Method::post, .url = url(), .body = "cents=1"});
  }
  void expect_cut_answers_to_be_lost(const std::string& answer, Cut how) {
    answer_ = answer;
    // With the last chunk the body is whole, whatever becomes of trailers.
    const auto last_chunk = answer.find("\r\n0\r\n");
    const auto whole_from =
        how == Cut::end && last_chunk != std::string::npos ? last_chunk + 5 : answer.size();
    for (std::size_t bytes = 0; bytes < whole_from; ++bytes) {
      Driver driver;
      proxy_.inject(fault::CutAfter{
          .direction = Direction::server_to_client, .bytes = bytes, .of = Connections::next, .how = how});
      const auto outcome = charge(driver);
      ASSERT_EQ(outcome.trouble(), "lost possible") << "cut after " << bytes << " bytes: " << outcome;
      proxy_.heal();
    }
    Driver driver;
    EXPECT_EQ(charge(driver).body(), "hello world");
  }

  std::string answer_ = whole_answer;
  std::atomic<int> heard_{0};
  ScriptedServer server_{[this](Conversation& conversation) {
    while (conversation.read_request()) ++heard_, conversation.send(answer_);
  }};
  FaultProxy proxy_{{"127.0.0.1", server_.port()}};
};

TEST_F(Faults, refused_connections_had_no_effect) {
  proxy_.inject(fault::Refuse{});
  Driver driver;
  const auto outcome = charge(driver);
  EXPECT_EQ(outcome.trouble(), "unreachable none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("the connection was refused; see whether something listens"));
}

TEST_F(Faults, unknown_names_had_no_effect) {
  Driver driver;
  const auto outcome = driver.send({.method = Method::post, .url = "http://no-such-host.invalid/"},
                                   base::Deadline::after(20s));
  EXPECT_EQ(outcome.trouble(), "name not found none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("the host's name leads to no address"));
}

TEST_F(Faults, answers_cut_at_any_byte_are_lost) { expect_cut_answers_to_be_lost(whole_answer, Cut::reset); }

// An end in good order, in the middle of the headers, is what libcurl takes for the end of the answer.
TEST_F(Faults, answers_ended_at_any_byte_are_lost) { expect_cut_answers_to_be_lost(whole_answer, Cut::end); }

TEST_F(Faults, chunked_answers_cut_at_any_byte_are_lost) {
  expect_cut_answers_to_be_lost(chunked_answer, Cut::reset);
}

TEST_F(Faults, chunked_answers_ended_at_any_byte_are_lost) {
  expect_cut_answers_to_be_lost(chunked_answer, Cut::end);
}

// The server has got a part of the request, or all of it, by the time of the cut.
TEST_F(Faults, requests_cut_at_any_byte_may_have_had_an_effect) {
  for (std::size_t bytes = 1; bytes < 130; bytes += 3) {
    Driver driver;
    proxy_.inject(
        fault::CutAfter{.direction = Direction::client_to_server, .bytes = bytes, .of = Connections::next});
    const auto outcome = charge(driver);
    ASSERT_THAT(outcome.trouble(), AnyOf("lost possible", "answered")) << bytes << ": " << outcome;
    proxy_.heal();
  }
}

TEST_F(Faults, connections_never_answered_are_ended_at_the_deadline) {
  proxy_.inject(fault::NeverAnswer{});
  Driver driver;
  Outcome outcome;
  // On a busy machine a deadline may come before the connection is there.
  EXPECT_TRUE(testkit::eventually([&] {
    outcome = charge(driver, 200ms);
    return outcome.trouble() != "deadline none";
  }));
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
  proxy_.heal();
  EXPECT_EQ(charge(driver).status(), 200) << "and the next one is as good as new";
}

TEST_F(Faults, throttled_answers_come_late_and_whole) {
  answer_ = "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'b');
  proxy_.inject(fault::Throttle{.bytes_per_second = 100'000});
  Driver driver;
  EXPECT_EQ(charge(driver).body(), std::string(20'000, 'b'));
}

TEST_F(Faults, half_closed_connections_end_as_lost_or_at_the_deadline) {
  for (const auto direction : {Direction::client_to_server, Direction::server_to_client}) {
    Driver driver;
    EXPECT_EQ(charge(driver).status(), 200);
    proxy_.inject(fault::HalfClose{.direction = direction});
    const int heard = heard_;
    const auto outcome = charge(driver, 500ms);
    const bool was_unsent = outcome.trouble() == "deadline none" && heard_ == heard;
    EXPECT_TRUE(was_unsent || outcome.response || outcome.trouble() == "lost possible" ||
                outcome.trouble() == "deadline possible")
        << outcome;
    proxy_.heal();
  }
}

// Plain TCP cannot tell a changed body from a true one. What is no HTTP any more is seen.
TEST_F(Faults, corrupt_heads_are_answers_or_unknown_outcomes_and_never_a_hang) {
  const auto head = whole_answer.find("\r\n\r\n") + 4;
  for (std::size_t offset = 0; offset < head; ++offset) {
    Driver driver;
    proxy_.inject(fault::CorruptByte{
        .direction = Direction::server_to_client, .offset = offset, .of = Connections::next});
    heard_ = 0;
    const auto outcome = charge(driver, 200ms);
    ASSERT_TRUE(outcome.response || outcome.failure->effect == Effect::possible || heard_ == 0)
        << offset << ": " << outcome;
    ASSERT_EQ(outcome.times, 1);
    proxy_.heal();
  }
}

TEST(FaultsOfTls, cost_no_byte_of_a_request_before_the_handshake_is_done) {
  servers::TestAuthority authority;
  std::atomic<int> heard{0};
  const ScriptedServer server(
      [&](Conversation& conversation) {
        while (conversation.read_request()) {
          ++heard;
          conversation.send(whole_answer);
        }
      },
      ServerTls{authority.issue()});
  FaultProxy proxy({"127.0.0.1", server.port()});
  const auto url = "https://" + proxy.address().to_string() + "/";
  const Options options{.tls = {.authority = authority.certificate_file()}};
  bool is_complete = false;
  int unknown = 0;
  for (std::size_t bytes = 0; !is_complete; bytes += 41) {
    Driver driver(options);
    heard = 0;
    proxy.inject(fault::CutAfter{
        .direction = Direction::server_to_client, .bytes = bytes, .of = Connections::next, .how = Cut::end});
    const auto outcome = driver.send({.method = Method::post, .url = url});
    is_complete = outcome.response.has_value();
    EXPECT_EQ(outcome.body(), is_complete ? "hello world" : "no response");
    const auto effect = outcome.failure ? outcome.failure->effect : Effect::possible;
    ASSERT_TRUE(effect == Effect::possible || heard == 0) << bytes << ' ' << outcome;
    if (outcome.failure && outcome.failure->effect == Effect::possible) ++unknown;
    ASSERT_LT(bytes, 20'000U);
    proxy.heal();
  }
  EXPECT_GT(unknown, 0);
}

TEST(FaultsOfTls, never_change_what_is_read) {
  servers::TestAuthority authority;
  const ScriptedServer server(
      [](Conversation& conversation) {
        while (conversation.read_request()) conversation.send(whole_answer);
      },
      ServerTls{authority.issue()});
  FaultProxy proxy({"127.0.0.1", server.port()});
  const Options options{.tls = {.authority = authority.certificate_file()}};
  for (std::size_t offset = 0; offset < 2'500; offset += 61) {
    Driver driver(options);
    proxy.inject(fault::CorruptByte{
        .direction = Direction::server_to_client, .offset = offset, .of = Connections::next});
    const auto outcome =
        driver.send({.url = "https://" + proxy.address().to_string() + "/"}, base::Deadline::after(400ms));
    ASSERT_TRUE(!outcome.response || outcome.body() == "hello world") << offset << ": " << outcome;
    proxy.heal();
  }
}

}  // namespace
}  // namespace waybill::outbound::tests
