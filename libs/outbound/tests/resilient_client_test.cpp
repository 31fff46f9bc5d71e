#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver.hpp"
#include "scripted_server.hpp"
#include "waybill/testkit/eventually.hpp"

// Attempts over the network; which of them are made is Attempts' and tested there.

namespace waybill::outbound::tests {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Lt;

ResilienceOptions quick() {
  return {.retry = {.attempts = 5, .initial_delay = 1ms, .maximum_delay = 5ms}, .breaker = {}};
}

/// Fails `failures` times, each time in its way, then answers.
struct FailingServer {
  explicit FailingServer(int failures, std::function<void(Conversation&)> fail)
      : left(failures), server([this, fail = std::move(fail)](Conversation& conversation) {
          while (conversation.read_request()) {
            ++heard;
            if (left-- > 0) return fail(conversation);
            conversation.answer(200, "at last");
          }
        }) {}
  std::atomic<int> heard{0};
  std::atomic<int> left;
  ScriptedServer server;
};

TEST(ResilientClient, sends_an_idempotent_request_again_until_it_is_answered) {
  FailingServer failing(3, [](Conversation& conversation) { conversation.reset(); });
  Driver driver({}, quick());
  const auto outcome = driver.send({.method = Method::put, .url = failing.server.url(), .body = "b"});
  EXPECT_EQ(outcome.body(), "at last") << outcome;
  EXPECT_TRUE(outcome.response->is_repeat);
  EXPECT_EQ(failing.heard, 4);
}

TEST(ResilientClient, sends_what_is_not_idempotent_once) {
  FailingServer failing(3, [](Conversation& conversation) { conversation.reset(); });
  Driver driver({}, quick());
  const auto outcome = driver.send({.method = Method::post, .url = failing.server.url(), .body = "b"});
  EXPECT_EQ(outcome.trouble(), "lost possible") << outcome;
  EXPECT_EQ(failing.heard, 1);
  const auto with_key = driver.send({.method = Method::post,
                                     .url = failing.server.url(),
                                     .headers = {{"Idempotency-Key", "k"}},
                                     .body = "b"});
  EXPECT_EQ(with_key.body(), "at last") << with_key;
}

TEST(ResilientClient, sends_anything_again_that_was_surely_not_sent) {
  auto server = std::make_unique<ScriptedServer>(answer_all);
  const auto url = server->url();
  server.reset();
  telemetry::Metrics metrics;
  Driver driver({}, quick(), {}, metrics);
  const auto outcome = driver.send({.method = Method::post, .url = url});
  EXPECT_EQ(outcome.trouble(), "unreachable none") << outcome;
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_resilience_retries_total{retry=\"http\"} 4"));
}

TEST(ResilientClient, returns_the_last_answer_when_no_attempt_is_left) {
  FailingServer failing(
      99, [](Conversation& conversation) { conversation.answer(503, "busy", "Connection: close\r\n"); });
  Driver driver({}, quick());
  const auto outcome = driver.send(failing.server.url());
  EXPECT_EQ(outcome.status(), 503) << outcome;
  EXPECT_EQ(outcome.body(), "busy");
  EXPECT_EQ(failing.heard, 5);
}

TEST(ResilientClient, comes_back_when_the_server_asks_it_to) {
  FailingServer failing(1, [](Conversation& conversation) {
    conversation.answer(429, "", "Retry-After: 1\r\nConnection: close\r\n");
  });
  Driver driver({}, quick());
  const auto outcome = driver.send(failing.server.url());
  EXPECT_EQ(outcome.status(), 200) << outcome;
  EXPECT_THAT(outcome.took, AllOf(Ge(1000ms), Lt(5s)));
}

TEST(ResilientClient, does_not_wait_beyond_its_deadline) {
  FailingServer patient(1, [](Conversation& conversation) {
    conversation.answer(503, "", "Retry-After: 3600\r\nConnection: close\r\n");
  });
  Driver driver({}, quick());
  const auto outcome = driver.send({.url = patient.server.url()}, base::Deadline::after(5s));
  EXPECT_EQ(outcome.status(), 503) << outcome;
  EXPECT_THAT(outcome.took, Lt(2s));
}

TEST(ResilientClient, gives_an_attempt_its_own_time) {
  FailingServer hanging(1, [](Conversation& conversation) { conversation.await_end(); });
  auto options = quick();
  options.attempt_within = 200ms;
  Driver driver({}, options);
  const auto outcome = driver.send(hanging.server.url());
  EXPECT_EQ(outcome.body(), "at last") << outcome;
  EXPECT_THAT(outcome.took, AllOf(Ge(199ms), Lt(3s)));
}

