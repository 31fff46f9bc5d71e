#include "waybill/servers/fault_proxy.hpp"

#include <gmock/gmock.h>

#include "echo_server.hpp"
#include "raw_client.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::servers::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::ThrowsMessage;
using testkit::eventually;
using End = RawClient::End;
using Manner = EchoServer::Manner;

/// More than the kernel's buffers of both connections and the proxy's own.
constexpr std::size_t most_on_the_way = 16 * 1024 * 1024;

std::chrono::nanoseconds since(base::SteadyTime start) { return base::system_clock().steady() - start; }

std::string numbers(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) text += std::to_string(i) + ' ';
  text.resize(bytes);
  return text;
}

TEST(FaultProxy, passes_everything_on_and_counts_it) {
  const EchoServer server;
  const FaultProxy proxy(server.address());
  EXPECT_EQ(proxy.address().port, proxy.port());
  RawClient first(proxy.port());
  const RawClient second(proxy.port());
  const auto text = numbers(300'000);
  ASSERT_TRUE(first.send(text));
  EXPECT_EQ(first.receive(text.size()), text);
  EXPECT_EQ(server.received(), text);
  // They are counted a moment after they were given to the receiver's kernel.
  EXPECT_TRUE(proxy.wait_for(
      [&](const auto& seen) { return seen.accepted == 2 && seen.bytes_to_client == text.size(); }, 10s));
  const auto counters = proxy.counters();
  EXPECT_EQ(counters.open, 2);
  EXPECT_EQ(counters.cut, 0);
  EXPECT_EQ(counters.bytes_to_server, text.size());
}

TEST(FaultProxy, says_in_time_that_the_counters_do_not_come) {
  const EchoServer server;
  const FaultProxy proxy(server.address());
  EXPECT_FALSE(proxy.wait_for([](const auto& seen) { return seen.accepted == 1; }, 20ms));
}

TEST(FaultProxy, passes_on_the_end_of_one_direction_while_the_other_goes_on) {
  const EchoServer server;
  const FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  const auto text = numbers(300'000);
  ASSERT_TRUE(client.send(text));
  client.finish_sending();
  EXPECT_EQ(client.receive_all(), text);
  EXPECT_EQ(client.end(), End::end);
  EXPECT_EQ(server.ended(), 1);
  EXPECT_TRUE(proxy.wait_for([](const auto& seen) { return seen.open == 0; }, 10s));
  EXPECT_EQ(proxy.counters().cut, 0);
}

TEST(FaultProxy, passes_on_the_end_of_a_server_after_what_it_said) {
  EchoServer server;
  const FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(eventually([&] { return server.connections() == 1; }));
  server.say("farewell");
  server.close_all(Cut::end);
  EXPECT_EQ(client.receive_all(), "farewell");
  EXPECT_EQ(client.end(), End::end);
}

// A broker that closes a connection with an error says which, and then may reset it.
TEST(FaultProxy, passes_on_the_reset_of_a_server_after_what_it_said) {
  EchoServer server;
  const FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("hello "));
  EXPECT_EQ(client.receive(6), "hello ");
  server.say("farewell");
  server.close_all(Cut::reset);
  EXPECT_EQ(client.receive_all(), "farewell");
  EXPECT_EQ(client.end(), End::reset);
}

// The kernel tells of a reset once: here it tells who writes, and who reads must know as well.
TEST(FaultProxy, passes_on_the_reset_of_a_server_that_is_noticed_when_writing_to_it) {
  EchoServer server;
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("hello "));
  EXPECT_EQ(client.receive(6), "hello ");
  proxy.inject(fault::StopReading{Direction::server_to_client});
  server.say("farewell");
  server.close_all(Cut::reset);
  ASSERT_TRUE(client.send("are you there?"));
  // A client that has to finish writing before it reads is not held up.
  ASSERT_TRUE(client.send(std::string(most_on_the_way, 'x')));
  EXPECT_TRUE(client.silent());
  proxy.heal();
  EXPECT_EQ(client.receive_all(), "farewell");
  EXPECT_EQ(client.end(), End::reset);
}

