#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "raw_client.hpp"
#include "running_server.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/telemetry/metrics.hpp"
#include "waybill/testkit/eventually.hpp"

// Clients that are slow, many or silent.

namespace waybill::http::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// Impatient with who has begun. A client that has connected and comes to send only later, since the machine
/// is busy, is waited for.
ServerOptions quick() {
  ServerOptions options;
  options.limits.header_within = 200ms;
  options.limits.body_within = 200ms;
  options.limits.write_within = 200ms;
  options.limits.request_within = 300ms;
  return options;
}

TEST(SlowClient, that_does_not_finish_a_head_is_told_and_closed) {
  RunningServer server(quick());
  RawClient client(server.port());
  client.send("GET /hello HT");
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.is_closed());
}

// Each byte would begin the wait anew if the wait were for a byte.
TEST(SlowClient, that_trickles_is_no_better_off) {
  auto options = quick();
  options.limits.header_within = 400ms;
  RunningServer server(options);
  RawClient client(server.port());
  ASSERT_TRUE(testkit::eventually([&] { return server.load().connections == 1; }));
  client.send("GET /hello HTTP/1.1\r\n");
  EXPECT_TRUE(testkit::eventually([&] {
    client.send("X");
    return server.load().connections == 0;
  }));
}

TEST(SlowClient, that_does_not_finish_a_body_is_told_and_closed) {
  RunningServer server(quick());
  RawClient client(server.port());
  client.send("POST /items HTTP/1.1\r\n" + host +
              "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(SlowClient, that_says_nothing_is_closed_without_a_word) {
  auto options = quick();
  options.limits.idle_within = 200ms;
  RunningServer server(options);
  RawClient client(server.port());
  EXPECT_EQ(client.receive_rest(), "");
  ASSERT_TRUE(client.is_closed());
  // On a busy machine it may have said nothing for so long already when it comes to ask.
  EXPECT_TRUE(testkit::eventually([&] {
    RawClient used(server.port());
    const auto answer = used.send(get("/hello")).receive();
    EXPECT_EQ(used.receive_rest(), "");
    EXPECT_TRUE(used.is_closed());
    return answer && answer->status == 200;
  }));
  EXPECT_TRUE(server.has_no_connection());
}

TEST(SlowClient, that_does_not_read_is_cut_off) {
  std::atomic<bool> is_asked = false;
  RunningServer server(quick(), [&](Router& router) {
    router.add(Method::get, "/endless", [&](const Request&) {
      is_asked = true;
      return json_response(200, std::string(64 << 20, 'x'));
    });
  });
  RawClient client(server.port());
  client.send(get("/endless"));
  ASSERT_TRUE(testkit::eventually([&] { return is_asked.load(); }));
  EXPECT_TRUE(testkit::eventually([&] { return server.load().connections == 0; }));
}

TEST(SlowHandler, is_answered_for_when_its_time_is_up) {
  RunningServer server(quick());
  RawClient client(server.port());
  client.send(get("/held"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 504);
  EXPECT_THAT(answer->body, HasSubstr("deadline-passed"));
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.load().requests, 1U) << "it goes on";
  EXPECT_TRUE(server.has_no_connection()) << "and takes nobody's place";
  server.release();
  EXPECT_TRUE(testkit::eventually([&] { return server.load().requests == 0; }));
}

TEST(ManyClients, beyond_the_limit_take_the_place_of_those_that_wait) {
  ServerOptions options;
  options.limits.connections = 10;
  telemetry::Metrics metrics;
  RunningServer server(options, {}, ServerProbe(metrics, "test"));
  std::vector<std::unique_ptr<RawClient>> slow;
  for (std::size_t n = 0; n < 30; ++n) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    slow.back()->send("GET /hel");
    ASSERT_TRUE(
        testkit::eventually([&] { return server.load().connections == std::min<std::size_t>(n + 1, 10); }));
  }
  EXPECT_EQ(ask(server.port(), get("/hello"))->status, 200);
  EXPECT_TRUE(slow.front()->is_closed());
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_http_connections_evicted_total{server=\"test\"} 21"));
}

TEST(ManyClients, of_whom_all_are_served_leave_no_room_for_another) {
  ServerOptions options;
  options.limits.connections = 3;
  RunningServer server(options);
  std::vector<std::unique_ptr<RawClient>> served;
  for (unsigned n = 0; n < 3; ++n) {
    served.push_back(std::make_unique<RawClient>(server.port()));
    served.back()->send(get("/held"));
    ASSERT_TRUE(testkit::eventually([&] { return server.load().requests == n + 1; }));
  }
  RawClient another(server.port());
  // It has sent something, which must not turn its answer into a reset.
  another.send(get("/hello") + std::string(2'000, 'x'));
  const auto answer = another.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("retry-after"), "1");
  EXPECT_EQ(answer->header("content-type"), "application/problem+json");
  server.release();
  for (auto& client : served) EXPECT_EQ(client->receive()->status, 200);
}

boost::asio::awaitable<Response> answer_when(const std::atomic<bool>* is_released) {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  while (!*is_released) {
    pause.expires_after(1ms);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  co_return empty_response(204);
}

// The gate was passed before any of them was at work.
TEST(ManyRequests, whose_bodies_come_at_one_time_do_not_pass_the_limit_together) {
  ServerOptions options;
  options.limits.requests = 3;
  options.limits.request_within = 60s;
  telemetry::Metrics metrics;
  std::atomic<bool> is_released = false;
  const auto hold = [&](Router& router) {
    router.add(Method::post, "/held", [&](const Request&) { return answer_when(&is_released); });
  };
  RunningServer server(options, hold, ServerProbe(metrics, "test"));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int n = 0; n < 10; ++n) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send("POST /held HTTP/1.1\r\n" + host +
                         "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{");
  }
  ASSERT_TRUE(testkit::eventually([&] { return server.load().connections == 10; }));
  for (auto& client : clients) client->send("}");
  EXPECT_TRUE(testkit::eventually([&] {
    constexpr auto seven_shed = "waybill_http_turned_away_total{server=\"test\",why=\"shed\"} 7";
    return metrics.render().find(seven_shed) != std::string::npos;
  }));
  is_released = true;
  int done = 0;
  for (auto& client : clients) {
    const auto answer = client->receive();
    ASSERT_TRUE(answer);
    done += answer->status == 204 ? 1 : 0;
  }
  EXPECT_EQ(done, 3);
}

