#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
/// What is promised is 100 ms. The rest is for a machine that runs other tests, and a sanitizer, meanwhile.
constexpr auto late = limit + 500ms;

/// Sends with a deadline of `limit`, and expects it to be kept.
Outcome send_in_vain(Driver& driver, Request request) {
  auto outcome = driver.send(std::move(request), base::Deadline::after(limit));
  EXPECT_THAT(outcome.took, AllOf(Ge(limit - 1ms), Lt(late))) << outcome;
  return outcome;
}

std::string url_of(const FaultProxy& proxy, const std::string& scheme = "http") {
  return scheme + "://" + proxy.address().to_string() + "/";
}

// The system's resolver blocks, for half a minute or so: the loop, with all other requests, must not.
TEST(DeadlineOf, a_name_look_up_that_hangs_is_kept_and_blocks_nobody) {
  const SlowResolver resolver;
  const ScriptedServer server(answer_all);
  Driver driver;
  auto slow = driver.begin({.url = "http://slow.test/"}, base::Deadline::after(limit));
  EXPECT_TRUE(testkit::eventually([&] { return resolver.asked() > 0; }));
  EXPECT_EQ(driver.send(server.url()).status(), 200);
  const auto outcome = slow.get();
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("the deadline passed while the host's name was looked up"));
  EXPECT_THAT(outcome.took, Lt(late));
}

TEST(DeadlineOf, connecting_is_limited_apart_also_while_a_name_is_looked_up) {
  const SlowResolver resolver;
  Driver driver({.connections = {.connect_within = 200ms}});
  const auto outcome = driver.send({.url = "http://slow.test/"});
  EXPECT_EQ(outcome.trouble(), "unreachable none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("no connection was made within 200 ms"));
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(1s)));
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
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(1s)));
}

TEST(DeadlineOf, a_server_that_accepts_and_says_nothing_is_kept) {
  const ScriptedServer server([](Conversation& conversation) { conversation.await_end(); });
  Driver driver;
  const auto outcome = send_in_vain(driver, {.url = server.url()});
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("the deadline passed before the whole answer was there"));
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
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(1s)));
}

// A byte now and then is no progress to anybody who waits.
TEST(DeadlineOf, an_answer_that_trickles_is_kept) {
  const ScriptedServer server([](Conversation& conversation) {
    if (conversation.read_request()) conversation.answer(200, std::string(100'000, 'b'));
    conversation.await_end();
  });
  FaultProxy proxy({"127.0.0.1", server.port()});
  proxy.inject(fault::Throttle{.direction = Direction::server_to_client, .bytes_per_second = 1'000});
  Driver driver;
  EXPECT_EQ(send_in_vain(driver, {.url = url_of(proxy)}).trouble(), "deadline possible");
}

TEST(DeadlineOf, a_server_that_does_not_read_the_body_is_kept) {
  const ScriptedServer server(answer_all);
  FaultProxy proxy({"127.0.0.1", server.port()});
  proxy.inject(fault::StopReading{.direction = Direction::client_to_server});
  Driver driver;
  const auto outcome = send_in_vain(
      driver, {.method = Method::post, .url = url_of(proxy), .body = std::string(8'000'000, 'b')});
  EXPECT_EQ(outcome.trouble(), "deadline possible") << outcome;
}

TEST(DeadlineOf, an_answer_that_gets_stuck_is_kept) {
  const ScriptedServer server(answer_all);
  FaultProxy proxy({"127.0.0.1", server.port()});
  proxy.inject(fault::StopReading{.direction = Direction::server_to_client});
  Driver driver;
  EXPECT_EQ(send_in_vain(driver, {.url = url_of(proxy)}).trouble(), "deadline possible");
}

TEST(DeadlineOf, a_request_that_waits_for_a_connection_is_kept) {
  const ScriptedServer server([](Conversation& conversation) { conversation.await_end(); });
  Driver driver({.connections = {.total = 1, .per_host = 1}});
  auto first = driver.begin({.url = server.url()}, base::Deadline::after(10s));
  const auto outcome = send_in_vain(driver, {.url = server.url()});
  EXPECT_EQ(outcome.trouble(), "deadline none") << outcome;
  EXPECT_THAT(outcome.what(), HasSubstr("while it waited for one of the connections"));
  driver.close();
  EXPECT_EQ(first.get().trouble(), "closed possible");
}

TEST(DeadlineOf, a_request_that_comes_too_late_is_kept_without_sending_it) {
  const ScriptedServer server(answer_all);
  Driver driver;
  const auto outcome = driver.send({.url = server.url()}, base::Deadline::after(-1s));
  EXPECT_EQ(outcome.failure->trouble, Trouble::deadline) << outcome;
  EXPECT_THAT(outcome.took, Lt(500ms));
}

}  // namespace
}  // namespace waybill::outbound::tests
