#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "driver.hpp"
#include "scripted_server.hpp"
#include "slow_resolver.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

// A request is over at its deadline, wherever it hangs, and says whether it was sent.

namespace waybill::outbound::tests {
namespace {

using namespace std::chrono_literals;
using servers::Direction;
using servers::FaultProxy;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Lt;
namespace fault = servers::fault;

constexpr auto limit = 300ms;
/// Sooner than the time for connecting that the options give when nobody sets it.
constexpr auto by_default = std::chrono::milliseconds(ConnectionLimits{}.connect_within) - 1s;

/// Sends with a deadline of `limit`, and expects it to be waited for. How soon after it the end comes is for
/// the processor to say; that it comes is the driver's to see.
Outcome send_in_vain(Driver& driver, Request request) {
  auto outcome = driver.send_within(limit, std::move(request));
  EXPECT_THAT(outcome.took, Ge(limit)) << outcome;
  return outcome;
}

/// Likewise, until a request has got as far as being sent: on a busy machine the deadline may come before the
/// connection is there. One that was `heard` was sent, whatever is told of it.
Outcome send_until_sent(Driver& driver, const Request& request, const std::atomic<int>& heard) {
  Outcome outcome;
  EXPECT_TRUE(testkit::eventually([&] {
    outcome = send_in_vain(driver, request);
    return heard > 0 || outcome.trouble() != "deadline none";
  }));
  return outcome;
}

/// Hears requests and answers none.
struct SilentServer {
  std::atomic<int> heard{0};
  ScriptedServer server{[this](Conversation& conversation) {
    if (conversation.read_request()) ++heard;
    conversation.await_end();
  }};
};

std::string url_of(const FaultProxy& proxy, const std::string& scheme = "http") {
  return scheme + "://" + proxy.address().to_string() + "/";
}

// The system's resolver blocks, for half a minute or so: the loop, with all other requests, must not.
TEST(DeadlineOf, a_name_look_up_that_hangs_is_kept_and_blocks_nobody) {
  const SlowResolver resolver;
  const ScriptedServer server(answer_all);
  Driver driver;
  auto slow = driver.begin({.url = "http://slow.test/"}, base::Deadline::after(2s));
  EXPECT_TRUE(testkit::eventually([&] { return resolver.asked() > 0; }));
  EXPECT_EQ(driver.send(server.url()).status(), 200);
  const auto outcome = slow.get();
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("the deadline passed while the host's name was looked up"));
}

TEST(DeadlineOf, connecting_is_limited_apart_also_while_a_name_is_looked_up) {
  const SlowResolver resolver;
  Driver driver({.connections = {.connect_within = 200ms}});
  const auto outcome = driver.send({.url = "http://slow.test/"});
  EXPECT_EQ(outcome.trouble(), "unreachable none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("no connection was made within 200 ms"));
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(by_default)));
}

std::string url_of(const servers::FullPort& port) {
  return "http://127.0.0.1:" + std::to_string(port.number()) + "/";
}

TEST(DeadlineOf, connecting_without_an_answer_is_kept) {
  const servers::FullPort full;
  Driver driver;
  const auto outcome = send_in_vain(driver, {.method = Method::post, .url = url_of(full)});
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("while the connection was made ("));
}

TEST(DeadlineOf, connecting_is_limited_apart) {
  const servers::FullPort full;
  Driver driver({.connections = {.connect_within = 200ms}});
  const auto outcome = driver.send({.method = Method::post, .url = url_of(full)});
  EXPECT_EQ(outcome.trouble(), "unreachable none") << outcome;
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(by_default)));
}

TEST(DeadlineOf, a_server_that_accepts_and_says_nothing_is_kept) {
  const SilentServer silent;
  Driver driver;
  const auto outcome = send_until_sent(driver, {.url = silent.server.url()}, silent.heard);
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("the deadline passed before the whole answer was there"));
}

// A busy machine is late now and then; a client that is late by itself is so each time.
TEST(DeadlineOf, a_request_is_kept_to_a_tenth_of_a_second) {
  const SilentServer silent;
  Driver driver;
  EXPECT_TRUE(testkit::eventually(
      [&] { return send_in_vain(driver, {.url = silent.server.url()}).took < limit + 100ms; }));
}

TEST(DeadlineOf, a_tls_handshake_without_an_answer_is_kept) {
  const ScriptedServer server([](Conversation& conversation) { conversation.await_end(); });
  Driver driver;
  const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  // The first connection reads the system's authorities, which takes longer than the rest of it.
  driver.send({.url = url}, base::Deadline::after(limit));
  const auto outcome = send_in_vain(driver, {.url = url});
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("while the connection was made and TLS agreed on"));
}

TEST(DeadlineOf, connecting_is_limited_apart_also_while_tls_is_agreed_on) {
  const ScriptedServer server([](Conversation& conversation) { conversation.await_end(); });
  Driver driver({.connections = {.connect_within = 200ms}});
  const auto outcome = driver.send("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  EXPECT_EQ(outcome.trouble(), "unreachable none") << outcome;
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(by_default)));
}

// A byte now and then is no progress to anybody who waits.
TEST(DeadlineOf, an_answer_that_trickles_is_kept) {
  std::atomic<int> heard{0};
  const ScriptedServer server([&](Conversation& conversation) {
    if (!conversation.read_request()) return;
    ++heard;
    conversation.answer(200, std::string(100'000, 'b'));
    conversation.await_end();
  });
  FaultProxy proxy({"127.0.0.1", server.port()});
  proxy.inject(fault::Throttle{.direction = Direction::server_to_client, .bytes_per_second = 1'000});
  Driver driver;
  const auto outcome = send_until_sent(driver, {.url = url_of(proxy)}, heard);
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
}

TEST(DeadlineOf, a_server_that_does_not_read_the_body_is_kept) {
  const ScriptedServer server(answer_all);
  FaultProxy proxy({"127.0.0.1", server.port()});
  proxy.inject(fault::StopReading{.direction = Direction::client_to_server});
  Driver driver;
  const std::atomic<int> none_is_heard{0};
  const Request large{.method = Method::post, .url = url_of(proxy), .body = std::string(8'000'000, 'b')};
  const auto outcome = send_until_sent(driver, large, none_is_heard);
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
}

TEST(DeadlineOf, an_answer_that_gets_stuck_is_kept) {
  std::atomic<int> heard{0};
  const ScriptedServer server([&](Conversation& conversation) {
    while (conversation.read_request()) ++heard, conversation.answer(200);
  });
  FaultProxy proxy({"127.0.0.1", server.port()});
  proxy.inject(fault::StopReading{.direction = Direction::server_to_client});
  Driver driver;
  const auto outcome = send_until_sent(driver, {.url = url_of(proxy)}, heard);
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
}

TEST(DeadlineOf, a_request_that_waits_for_a_connection_is_kept) {
  const SilentServer silent;
  Driver driver({.connections = {.total = 1, .per_host = 1}});
  auto first = driver.begin({.url = silent.server.url()}, base::Deadline::never());
  ASSERT_TRUE(testkit::eventually([&] { return silent.heard == 1; }));
  const auto outcome = send_in_vain(driver, {.url = silent.server.url()});
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("while it waited for one of the connections"));
  driver.close();
  EXPECT_EQ(first.get().trouble(), "closed possible");
}

TEST(DeadlineOf, a_request_that_comes_too_late_is_kept_without_sending_it) {
  const SilentServer silent;
  Driver driver;
  const auto outcome = driver.send({.url = silent.server.url()}, base::Deadline::after(-1s));
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_EQ(silent.heard, 0);
}

}  // namespace
}  // namespace waybill::outbound::tests
