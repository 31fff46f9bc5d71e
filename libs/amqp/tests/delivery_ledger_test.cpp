#include "delivery_ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace waybill::amqp {
namespace {

using message::Settlement;
using Orders = std::vector<SettlementOrder>;

DeliveryLedger ledger_of(std::uint64_t count) {
  DeliveryLedger ledger;
  for (std::uint64_t number = 1; number <= count; ++number) ledger.delivered(number);
  return ledger;
}

Orders orders_of(DeliveryLedger& ledger) {
  Orders orders;
  ledger.take_orders(orders);
  return orders;
}

TEST(DeliveryLedger, makes_one_order_of_a_run_from_the_oldest) {
  auto ledger = ledger_of(5);
  for (const std::uint64_t number : {3U, 1U, 2U}) EXPECT_TRUE(ledger.settle(number, Settlement::ack));
  EXPECT_EQ(orders_of(ledger), (Orders{{3, true, Settlement::ack}}));
  EXPECT_TRUE(ledger.settle(4, Settlement::ack));
  EXPECT_EQ(orders_of(ledger), (Orders{{4, false, Settlement::ack}}));
}

// `multiple` covers every earlier delivery that is out, and settling one that nobody settled would lose it.
TEST(DeliveryLedger, never_covers_a_delivery_that_is_still_out) {
  auto ledger = ledger_of(4);
  EXPECT_TRUE(ledger.settle(2, Settlement::ack));
  EXPECT_TRUE(ledger.settle(3, Settlement::ack));
  EXPECT_EQ(orders_of(ledger), (Orders{{2, false, Settlement::ack}, {3, false, Settlement::ack}}));
  EXPECT_TRUE(ledger.settle(1, Settlement::ack));
  EXPECT_TRUE(ledger.settle(4, Settlement::ack));
  EXPECT_EQ(orders_of(ledger), (Orders{{4, true, Settlement::ack}}));
}

TEST(DeliveryLedger, keeps_different_settlements_apart) {
  auto ledger = ledger_of(5);
  EXPECT_TRUE(ledger.settle(1, Settlement::ack));
  EXPECT_TRUE(ledger.settle(2, Settlement::reject));
  EXPECT_TRUE(ledger.settle(3, Settlement::reject));
  EXPECT_TRUE(ledger.settle(4, Settlement::requeue));
  EXPECT_TRUE(ledger.settle(5, Settlement::ack));
  EXPECT_EQ(orders_of(ledger), (Orders{{1, false, Settlement::ack},
                                       {3, true, Settlement::reject},
                                       {4, false, Settlement::requeue},
                                       {5, false, Settlement::ack}}));
}

// The broker closes the channel of whoever settles twice, or what was never delivered.
TEST(DeliveryLedger, settles_nothing_twice_and_nothing_that_is_not_out) {
  auto ledger = ledger_of(2);
  EXPECT_FALSE(ledger.settle(0, Settlement::ack));
  EXPECT_FALSE(ledger.settle(3, Settlement::ack));
  EXPECT_TRUE(ledger.settle(1, Settlement::ack));
  EXPECT_FALSE(ledger.settle(1, Settlement::requeue));
  EXPECT_EQ(ledger.settled(), 1U);
  orders_of(ledger);
  EXPECT_FALSE(ledger.settle(1, Settlement::ack));
  ledger.clear();
  EXPECT_FALSE(ledger.settle(2, Settlement::ack));
}

// What a broker makes of the orders is what was settled, in every order of settling.
TEST(DeliveryLedger, tells_a_broker_exactly_what_was_settled) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    DeliveryLedger ledger;
    std::map<std::uint64_t, Settlement> settled;
    std::map<std::uint64_t, Settlement> heard;
    std::vector<std::uint64_t> out_at_broker;
    std::uint64_t next = 1;
    for (int step = 0; step < 200; ++step) {
      if (random() % 3 == 0) {
        out_at_broker.push_back(next);
        ledger.delivered(next++);
      } else if (random() % 3 != 0 && next > 1) {
        const std::uint64_t number = 1 + random() % (next - 1);
        const auto settlement = static_cast<Settlement>(random() % 3);
        ASSERT_EQ(ledger.settle(number, settlement), settled.try_emplace(number, settlement).second);
      } else {
        for (const auto& order : orders_of(ledger)) {
          std::erase_if(out_at_broker, [&](std::uint64_t number) {
            const bool is_meant = order.multiple ? number <= order.number : number == order.number;
            if (is_meant) heard.emplace(number, order.settlement);
            return is_meant;
          });
        }
        ASSERT_EQ(heard, settled);
      }
    }
  }
}

}  // namespace
}  // namespace waybill::amqp
