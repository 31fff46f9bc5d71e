#include <gtest/gtest.h>

#include "echo_server.hpp"
#include "raw_client.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::servers::testing {
namespace {

using namespace std::chrono_literals;
using testkit::eventually;
using End = RawClient::End;
using Manner = EchoServer::Manner;

constexpr auto to_server = Direction::client_to_server;
constexpr auto to_client = Direction::server_to_client;

End as_seen(Cut how) { return how == Cut::reset ? End::reset : End::end; }

bool open_connections(const FaultProxy& proxy, std::uint64_t count) {
  return proxy.wait_for([&](const auto& seen) { return seen.open == count; }, 10s);
}

/// A client whose connection is known to be passed on.
RawClient settled_client(const FaultProxy& proxy) {
  RawClient client(proxy.port());
  EXPECT_TRUE(client.send("."));
  EXPECT_EQ(client.receive(1), ".");
  return client;
}

TEST(FaultProxyCut, resets_both_sides_now_and_serves_the_next_connection) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto first = settled_client(proxy);
  auto second = settled_client(proxy);
  proxy.inject(fault::CutNow{Cut::reset});
  EXPECT_EQ(proxy.counters().open, 0);
  EXPECT_EQ(proxy.counters().cut, 2);
  EXPECT_EQ(first.end(), End::reset);
  EXPECT_EQ(second.end(), End::reset);
  EXPECT_TRUE(eventually([&] { return server.reset() == 2; }));
  settled_client(proxy);
}

TEST(FaultProxyCut, ends_both_sides_now) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto client = settled_client(proxy);
  proxy.inject(fault::CutNow{Cut::end});
  EXPECT_EQ(client.end(), End::end);
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; }));
  EXPECT_EQ(server.reset(), 0);
}

// The kernel resets a connection that is closed with unread bytes, whoever asked for an end.
TEST(FaultProxyCut, ends_and_does_not_reset_when_bytes_are_left_unread) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto client = settled_client(proxy);
  proxy.inject(fault::StopReading{});
  ASSERT_TRUE(client.send(std::string(100'000, 'x')));
  proxy.inject(fault::CutNow{Cut::end});
  EXPECT_EQ(client.end(), End::end);
  EXPECT_EQ(server.received(), ".");
}

TEST(FaultProxyCut, ends_and_does_not_reset_when_every_buffer_is_full) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto client = settled_client(proxy);
  client.send_until_blocked();
  proxy.inject(fault::CutNow{Cut::end});
  EXPECT_EQ(client.end(), End::end);
}

TEST(FaultProxyCut, cuts_connections_that_get_no_answer) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.inject(fault::NeverAnswer{});
  RawClient client(proxy.port());
  ASSERT_TRUE(open_connections(proxy, 1));
  proxy.inject(fault::CutNow{Cut::reset});
  EXPECT_EQ(client.end(), End::reset);
  EXPECT_EQ(server.connections(), 0);
}

// A cut in the middle of a frame finds other bugs than one between frames, so each byte has its turn.
TEST(FaultProxyCut, lets_exactly_the_given_number_of_bytes_arrive_at_the_server) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (const Cut how : {Cut::reset, Cut::end}) {
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
      const EchoServer server(Manner::listen);
      FaultProxy proxy(server.address());
      proxy.inject(fault::CutAfter{to_server, bytes, Connections::next, how});
      RawClient client(proxy.port());
      ASSERT_TRUE(client.send(text));
      EXPECT_EQ(client.end(), as_seen(how));
      ASSERT_TRUE(eventually([&] { return (how == Cut::reset ? server.reset() : server.ended()) == 1; }));
      EXPECT_EQ(server.received(), text.substr(0, bytes));
      EXPECT_EQ(proxy.counters().cut, 1);
    }
  }
}

TEST(FaultProxyCut, lets_exactly_the_given_number_of_bytes_arrive_at_the_client) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  const EchoServer server;
  FaultProxy proxy(server.address());
  for (const Cut how : {Cut::reset, Cut::end}) {
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
      proxy.inject(fault::CutAfter{to_client, bytes, Connections::next, how});
      RawClient client(proxy.port());
      ASSERT_TRUE(client.send(text));
      EXPECT_EQ(client.receive_all(), text.substr(0, bytes));
      EXPECT_EQ(client.end(), as_seen(how));
    }
  }
}

