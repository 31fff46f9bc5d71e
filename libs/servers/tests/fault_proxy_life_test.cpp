#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <iterator>
#include <thread>

#include "echo_server.hpp"
#include "raw_client.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::servers::testing {
namespace {

using namespace std::chrono_literals;
using testkit::eventually;
using End = RawClient::End;

/// A busy machine may hold up by seconds what is prompt; what a proxy's end must not wait for takes hours.
constexpr auto still_prompt = 20s;

const std::vector<Fault> every_fault = {
    fault::None{},
    fault::Refuse{},
    fault::NeverAnswer{},
    fault::StopReading{},
    fault::Delay{.fixed = 1h, .jitter = 1h},
    fault::Throttle{.bytes_per_second = 1},
    fault::CutNow{Cut::reset},
    fault::CutNow{Cut::end},
    fault::CutAfter{.bytes = 100},
    fault::CutAfter{.bytes = 100, .of = Connections::each, .how = Cut::end},
    fault::CorruptByte{.offset = 10},
    fault::HalfClose{Direction::client_to_server},
    fault::HalfClose{Direction::both},
};

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator open("/proc/self/fd");
  return std::distance(begin(open), end(open));
}

/// Sends on a new connection until it cannot, and leaves it as it is.
std::unique_ptr<RawClient> busy_client(const FaultProxy& proxy) {
  if (RawClient::refused(proxy.port())) return nullptr;
  auto client = std::make_unique<RawClient>(proxy.port());
  client->send_until_blocked();
  return client;
}

TEST(FaultProxyLife, ends_promptly_in_any_state_and_resets_its_connections) {
  for (const auto& fault : every_fault) {
    SCOPED_TRACE(describe(fault));
    const EchoServer server;
    auto proxy = std::make_unique<FaultProxy>(server.address());
    const auto before = busy_client(*proxy);
    proxy->inject(fault);
    const auto after = busy_client(*proxy);
    const auto start = base::system_clock().steady();
    proxy.reset();
    EXPECT_LT(base::system_clock().steady() - start, still_prompt);
    EXPECT_NE(before->end(), End::none);
    EXPECT_TRUE(!after || after->end() != End::none);
  }
}

TEST(FaultProxyLife, ends_promptly_while_a_schedule_is_played) {
  const EchoServer server;
  auto proxy = std::make_unique<FaultProxy>(server.address());
  proxy->play(FaultSchedule(3, {.steps = 2, .shortest = 1h, .longest = 1h}));
  const auto client = busy_client(*proxy);
  const auto start = base::system_clock().steady();
  proxy.reset();
  EXPECT_LT(base::system_clock().steady() - start, still_prompt);
}

