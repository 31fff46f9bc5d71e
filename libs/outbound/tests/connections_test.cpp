#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <mutex>

#include "driver.hpp"
#include "scripted_server.hpp"
#include "waybill/testkit/eventually.hpp"

// Connections are kept, bounded, closed when idle; and a kept one that fails costs no second payment.

namespace waybill::outbound::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Connections, are_used_again) {
  const ScriptedServer server(answer_all);
  Driver driver;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(driver.send({.method = i % 2 == 0 ? Method::get : Method::post, .url = server.url()}).status(),
              200);
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST(Connections, are_not_used_again_when_the_server_says_so) {
  const ScriptedServer server([](Conversation& conversation) {
    while (conversation.read_request()) conversation.answer(200, "", "Connection: close\r\n");
  });
  Driver driver;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(driver.send(server.url()).status(), 200);
  EXPECT_EQ(server.accepted(), 3U);
}

// More than a server was promised is what overload is made of; and whoever waits must get his turn.
TEST(Connections, are_bounded_and_those_who_wait_are_served) {
  const ScriptedServer one(answer_all);
  const ScriptedServer other(answer_all);
  Driver driver({.connections = {.total = 6, .per_host = 4}});
  std::vector<std::future<Outcome>> requests;
  for (int i = 0; i < 200; ++i) {
    requests.push_back(driver.begin({.url = (i % 3 == 0 ? other : one).url()}, base::Deadline::after(30s)));
  }
  for (auto& request : requests) EXPECT_EQ(request.get().status(), 200);
  EXPECT_LE(one.most_open(), 4U);
  EXPECT_LE(other.most_open(), 4U);
  EXPECT_GT(one.most_open(), 1U);
}

TEST(Connections, are_bounded_over_all_hosts_also_the_idle_ones) {
  std::vector<std::unique_ptr<ScriptedServer>> servers;
  for (int i = 0; i < 6; ++i) servers.push_back(std::make_unique<ScriptedServer>(answer_all));
  Driver driver({.connections = {.total = 2, .per_host = 2}});
  for (int round = 0; round < 5; ++round) {
    for (const auto& server : servers) EXPECT_EQ(driver.send(server->url()).status(), 200);
  }
  const auto open = [&] {
    std::uint64_t sum = 0;
    for (const auto& server : servers) sum += server->open();
    return sum;
  };
  EXPECT_TRUE(testkit::eventually([&] { return open() <= 2; }));
}

TEST(Connections, are_waited_for_in_the_order_of_arrival) {
  std::mutex mutex;
  std::vector<std::string> served;
  std::promise<void> go;
  const auto gone = go.get_future().share();
  const ScriptedServer server([&](Conversation& conversation) {
    while (const auto request = conversation.read_request()) {
      gone.wait();
      const std::lock_guard lock(mutex);
      served.push_back(request->target());
      conversation.answer(200);
    }
  });
  Driver driver({.connections = {.total = 1, .per_host = 1}});
  std::vector<std::future<Outcome>> requests;
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back("/" + std::to_string(i));
    requests.push_back(driver.begin({.url = server.url(expected.back())}, base::Deadline::after(30s)));
  }
  go.set_value();
  for (auto& request : requests) EXPECT_EQ(request.get().status(), 200);
  EXPECT_EQ(served, expected);
}

TEST(Connections, have_a_bounded_queue_before_them) {
  const ScriptedServer silent([](Conversation& conversation) { conversation.await_end(); });
  Driver driver({.connections = {.total = 1, .per_host = 1, .waiting = 1}});
  auto first = driver.begin({.url = silent.url()}, base::Deadline::never());
  auto second = driver.begin({.url = silent.url()}, base::Deadline::never());
  const auto third = driver.send(silent.url());
  EXPECT_EQ(third.trouble(), "kept away none") << third;
  EXPECT_THAT(third.what(), HasSubstr("send fewer at once"));
}

