#include "arrivals.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "soon.hpp"

namespace waybill::amqp {
namespace {

using message::DeliveryTag;
using message::Settlement;
using tests::soon;

base::Deadline now() { return base::Deadline::after(std::chrono::nanoseconds{0}); }

void add(Arrivals& arrivals, std::uint64_t session, std::uint64_t first, std::uint64_t last) {
  std::vector<RawDelivery> deliveries;
  for (auto number = first; number <= last; ++number) {
    deliveries.emplace_back();
    deliveries.back().tag = {session, number};
  }
  arrivals.add(deliveries);
  EXPECT_TRUE(deliveries.empty());
}

std::vector<std::uint64_t> numbers(const std::vector<RawDelivery>& deliveries) {
  std::vector<std::uint64_t> found;
  for (const auto& delivery : deliveries) found.push_back(delivery.tag.number);
  return found;
}

TEST(Arrivals, hand_over_in_order_and_no_more_than_asked_for) {
  Arrivals arrivals([] {});
  const auto session = arrivals.begin_session();
  add(arrivals, session, 1, 3);
  EXPECT_EQ(numbers(arrivals.receive(2, soon())), (std::vector<std::uint64_t>{1, 2}));
  add(arrivals, session, 4, 4);
  EXPECT_EQ(numbers(arrivals.receive(64, soon())), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_TRUE(arrivals.receive(64, now()).empty());
}

TEST(Arrivals, wake_the_thread_for_a_settlement_only_when_it_sleeps) {
  int wakes = 0;
  Arrivals arrivals([&] { ++wakes; });
  const auto session = arrivals.begin_session();
  add(arrivals, session, 1, 4);
  arrivals.receive(64, soon());
  std::vector<SettlementOrder> orders;
  EXPECT_EQ(arrivals.take_orders(1, orders), Arrivals::Orders::none);
  EXPECT_EQ(arrivals.settle(std::vector{DeliveryTag{session, 1}}, Settlement::ack), 1U);
  EXPECT_EQ(arrivals.settle(std::vector{DeliveryTag{session, 2}}, Settlement::ack), 1U);
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(arrivals.take_orders(3, orders), Arrivals::Orders::held_back);
  EXPECT_EQ(arrivals.take_orders(2, orders), Arrivals::Orders::taken);
  EXPECT_EQ(orders, (std::vector<SettlementOrder>{{2, true, Settlement::ack}}));
}

TEST(Arrivals, let_the_thread_be_that_has_just_brought_deliveries) {
  int wakes = 0;
  Arrivals arrivals([&] { ++wakes; });
  const auto session = arrivals.begin_session();
  std::vector<SettlementOrder> orders;
  arrivals.take_orders(1, orders);
  add(arrivals, session, 1, 1);
  arrivals.settle(std::vector{DeliveryTag{session, 1}}, Settlement::ack);
  EXPECT_EQ(wakes, 0);
}

// The numbers of a new channel name other messages: settling one by an old tag would lose it.
TEST(Arrivals, drop_the_deliveries_and_the_tags_of_a_session_that_ended) {
  Arrivals arrivals([] {});
  const auto before = arrivals.begin_session();
  add(arrivals, before, 1, 2);
  arrivals.receive(1, soon());
  arrivals.end_session();
  EXPECT_TRUE(arrivals.receive(64, now()).empty());
  EXPECT_EQ(arrivals.settle(std::vector{DeliveryTag{before, 1}}, Settlement::ack), 0U);
  const auto after = arrivals.begin_session();
  EXPECT_NE(after, before);
  add(arrivals, after, 1, 1);
  arrivals.receive(1, soon());
  EXPECT_EQ(arrivals.settle(std::vector{DeliveryTag{before, 1}, DeliveryTag{after, 1}}, Settlement::ack), 1U);
}

TEST(Arrivals, have_sessions_that_no_other_subscriber_has) {
  Arrivals one([] {});
  Arrivals other([] {});
  const auto session = one.begin_session();
  EXPECT_NE(session, other.begin_session());
  add(one, session, 1, 1);
  one.receive(1, soon());
  EXPECT_EQ(other.settle(std::vector{DeliveryTag{session, 1}}, Settlement::ack), 0U);
}

TEST(Arrivals, bring_receivers_back_when_closed_and_take_no_more_settlements) {
  Arrivals arrivals([] {});
  const auto session = arrivals.begin_session();
  {
    const std::jthread receiver([&] { EXPECT_TRUE(arrivals.receive(64, soon()).empty()); });
    arrivals.close();
  }
  add(arrivals, session, 1, 1);
  EXPECT_TRUE(arrivals.receive(64, soon()).empty());
  EXPECT_EQ(arrivals.settle(std::vector{DeliveryTag{session, 1}}, Settlement::ack), 0U);
}

// Acks given just before close() were given in earnest: the broker is told of them.
TEST(Arrivals, keep_what_was_settled_before_the_close) {
  Arrivals arrivals([] {});
  const auto session = arrivals.begin_session();
  add(arrivals, session, 1, 1);
  arrivals.receive(64, soon());
  arrivals.settle(std::vector{DeliveryTag{session, 1}}, Settlement::ack);
  arrivals.close();
  std::vector<SettlementOrder> orders;
  EXPECT_EQ(arrivals.take_orders(1, orders), Arrivals::Orders::taken);
}

}  // namespace
}  // namespace waybill::amqp