TEST(ManyClients, that_are_silent_do_not_push_out_one_that_sends) {
  ServerOptions options;
  options.limits.connections = 10;
  RunningServer server(options);
  RawClient sending(server.port());
  sending.send("POST /items HTTP/1.1\r\n" + host +
               "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{");
  ASSERT_TRUE(testkit::eventually([&] { return server.load().connections == 1; }));
  std::vector<std::unique_ptr<RawClient>> silent;
  for (std::size_t n = 0; n < 40; ++n) {
    silent.push_back(std::make_unique<RawClient>(server.port()));
    ASSERT_TRUE(
        testkit::eventually([&] { return server.load().connections == std::min<std::size_t>(n + 2, 10); }));
  }
  EXPECT_EQ(sending.send("}").receive()->status, 201);
}

TEST(SlowClient, whose_body_takes_all_the_time_of_its_request_is_told_so_and_nothing_is_done) {
  auto options = quick();
  options.limits.body_within = 10s;
  bool is_called = false;
  RunningServer server(options, [&](Router& router) {
    router.add(Method::post, "/called", [&](const Request&) {
      is_called = true;
      return empty_response(204);
    });
  });
  RawClient client(server.port());
  client.send("POST /called HTTP/1.1\r\n" + host +
              "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_FALSE(is_called);
}

TEST(Overload, whose_question_throws_is_an_answer_all_the_same) {
  ServerOptions options;
  options.overload = [](const Request&) -> std::optional<Overload> { throw std::runtime_error("no answer"); };
  RunningServer server(options);
  EXPECT_EQ(ask(server.port(), post("/items", "{}"))->status, 500);
}

TEST(ManyRequests, beyond_the_limit_are_told_so_before_anything_is_done) {
  ServerOptions options;
  options.limits.requests = 2;
  RunningServer server(options);
  RawClient one(server.port());
  RawClient two(server.port());
  one.send(get("/held"));
  two.send(get("/held"));
  ASSERT_TRUE(testkit::eventually([&] { return server.load().requests == 2; }));
  const auto answer = ask(server.port(), get("/hello"));
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("retry-after"), "1");
  server.release();
  EXPECT_EQ(one.receive()->status, 200);
  EXPECT_EQ(two.receive()->status, 200);
  EXPECT_EQ(ask(server.port(), get("/hello"))->status, 200);
}

TEST(Overload, refuses_what_may_change_something_and_shows_the_rest) {
  ServerOptions options;
  options.overload = [](const Request&) { return Overload{"too many orders are waiting", 7s}; };
  RunningServer server(options, [](Router& router) {
    router.add(Method::post, "/urgent", [](const Request&) { return empty_response(204); },
               {.is_never_shed = true});
  });
  const std::string body = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  const auto refused = ask(server.port(), "POST /items HTTP/1.1\r\n" + host + body);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("retry-after"), "7");
  EXPECT_THAT(refused->body, HasSubstr("too many orders are waiting"));
  EXPECT_EQ(ask(server.port(), "POST /urgent HTTP/1.1\r\n" + host + body)->status, 204);
  EXPECT_EQ(ask(server.port(), get("/hello"))->status, 200);
}

// A thousand that trickle, and one that is quick. Where slow clients cost, all of its waits are long; where
// the machine stalls, a few are, so that these have more time.
TEST(SlowClients, by_the_thousand_do_not_slow_the_quick_ones) {
  ServerOptions options;
  options.limits.connections = 1'100;
  options.limits.header_within = 10min;
  RunningServer server(options);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int n = 0; n < 1'000; ++n) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    slow.back()->send("GET /hello HTTP/1.1\r\nX: ");
  }
  ASSERT_TRUE(testkit::eventually([&] { return server.load().connections == 1'000; }));
  RawClient quick(server.port());
  std::vector<std::chrono::nanoseconds> took;
  for (int n = 0; n < 2'000; ++n) {
    slow[static_cast<std::size_t>(n) % slow.size()]->send("y");
    const auto began = base::system_clock().steady();
    ASSERT_EQ(quick.send(get("/hello")).receive()->status, 200);
    took.push_back(base::system_clock().steady() - began);
  }
  EXPECT_EQ(server.load().connections, 1'001U) << "the slow ones are waited for still";
  std::ranges::sort(took);
  const auto median = took[took.size() / 2];
  const auto p99 = took[took.size() * 99 / 100];
  RecordProperty("median_us", std::to_string(median / 1us));
  RecordProperty("p99_us", std::to_string(p99 / 1us));
  EXPECT_LT(median, 50ms);
  EXPECT_LT(p99, 1s);
}

}  // namespace
}  // namespace waybill::http::testing