// A file descriptor here and a slot there, for a host that is asked once a day.
TEST(Connections, are_closed_when_idle) {
  const ScriptedServer server(answer_all);
  Driver driver({.connections = {.idle = 100ms}});
  EXPECT_EQ(driver.send(server.url()).status(), 200);
  EXPECT_TRUE(testkit::eventually([&] { return server.open() == 0; }));
  EXPECT_EQ(driver.send(server.url()).status(), 200);
  EXPECT_EQ(server.accepted(), 2U);
}

TEST(Connections, that_are_idle_are_closed_while_others_are_busy) {
  const ScriptedServer idle(answer_all);
  const ScriptedServer busy(answer_all);
  Driver driver({.connections = {.idle = 1s}});
  EXPECT_EQ(driver.send(idle.url()).status(), 200);
  EXPECT_TRUE(
      testkit::eventually([&] { return driver.send(busy.url()).status() == 200 && idle.open() == 0; }));
}

TEST(Connections, that_the_server_closed_while_idle_are_replaced) {
  const ScriptedServer server([](Conversation& conversation) {
    if (conversation.read_request()) conversation.answer(200);
  });
  Driver driver;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(driver.send({.method = Method::post, .url = server.url()}).status(), 200);
    EXPECT_TRUE(testkit::eventually([&] { return server.open() == 0; }));
  }
}

/// Answers the first request of each connection, and ends the connection after the second without a word.
struct DyingServer {
  std::atomic<int> heard{0};
  ScriptedServer server{[this](Conversation& conversation) {
    if (conversation.read_request())
      conversation.answer(200, "", "X-Heard: " + std::to_string(++heard) + "\r\n");
    if (conversation.read_request()) ++heard;
  }};
};

// libcurl, on its own, sends a request again when a kept connection ends before an answer: also a payment,
// which the server may have made before it died.
TEST(Connections, that_end_before_the_answer_cost_no_request_a_second_sending) {
  for (const auto method : {Method::post, Method::get, Method::put, Method::patch}) {
    DyingServer dying;
    Driver driver;
    EXPECT_EQ(driver.send({.method = Method::get, .url = dying.server.url()}).status(), 200);
    const auto outcome =
        driver.send({.method = method, .url = dying.server.url(), .body = method == Method::get ? "" : "b"});
    EXPECT_EQ(outcome.trouble(), "lost possible") << to_string(method) << ' ' << outcome;
    EXPECT_EQ(dying.heard, 2) << to_string(method);
    EXPECT_EQ(dying.server.accepted(), 1U) << "no second connection is made for it either";
  }
}

TEST(Connections, that_end_before_the_answer_cost_nothing_while_another_is_idle) {
  std::latch both{2};
  std::atomic<int> heard{0};
  const ScriptedServer server([&](Conversation& conversation) {
    if (!conversation.read_request()) return;
    both.arrive_and_wait();
    conversation.answer(200);
    if (conversation.read_request()) ++heard;
  });
  Driver driver;
  auto one = driver.begin({.url = server.url()}, base::Deadline::after(10s));
  auto two = driver.begin({.url = server.url()}, base::Deadline::after(10s));
  EXPECT_EQ(one.get().status(), 200);
  EXPECT_EQ(two.get().status(), 200);
  const auto outcome = driver.send({.method = Method::post, .url = server.url()});
  EXPECT_EQ(outcome.trouble(), "lost possible") << outcome;
  EXPECT_EQ(heard, 1);
}

TEST(Connections, that_end_before_the_answer_let_an_idempotent_request_be_tried_again) {
  DyingServer dying;
  Driver driver({}, ResilienceOptions{.retry = {.initial_delay = 1ms, .maximum_delay = 2ms}});
  EXPECT_EQ(driver.send(dying.server.url()).status(), 200);
  const auto again = driver.send(dying.server.url());
  EXPECT_EQ(again.status(), 200) << again;
  EXPECT_TRUE(again.response->is_repeat);
  EXPECT_EQ(dying.heard, 3);
  const auto never = driver.send({.method = Method::post, .url = dying.server.url()});
  EXPECT_EQ(never.trouble(), "lost possible") << never;
  EXPECT_EQ(dying.heard, 4);
}

}  // namespace
}  // namespace waybill::outbound::tests