TEST(ResilientClient, keeps_away_from_a_host_that_fails_and_from_no_other) {
  FailingServer failing(99, [](Conversation& conversation) { conversation.reset(); });
  const ScriptedServer good(answer_all);
  telemetry::Metrics metrics;
  auto options = quick();
  options.retry.attempts = 1;
  options.breaker = resilience::BreakerOptions{.opens_on = resilience::FailureCount{3}, .cool_down = 1min};
  Driver driver({}, options, {}, metrics);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(driver.send(failing.server.url()).trouble(), "lost possible");
  const auto refused = driver.send(failing.server.url());
  EXPECT_EQ(refused.trouble(), "kept away none") << refused;
  EXPECT_THAT(refused.what(), HasSubstr("the circuit is open after failures; try again in"));
  EXPECT_EQ(failing.heard, 3);
  EXPECT_EQ(driver.send(good.url()).status(), 200);
  EXPECT_THAT(metrics.render(),
              HasSubstr("waybill_resilience_breaker_refusals_total{breaker=\"http 127.0.0.1:" +
                        std::to_string(failing.server.port()) + "\"} 1"));
}

TEST(ResilientClient, finds_out_when_a_host_works_again) {
  FailingServer failing(3, [](Conversation& conversation) { conversation.reset(); });
  auto options = quick();
  options.retry.attempts = 1;
  options.breaker =
      resilience::BreakerOptions{.opens_on = resilience::FailureCount{3}, .cool_down = 20ms, .successes = 1};
  Driver driver({}, options);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(driver.send(failing.server.url()).trouble(), "lost possible");
  EXPECT_TRUE(testkit::eventually([&] { return driver.send(failing.server.url()).status() == 200; }));
}

TEST(ResilientClient, is_cancelled_while_it_waits_between_attempts) {
  FailingServer failing(99, [](Conversation& conversation) { conversation.reset(); });
  auto options = quick();
  options.retry = {.attempts = 9, .initial_delay = 3'600'000ms, .maximum_delay = 3'600'000ms, .within = 24h};
  telemetry::Metrics metrics;
  Driver driver({}, options, {}, metrics);
  auto [request, cancel] = driver.begin_cancellable({.url = failing.server.url()}, base::Deadline::never());
  ASSERT_TRUE(testkit::eventually([&] {
    return metrics.render().find("waybill_resilience_retries_total{retry=\"http\"} 1") != std::string::npos;
  }));
  cancel();
  const auto outcome = request.get();
  EXPECT_EQ(outcome.trouble(), "cancelled possible") << outcome;
  EXPECT_EQ(outcome.times, 1);
}

TEST(ResilientClient, is_closed_while_it_sends) {
  FailingServer hanging(99, [](Conversation& conversation) { conversation.await_end(); });
  Driver driver({}, quick());
  auto request = driver.begin({.url = hanging.server.url()}, base::Deadline::never());
  ASSERT_TRUE(testkit::eventually([&] { return hanging.heard == 1; }));
  driver.close();
  EXPECT_EQ(request.get().trouble(), "closed possible");
}

// A request that comes back after its client has gone would use what is no longer there.
TEST(ResilientClient, is_destroyed_while_a_request_waits_for_another_attempt) {
  FailingServer failing(99, [](Conversation& conversation) { conversation.reset(); });
  auto options = quick();
  options.retry = {.attempts = 9, .initial_delay = 3'600'000ms, .maximum_delay = 3'600'000ms, .within = 24h};
  telemetry::Metrics metrics;
  Driver driver({}, options, {}, metrics);
  auto request = driver.begin({.url = failing.server.url()}, base::Deadline::never());
  ASSERT_TRUE(testkit::eventually([&] {
    return metrics.render().find("waybill_resilience_retries_total{retry=\"http\"} 1") != std::string::npos;
  }));
  driver.destroy_client();
  ASSERT_EQ(request.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(request.get().trouble(), "closed possible");
}

TEST(ResilientClient, refuses_a_bad_url_as_its_client_does) {
  Driver driver({}, quick());
  EXPECT_EQ(driver.send("ftp://host/").trouble(), "invalid request none");
}

}  // namespace
}  // namespace waybill::outbound::tests