TEST(FaultProxy, passes_on_the_reset_of_a_client_after_what_it_said) {
  const EchoServer server(Manner::listen);
  const FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("farewell"));
  client.reset();
  EXPECT_TRUE(eventually([&] { return server.reset() == 1; }));
  EXPECT_EQ(server.received(), "farewell");
  EXPECT_TRUE(proxy.wait_for([](const auto& seen) { return seen.open == 0; }, 10s));
}

TEST(FaultProxy, resets_the_connection_when_its_target_is_away) {
  const runtime::HostPort nobody{"127.0.0.1", free_port()};
  const FaultProxy proxy(nobody);
  RawClient client(proxy.port());
  EXPECT_EQ(client.end(), End::reset);
}

TEST(FaultProxy, says_which_target_has_no_address) {
  EXPECT_THAT(
      [] {
        FaultProxy({"not a host", 5672});
      },
      ThrowsMessage<std::runtime_error>(HasSubstr("'not a host'")));
}

TEST(FaultProxy, refuses_connections_and_listens_on_the_same_port_again) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  RawClient open(proxy.port());
  ASSERT_TRUE(open.send("a"));
  EXPECT_EQ(open.receive(1), "a");
  for (int round = 0; round < 20; ++round) {
    proxy.inject(fault::Refuse{});
    EXPECT_TRUE(RawClient::refused(proxy.port()));
    proxy.heal();
    RawClient client(proxy.port());
    ASSERT_TRUE(client.send("b"));
    EXPECT_EQ(client.receive(1), "b");
  }
  ASSERT_TRUE(open.send("c"));
  EXPECT_EQ(open.receive(1), "c");
}

// Another program that got the port meanwhile would be taken for the target.
TEST(FaultProxy, keeps_its_port_from_others_while_it_refuses) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  proxy.inject(fault::Refuse{});
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket other(context);
  other.open(boost::asio::ip::tcp::v4());
  EXPECT_THROW(other.bind({boost::asio::ip::address_v4::loopback(), proxy.port()}),
               boost::system::system_error);
}

TEST(FaultProxy, accepts_and_never_answers_and_serves_after_healing) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  RawClient before(proxy.port());
  ASSERT_TRUE(before.send("a"));
  EXPECT_EQ(before.receive(1), "a");
  proxy.inject(fault::NeverAnswer{});
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("hello"));
  EXPECT_TRUE(client.silent());
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(proxy.counters().bytes_to_server, 1);
  ASSERT_TRUE(before.send("b"));
  EXPECT_EQ(before.receive(1), "b");
  proxy.heal();
  EXPECT_EQ(client.receive(5), "hello");
}

TEST(FaultProxy, stops_reading_the_client_while_the_server_is_heard) {
  EchoServer server(Manner::listen);
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("before"));
  ASSERT_TRUE(eventually([&] { return server.received() == "before"; }));
  proxy.inject(fault::StopReading{Direction::client_to_server});
  ASSERT_TRUE(client.send(" after"));
  EXPECT_TRUE(client.silent());
  EXPECT_EQ(server.received(), "before");
  server.say("heard");
  EXPECT_EQ(client.receive(5), "heard");
  proxy.heal();
  EXPECT_TRUE(eventually([&] { return server.received() == "before after"; }));
}

TEST(FaultProxy, stops_reading_the_server_while_the_client_is_heard) {
  EchoServer server;
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("a"));
  EXPECT_EQ(client.receive(1), "a");
  proxy.inject(fault::StopReading{Direction::server_to_client});
  ASSERT_TRUE(client.send("question"));
  EXPECT_TRUE(eventually([&] { return server.received() == "aquestion"; }));
  EXPECT_TRUE(client.silent());
  proxy.heal();
  EXPECT_EQ(client.receive(8), "question");
}

