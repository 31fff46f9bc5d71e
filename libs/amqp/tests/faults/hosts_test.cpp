#include <gtest/gtest.h>
#include <sys/socket.h>

#include "addresses.hpp"
#include "local_port.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/test_virtual_host.hpp"

namespace waybill::amqp::tests {
namespace {

namespace fault = servers::fault;
using servers::FaultProxy;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Hosts : public testing::Test {
 protected:
  Hosts() { host_.declare_queue("q"); }

  const servers::TestVirtualHost host_;
  const Endpoint at_ = parse_url(host_.url()).value();
};

TEST_F(Hosts, that_are_dead_are_passed_over_each_with_its_reason_and_none_is_hammered) {
  FaultProxy refusing(place_of(at_));
  refusing.inject(fault::Refuse{});
  FaultProxy black_hole(place_of(at_));
  black_hole.inject(fault::NeverAnswer{});
  const LocalPort mail([](int socket) {
    constexpr std::string_view greeting = "220 mail.example ESMTP\r\n";
    send(socket, greeting.data(), greeting.size(), MSG_NOSIGNAL);
    std::array<char, 64> bytes{};
    while (recv(socket, bytes.data(), bytes.size(), 0) > 0) continue;
  });
  FaultProxy good(place_of(at_));
  Options options = options_for(by_way_of(good, at_));
  options.endpoints = {by_way_of(refusing, at_), by_way_of(black_hole, at_), mail.endpoint(),
                       by_way_of(good, at_)};
  options.answer_timeout = seconds{1};

  constexpr std::size_t rounds = 5;
  ObservedStates states;
  ConfirmingPublisher publisher({.connection = options, .observer = states.observer()});
  for (std::size_t round = 1; round <= rounds; ++round) {
    ASSERT_TRUE(states.connected(round));
    EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, publication("q"), soon())));
    if (round < rounds) good.inject(fault::CutNow{});
  }
  EXPECT_TRUE(states.said(Trouble::unreachable,
                          refusing.address().to_string() + " cannot be reached (Connection refused)"));
  EXPECT_TRUE(states.said(Trouble::unreachable, black_hole.address().to_string() +
                                                    " failed: the broker did not send "
                                                    "AMQP_CONNECTION_START_METHOD in time"));
  EXPECT_TRUE(states.said(Trouble::unreachable, mail.endpoint().address() +
                                                    " failed: what listens there does not speak AMQP 0-9-1"));
  // A login that takes too long on a busy machine costs a round more, of all hosts.
  EXPECT_GE(good.counters().accepted, rounds);
  EXPECT_EQ(black_hole.counters().accepted, good.counters().accepted) << "each has its turn, once a round";
}

}  // namespace
}  // namespace waybill::amqp::tests