TEST(FaultProxyLife, leaves_no_descriptor_open) {
  const EchoServer server;
  { const FaultProxy proxy(server.address()); }
  const auto at_first = open_descriptors();
  {
    FaultProxy proxy(server.address());
    const auto with_proxy = open_descriptors();
    for (int round = 0; round < 5; ++round) {
      for (const auto& fault : every_fault) {
        RawClient client(proxy.port());
        ASSERT_TRUE(client.send("hello"));
        proxy.inject(fault);
        if (!RawClient::refused(proxy.port())) client.send(std::string(1'000, 'x'));
        proxy.heal();
        if (round % 2 == 0) client.reset();
      }
    }
    proxy.inject(fault::CutNow{});
    EXPECT_EQ(proxy.counters().open, 0);
    EXPECT_TRUE(eventually([&] { return open_descriptors() == with_proxy + server.connections(); }));
  }
  // The server keeps its own until its end.
  EXPECT_TRUE(eventually([&] { return open_descriptors() == at_first + server.connections(); }));
}

// Descriptors that pile up while a proxy lives are as bad as those it leaves behind.
TEST(FaultProxyLife, holds_no_descriptor_of_a_connection_that_is_gone) {
  const runtime::HostPort nobody{"127.0.0.1", free_port()};
  const FaultProxy proxy(nobody);
  const auto at_first = open_descriptors();
  for (int round = 0; round < 200; ++round) {
    RawClient client(proxy.port());
    EXPECT_EQ(client.end(), End::reset);
  }
  EXPECT_TRUE(eventually([&] { return open_descriptors() == at_first; }));
}

TEST(FaultProxyLife, takes_orders_from_many_threads_while_bytes_flow) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  std::vector<std::jthread> threads;
  for (std::size_t first = 0; first < 3; ++first) {
    threads.emplace_back([&, first] {
      for (std::size_t i = 0; i < 60; ++i) {
        proxy.inject(every_fault[(first + i) % every_fault.size()]);
        if (proxy.counters().open > 100) proxy.inject(fault::CutNow{});
        proxy.heal();
      }
    });
  }
  for (int round = 0; round < 60; ++round) {
    if (RawClient::refused(proxy.port())) continue;
    try {
      RawClient client(proxy.port());
      client.send(std::string(10'000, 'x'));
    } catch (const std::runtime_error&) {
      // It is refused at any moment.
    }
  }
  threads.clear();
  proxy.heal();
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("hello"));
  EXPECT_EQ(client.receive(5), "hello");
}

TEST(FaultProxyPlay, plays_a_schedule_and_is_healed_after_it) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  EXPECT_TRUE(proxy.wait_until_played(0ms));
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const FaultSchedule schedule(seed,
                                 {.steps = 5, .shortest = 1ms, .longest = 15ms, .corrupting = seed % 2 == 0});
    SCOPED_TRACE(schedule);
    const auto start = base::system_clock().steady();
    proxy.play(schedule);
    while (!proxy.wait_until_played(0ms)) {
      try {
        RawClient busy(proxy.port());
        busy.send(std::string(1'000, 'x'));
        busy.finish_sending();
      } catch (const std::runtime_error&) {
        // It is refused at any moment.
      }
      proxy.wait_until_played(3ms);
    }
    EXPECT_GE(base::system_clock().steady() - start, schedule.duration());
    RawClient client(proxy.port());
    ASSERT_TRUE(client.send("hello"));
    ASSERT_EQ(client.receive(5), "hello");
  }
  proxy.inject(fault::CutNow{});
}

/// A schedule of one endless step that refuses, which the seed is searched for.
FaultSchedule endless_refusal() {
  const FaultSchedule::Limits limits{.steps = 1, .shortest = 1h, .longest = 1h};
  for (std::uint64_t seed = 1;; ++seed) {
    FaultSchedule schedule(seed, limits);
    if (std::holds_alternative<fault::Refuse>(schedule.steps()[0].fault)) return schedule;
  }
}

TEST(FaultProxyPlay, injects_what_the_schedule_says) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.play(endless_refusal());
  EXPECT_TRUE(RawClient::refused(proxy.port()));
  EXPECT_FALSE(proxy.wait_until_played(20ms));
}

TEST(FaultProxyPlay, ends_a_schedule_when_it_is_healed) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.play(endless_refusal());
  proxy.heal();
  EXPECT_TRUE(proxy.wait_until_played(0ms));
  EXPECT_FALSE(RawClient::refused(proxy.port()));
}

// A step's timer may have expired when the schedule is ended.
TEST(FaultProxyPlay, does_not_go_on_with_a_schedule_that_was_ended_between_two_steps) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  const FaultSchedule schedule(1, {.steps = 3, .shortest = 0ms, .longest = 1ms});
  for (int round = 0; round < 2'000; ++round) {
    proxy.play(schedule);
    proxy.heal();
    ASSERT_TRUE(proxy.wait_until_played(0ms));
  }
}

TEST(FaultProxyPlay, puts_a_schedule_in_the_place_of_another) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.play(endless_refusal());
  proxy.play(FaultSchedule(1, {.steps = 3, .shortest = 1ms, .longest = 2ms}));
  EXPECT_TRUE(proxy.wait_until_played(10s));
  EXPECT_FALSE(RawClient::refused(proxy.port()));
}

}  // namespace
}  // namespace waybill::servers::testing