TEST(FaultProxyCut, lets_the_last_byte_before_it_arrive_also_when_they_are_delayed_or_throttled) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.inject(fault::Delay{.fixed = 5ms});
  proxy.inject(fault::Throttle{.bytes_per_second = 1'000'000});
  proxy.inject(fault::CutAfter{to_client, 30'000, Connections::next});
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send(std::string(40'000, 'x')));
  EXPECT_EQ(client.receive_all().size(), 30'000);
}

// A question whose answer must be lost is cut off at the first byte of the answer, not before.
TEST(FaultProxyCut, waits_for_the_byte_that_must_not_arrive) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto client = settled_client(proxy);
  proxy.inject(fault::CutAfter{.direction = to_client, .bytes = 5});
  ASSERT_TRUE(client.send("12345"));
  EXPECT_EQ(client.receive(5), "12345");
  EXPECT_TRUE(client.silent());
  ASSERT_TRUE(client.send("6"));
  EXPECT_EQ(client.end(), End::reset);
  EXPECT_EQ(server.received(), ".123456");
}

TEST(FaultProxyCut, counts_from_now_for_open_connections_and_leaves_new_ones_alone) {
  const EchoServer server(Manner::echo);
  FaultProxy proxy(server.address());
  auto open = settled_client(proxy);
  proxy.inject(fault::CutAfter{.direction = to_server, .bytes = 0});
  auto later = settled_client(proxy);
  ASSERT_TRUE(open.send("x"));
  EXPECT_EQ(open.end(), End::reset);
  ASSERT_TRUE(later.send("y"));
  EXPECT_EQ(later.receive(1), "y");
  EXPECT_EQ(server.received(), "..y");
}

TEST(FaultProxyCut, is_for_the_next_connection_only) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto open = settled_client(proxy);
  proxy.inject(fault::CutAfter{to_server, 3, Connections::next, Cut::end});
  RawClient next(proxy.port());
  ASSERT_TRUE(next.send("1234"));
  EXPECT_EQ(next.end(), End::end);
  RawClient after(proxy.port());
  for (auto* client : {&open, &after}) {
    ASSERT_TRUE(client->send("1234"));
    EXPECT_EQ(client->receive(4), "1234");
  }
}

TEST(FaultProxyCut, is_for_each_new_connection_until_healed) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.inject(fault::CutAfter{to_client, 3, Connections::each, Cut::end});
  for (int round = 0; round < 3; ++round) {
    RawClient client(proxy.port());
    ASSERT_TRUE(client.send("1234"));
    EXPECT_EQ(client.receive_all(), "123");
  }
  proxy.heal();
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("1234"));
  EXPECT_EQ(client.receive(4), "1234");
}

TEST(FaultProxyCut, is_disarmed_by_healing) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto open = settled_client(proxy);
  proxy.inject(fault::CutAfter{.bytes = 2});
  proxy.inject(fault::CutAfter{.bytes = 2, .of = Connections::next});
  proxy.inject(fault::CorruptByte{.offset = 2});
  proxy.heal();
  RawClient next(proxy.port());
  for (auto* client : {&open, &next}) {
    ASSERT_TRUE(client->send("1234"));
    EXPECT_EQ(client->receive(4), "1234");
  }
}

TEST(FaultProxyCorrupt, inverts_the_byte_at_the_offset_and_no_other) {
  const EchoServer server(Manner::listen);
  FaultProxy proxy(server.address());
  std::string expected(50'000, 'x');
  proxy.inject(fault::CorruptByte{to_server, 40'000, Connections::next});
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send(expected));
  expected[40'000] = static_cast<char>(~'x');
  ASSERT_TRUE(eventually([&] { return server.received().size() == expected.size(); }));
  EXPECT_TRUE(server.received() == expected);
}

TEST(FaultProxyCorrupt, is_for_open_connections_or_for_each_new_one) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto open = settled_client(proxy);
  proxy.inject(fault::CorruptByte{.direction = to_client, .offset = 1});
  ASSERT_TRUE(open.send("abc"));
  EXPECT_EQ(open.receive(3), (std::string{'a', static_cast<char>(~'b'), 'c'}));
  proxy.inject(fault::CorruptByte{to_client, 2, Connections::each});
  for (int round = 0; round < 2; ++round) {
    RawClient client(proxy.port());
    ASSERT_TRUE(client.send("abcd"));
    EXPECT_EQ(client.receive(4), (std::string{'a', 'b', static_cast<char>(~'c'), 'd'}));
  }
  ASSERT_TRUE(open.send("abcd"));
  EXPECT_EQ(open.receive(4), "abcd");
}

TEST(FaultProxyHalfClose, ends_the_client_for_the_server_which_is_still_heard) {
  EchoServer server(Manner::listen);
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("before"));
  ASSERT_TRUE(eventually([&] { return server.received() == "before"; }));
  proxy.inject(fault::HalfClose{to_server});
  ASSERT_TRUE(eventually([&] { return server.ended() == 1; }));
  ASSERT_TRUE(client.send("dropped"));
  server.say("heard");
  EXPECT_EQ(client.receive(5), "heard");
  EXPECT_EQ(server.received(), "before");
  EXPECT_EQ(proxy.counters().open, 1);
  EXPECT_EQ(proxy.counters().cut, 0);
}

TEST(FaultProxyHalfClose, ends_the_server_for_the_client_which_is_still_heard) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  auto client = settled_client(proxy);
  proxy.inject(fault::HalfClose{to_client});
  EXPECT_EQ(client.end(), End::end);
  ASSERT_TRUE(client.send("heard"));
  EXPECT_TRUE(eventually([&] { return server.received() == ".heard"; }));
  client.finish_sending();
  EXPECT_TRUE(open_connections(proxy, 0));
}

TEST(FaultProxyHalfClose, passes_on_first_what_was_read_before) {
  const EchoServer server(Manner::listen);
  FaultProxy proxy(server.address());
  proxy.inject(fault::Delay{.fixed = 1h});
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("before"));
  ASSERT_TRUE(eventually([&] { return server.connections() == 1; }));
  EXPECT_TRUE(client.silent());
  proxy.inject(fault::HalfClose{to_server});
  ASSERT_TRUE(client.send(" dropped"));
  EXPECT_TRUE(client.silent());
  EXPECT_EQ(server.ended(), 0);
  proxy.heal();
  ASSERT_TRUE(eventually([&] { return server.ended() == 1; }));
  EXPECT_EQ(server.received(), "before");
}

}  // namespace
}  // namespace waybill::servers::testing