TEST(FaultProxy, stops_reading_in_both_directions_also_for_connections_to_come) {
  EchoServer server(Manner::listen);
  FaultProxy proxy(server.address());
  proxy.inject(fault::StopReading{});
  RawClient client(proxy.port());
  ASSERT_TRUE(client.send("a"));
  ASSERT_TRUE(eventually([&] { return server.connections() == 1; }));
  server.say("b");
  EXPECT_TRUE(client.silent());
  EXPECT_EQ(server.received(), "");
  proxy.heal();
  EXPECT_EQ(client.receive(1), "b");
  EXPECT_TRUE(eventually([&] { return server.received() == "a"; }));
}

TEST(FaultProxy, fills_up_the_senders_buffers_when_it_stops_reading_and_loses_nothing) {
  const EchoServer server(Manner::listen);
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  proxy.inject(fault::StopReading{Direction::client_to_server});
  const auto sent = client.send_until_blocked();
  EXPECT_THAT(sent, Le(most_on_the_way));
  EXPECT_EQ(server.received(), "");
  proxy.heal();
  EXPECT_TRUE(eventually([&] { return server.received().size() == sent; }));
}

// A proxy that went on reading would hide from a publisher that its broker has stopped.
TEST(FaultProxy, blocks_the_client_when_the_server_does_not_read) {
  const EchoServer server(Manner::read_nothing);
  const FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  EXPECT_THAT(client.send_until_blocked(), Le(most_on_the_way));
}

TEST(FaultProxy, blocks_the_client_by_way_of_a_server_whose_answers_are_not_read) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  proxy.inject(fault::StopReading{Direction::server_to_client});
  const auto sent = client.send_until_blocked();
  EXPECT_THAT(sent, Le(2 * most_on_the_way));
  proxy.heal();
  EXPECT_EQ(client.receive(sent).size(), sent);
}

TEST(FaultProxy, delays_each_direction_and_keeps_the_order) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  proxy.inject(fault::Delay{.fixed = 30ms, .jitter = 10ms});
  const auto start = base::system_clock().steady();
  const auto text = numbers(2'000);
  for (std::size_t at = 0; at < text.size(); at += 20) ASSERT_TRUE(client.send(text.substr(at, 20)));
  EXPECT_EQ(client.receive(1), text.substr(0, 1));
  EXPECT_GE(since(start), 60ms);
  EXPECT_EQ(client.receive(text.size() - 1), text.substr(1));
}

TEST(FaultProxy, lets_delayed_bytes_go_when_it_is_healed) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  proxy.inject(fault::Delay{.direction = Direction::server_to_client, .fixed = 1h});
  ASSERT_TRUE(client.send("hello"));
  EXPECT_TRUE(client.silent());
  EXPECT_EQ(server.received(), "hello");
  proxy.heal();
  EXPECT_EQ(client.receive(5), "hello");
}

TEST(FaultProxy, throttles_a_direction_until_it_is_healed) {
  const EchoServer server;
  FaultProxy proxy(server.address());
  RawClient client(proxy.port());
  proxy.inject(fault::Throttle{.direction = Direction::server_to_client, .bytes_per_second = 100'000});
  const auto start = base::system_clock().steady();
  const auto text = numbers(20'000);
  ASSERT_TRUE(client.send(text));
  EXPECT_EQ(client.receive(text.size()), text);
  // The last slice is not waited for.
  EXPECT_GE(since(start), 175ms);
  proxy.inject(fault::Throttle{.bytes_per_second = 1});
  ASSERT_TRUE(client.send(text));
  EXPECT_EQ(client.receive(1), text.substr(0, 1));
  proxy.heal();
  EXPECT_EQ(client.receive(text.size() - 1), text.substr(1));
}

}  // namespace
}  // namespace waybill::servers::testing
