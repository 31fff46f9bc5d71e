#include "connection_machine.hpp"

#include <gtest/gtest.h>

#include "start.hpp"

namespace waybill::amqp {
namespace {

using tests::start;

constexpr base::Backoff::Limits limits{std::chrono::milliseconds{100}, std::chrono::milliseconds{4'000}, 2.0};

ConnectionMachine machine_for(std::vector<std::string> addresses = {"one:1"}) {
  return {std::move(addresses), limits, 42};
}

event::ConnectionFailed gone(Trouble trouble = Trouble::unreachable) { return {{trouble, "why"}}; }
event::ChannelFailed channel_gone() { return {{Trouble::channel, "why"}}; }

template <class Wanted>
bool is(const Action& action) {
  return std::holds_alternative<Wanted>(action);
}

void bring_to_service(ConnectionMachine& machine, base::SteadyTime now) {
  ASSERT_TRUE(is<action::Connect>(machine.resume(event::Begin{}, now)));
  ASSERT_TRUE(is<action::LogIn>(machine.resume(event::Done{}, now)));
  ASSERT_TRUE(is<action::SetUp>(machine.resume(event::Done{}, now)));
  ASSERT_TRUE(is<action::Serve>(machine.resume(event::Done{}, now)));
}

TEST(ConnectionMachine, connects_logs_in_sets_up_and_serves) {
  auto machine = machine_for();
  EXPECT_EQ(std::get<Disconnected>(machine.state()).trouble, Trouble::starting);
  bring_to_service(machine, start);
  EXPECT_EQ(machine.state(), ConnectionState{Connected{"one:1"}});
}

// Ready means set up: a service that counts as connected before its topology stands would lose its first
// messages.
TEST(ConnectionMachine, is_not_connected_before_it_is_set_up) {
  auto machine = machine_for();
  machine.resume(event::Begin{}, start);
  machine.resume(event::Done{}, start);
  machine.resume(event::Done{}, start);
  EXPECT_TRUE(std::holds_alternative<Disconnected>(machine.state()));
}

TEST(ConnectionMachine, tries_every_endpoint_before_it_waits) {
  auto machine = machine_for({"one:1", "two:2", "three:3"});
  EXPECT_EQ(std::get<action::Connect>(machine.resume(event::Begin{}, start)).endpoint, 0U);
  EXPECT_EQ(std::get<action::Connect>(machine.resume(gone(), start)).endpoint, 1U);
  EXPECT_EQ(std::get<action::Connect>(machine.resume(gone(), start)).endpoint, 2U);
  EXPECT_TRUE(is<action::Wait>(machine.resume(gone(), start)));
  EXPECT_EQ(std::get<action::Connect>(machine.resume(event::Done{}, start)).endpoint, 0U);
}

// Each of its clients would come back a thousand times a second.
TEST(ConnectionMachine, does_not_hammer_endpoints_that_let_it_in_and_throw_it_out_at_once) {
  auto machine = machine_for({"one:1", "two:2"});
  bring_to_service(machine, start);
  for (int round = 0; round < 100; ++round) {
    const auto next = machine.resume(gone(Trouble::lost), start);
    const bool waits = round % 2 != 0;
    ASSERT_EQ(is<action::Wait>(next), waits) << round;
    if (waits) machine.resume(event::Done{}, start);
    ASSERT_TRUE(is<action::LogIn>(machine.resume(event::Done{}, start)));
    ASSERT_TRUE(is<action::SetUp>(machine.resume(event::Done{}, start)));
    ASSERT_TRUE(is<action::Serve>(machine.resume(event::Done{}, start)));
  }
}

TEST(ConnectionMachine, goes_on_with_the_next_endpoint_at_once_when_one_that_worked_is_lost) {
  auto machine = machine_for({"one:1", "two:2"});
  bring_to_service(machine, start);
  for (std::size_t round = 1; round < 10; ++round) {
    const auto later = start + round * std::chrono::seconds{3};
    const auto next = machine.resume(gone(Trouble::lost), later);
    ASSERT_TRUE(is<action::Connect>(next));
    EXPECT_EQ(std::get<action::Connect>(next).endpoint, round % 2);
    ASSERT_TRUE(is<action::LogIn>(machine.resume(event::Done{}, later)));
    ASSERT_TRUE(is<action::SetUp>(machine.resume(event::Done{}, later)));
    ASSERT_TRUE(is<action::Serve>(machine.resume(event::Done{}, later)));
  }
}

TEST(ConnectionMachine, tries_for_ever_and_its_waits_grow_to_the_longest) {
  auto machine = machine_for();
  machine.resume(event::Begin{}, start);
  auto longest = base::SteadyTime::duration{0};
  for (int i = 0; i < 2'000; ++i) {
    const auto wait = machine.resume(gone(), start);
    ASSERT_TRUE(is<action::Wait>(wait));
    longest = std::max(longest, std::get<action::Wait>(wait).until - start);
    ASSERT_TRUE(is<action::Connect>(machine.resume(event::Done{}, start)));
    if (i == 0) {
      EXPECT_LE(longest, limits.initial);
    }
  }
  EXPECT_LE(longest, limits.maximum);
  EXPECT_GT(longest, limits.maximum / 2);
}

// Only a person can help, and a password that is tried ten times a second locks its account.
TEST(ConnectionMachine, tries_slowly_where_only_a_person_can_help) {
  for (const auto trouble : {Trouble::login_refused, Trouble::virtual_host}) {
    auto machine = machine_for();
    machine.resume(event::Begin{}, start);
    machine.resume(event::Done{}, start);
    const auto wait = machine.resume(gone(trouble), start);
    ASSERT_TRUE(is<action::Wait>(wait));
    EXPECT_GE(std::get<action::Wait>(wait).until - start, limits.maximum / 2);
    EXPECT_LE(std::get<action::Wait>(wait).until - start, limits.maximum);
    EXPECT_EQ(machine.state(), (ConnectionState{Disconnected{trouble, "why"}}));
    EXPECT_TRUE(is<action::Connect>(machine.resume(event::Done{}, start)));
  }
}

TEST(ConnectionMachine, begins_with_short_waits_again_after_a_connection_that_worked) {
  auto machine = machine_for();
  machine.resume(event::Begin{}, start);
  for (int i = 0; i < 20; ++i) {
    machine.resume(gone(), start);
    machine.resume(event::Done{}, start);
  }
  machine.resume(event::Done{}, start);
  machine.resume(event::Done{}, start);
  machine.resume(event::Done{}, start);
  const auto later = start + std::chrono::minutes{1};
  const auto wait = machine.resume(gone(Trouble::lost), later);
  ASSERT_TRUE(is<action::Wait>(wait));
  EXPECT_LE(std::get<action::Wait>(wait).until - later, limits.initial);
}

TEST(ConnectionMachine, makes_a_new_channel_at_once_when_one_fails_after_it_worked) {
  auto machine = machine_for();
  bring_to_service(machine, start);
  const auto again = machine.resume(channel_gone(), start + std::chrono::minutes{1});
  ASSERT_TRUE(is<action::SetUp>(again));
  EXPECT_FALSE(std::get<action::SetUp>(again).new_link);
  EXPECT_EQ(machine.state(), (ConnectionState{Disconnected{Trouble::channel, "why"}}));
  EXPECT_TRUE(is<action::Serve>(machine.resume(event::Done{}, start)));
  EXPECT_EQ(machine.state(), ConnectionState{Connected{"one:1"}});
}

// A queue that is not there closes the channel each time it is asked for: that must not become a busy loop.
TEST(ConnectionMachine, waits_ever_longer_between_channels_that_fail_at_once) {
  auto machine = machine_for();
  bring_to_service(machine, start);
  auto longest = base::SteadyTime::duration{0};
  for (int i = 0; i < 200; ++i) {
    const auto wait = machine.resume(channel_gone(), start);
    ASSERT_TRUE(is<action::Wait>(wait));
    longest = std::max(longest, std::get<action::Wait>(wait).until - start);
    const auto again = machine.resume(event::Done{}, start);
    ASSERT_TRUE(is<action::SetUp>(again));
    EXPECT_FALSE(std::get<action::SetUp>(again).new_link);
  }
  EXPECT_GT(longest, limits.maximum / 2);
}

TEST(ConnectionMachine, connects_anew_when_the_connection_is_lost_while_it_waits_for_a_channel) {
  auto machine = machine_for();
  bring_to_service(machine, start);
  ASSERT_TRUE(is<action::Wait>(machine.resume(channel_gone(), start)));
  ASSERT_TRUE(is<action::Wait>(machine.resume(gone(Trouble::lost), start)));
  EXPECT_TRUE(is<action::Connect>(machine.resume(event::Done{}, start)));
}

TEST(ConnectionMachine, goes_on_while_the_broker_blocks_it_and_says_so) {
  auto machine = machine_for();
  bring_to_service(machine, start);
  EXPECT_TRUE(is<action::Serve>(machine.resume(event::BlockedBy{"low on memory"}, start)));
  EXPECT_EQ(machine.state(), (ConnectionState{Blocked{"one:1", "low on memory"}}));
  EXPECT_TRUE(is<action::Serve>(machine.resume(event::Unblocked{}, start)));
  EXPECT_EQ(machine.state(), ConnectionState{Connected{"one:1"}});
}

TEST(ConnectionMachine, says_goodbye_only_to_a_broker_it_is_logged_in_to) {
  auto serving = machine_for();
  bring_to_service(serving, start);
  EXPECT_TRUE(is<action::Close>(serving.resume(event::StopAsked{}, start)));
  EXPECT_TRUE(is<action::Finish>(serving.resume(event::Done{}, start)));
  EXPECT_EQ(std::get<Disconnected>(serving.state()).trouble, Trouble::closed);

  auto connecting = machine_for();
  connecting.resume(event::Begin{}, start);
  EXPECT_TRUE(is<action::Finish>(connecting.resume(event::StopAsked{}, start)));
}

// A broker that does not answer the goodbye must not be connected to again.
TEST(ConnectionMachine, finishes_when_the_goodbye_fails) {
  auto machine = machine_for();
  bring_to_service(machine, start);
  machine.resume(event::StopAsked{}, start);
  EXPECT_TRUE(is<action::Finish>(machine.resume(gone(Trouble::lost), start)));
  EXPECT_EQ(std::get<Disconnected>(machine.state()).trouble, Trouble::closed);
}

TEST(ConnectionMachine, finishes_from_every_wait) {
  auto machine = machine_for();
  machine.resume(event::Begin{}, start);
  ASSERT_TRUE(is<action::Wait>(machine.resume(gone(), start)));
  EXPECT_TRUE(is<action::Finish>(machine.resume(event::StopAsked{}, start)));
}

}  // namespace
}  // namespace waybill::amqp
