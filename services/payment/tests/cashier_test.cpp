#include "domain/cashier.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "waybill/base/uuid_v7.hpp"

namespace shop::payment {
namespace {

using waybill::base::new_uuid_v7;

/// What a table of payments and a ledger hold from one transaction to the next.
class Shop {
 public:
  Cashier open() const {
    std::vector<Payment> known;
    for (const auto& [reference, payment] : payments) known.push_back(payment);
    return {known, decide_by_token, new_uuid_v7};
  }
  void store(const Cashier& cashier) {
    for (auto& payment : cashier.changed()) payments[payment.reference] = payment;
    for (const auto& transfer : cashier.transfers()) transfers.push_back(transfer);
  }
  /// One transaction for one command.
  template <class Command>
  auto take(Command command) {
    auto cashier = open();
    auto answer = command(cashier);
    store(cashier);
    return answer;
  }
  ChargeAnswer charge(const Charge& charge) {
    return take([&](Cashier& cashier) { return cashier.charge(charge); });
  }
  Refunded refund(const Refund& refund) {
    return take([&](Cashier& cashier) { return cashier.refund(refund); });
  }
  std::optional<Settled> settle(const Reference& reference) {
    return take([&](Cashier& cashier) { return cashier.settle(reference); });
  }

  std::map<Reference, Payment> payments;
  std::vector<Transfer> transfers;
};

class CashierTest : public ::testing::Test {
 protected:
  Charge charge_of(std::string token, std::int64_t minor_units = 1999) const {
    return {.reference = reference,
            .order_id = order,
            .customer_id = "customer-1",
            .amount = {minor_units, "EUR"},
            .token = std::move(token)};
  }
  Refund refund() const { return {reference, order}; }
  const Payment& payment() const { return shop.payments.at(reference); }
  Charged charged(std::int64_t minor_units = 1999) const {
    return {payment().id, order, {minor_units, "EUR"}};
  }
  static DeclineReason reason_of(const ChargeAnswer& answer) { return std::get<Declined>(answer).reason; }

  const Reference reference{new_uuid_v7(), "pay", 1};
  const waybill::base::Uuid order = new_uuid_v7();
  Shop shop;
};

TEST_F(CashierTest, charges_once_however_often_it_is_asked) {
  const auto first = shop.charge(charge_of("tok_ok"));
  EXPECT_EQ(first, ChargeAnswer(charged()));
  EXPECT_EQ(payment().state, State::charged);
  auto cashier = shop.open();
  EXPECT_EQ(cashier.charge(charge_of("tok_ok")), first);
  EXPECT_EQ(cashier.charge(charge_of("tok_fraud")), first);
  EXPECT_TRUE(cashier.changed().empty());
  EXPECT_TRUE(cashier.transfers().empty());
  ASSERT_EQ(shop.transfers.size(), 1U);
  EXPECT_EQ(shop.transfers[0].kind, TransferKind::capture);
}

TEST_F(CashierTest, charges_once_what_comes_twice_in_one_transaction) {
  auto cashier = shop.open();
  const auto first = cashier.charge(charge_of("tok_ok"));
  EXPECT_EQ(cashier.charge(charge_of("tok_ok")), first);
  EXPECT_EQ(cashier.changed().size(), 1U);
  EXPECT_EQ(cashier.transfers().size(), 1U);
}

TEST_F(CashierTest, takes_another_epoch_and_another_step_for_another_payment) {
  auto cashier = shop.open();
  auto other_epoch = charge_of("tok_ok");
  other_epoch.reference.epoch = 2;
  auto other_step = charge_of("tok_ok");
  other_step.reference.step = "pay-again";
  cashier.charge(charge_of("tok_ok"));
  cashier.charge(other_epoch);
  cashier.charge(other_step);
  EXPECT_EQ(cashier.transfers().size(), 3U);
}

TEST_F(CashierTest, declines_with_the_same_reason_again_and_takes_nothing) {
  const auto first = shop.charge(charge_of("tok_insufficient_funds"));
  EXPECT_EQ(reason_of(first), DeclineReason::insufficient_funds);
  EXPECT_EQ(shop.charge(charge_of("tok_ok")), first);
  EXPECT_EQ(payment().state, State::declined);
  EXPECT_EQ(shop.refund(refund()), (Refunded{order, {}}));
  EXPECT_EQ(shop.charge(charge_of("tok_ok")), first);
  EXPECT_TRUE(shop.transfers.empty());
}

// An order may come to any sum, and one that nobody charges is refused, not lost among dead letters.
TEST_F(CashierTest, declines_more_than_is_charged_at_once) {
  EXPECT_EQ(reason_of(shop.charge(charge_of("tok_ok", largest_amount + 1))), DeclineReason::means_refused);
  EXPECT_TRUE(shop.transfers.empty());
}

TEST_F(CashierTest, gives_back_what_it_took_once) {
  shop.charge(charge_of("tok_ok"));
  const auto first = shop.refund(refund());
  EXPECT_EQ(first, (Refunded{order, charged()}));
  EXPECT_EQ(shop.refund(refund()), first);
  EXPECT_EQ(payment().state, State::refunded);
  ASSERT_EQ(shop.transfers.size(), 2U);
  EXPECT_EQ(shop.transfers[1].kind, TransferKind::refund);
  EXPECT_EQ(reason_of(shop.charge(charge_of("tok_ok"))), DeclineReason::already_refunded);
}

TEST_F(CashierTest, charges_and_gives_back_in_one_transaction) {
  auto cashier = shop.open();
  cashier.charge(charge_of("tok_ok"));
  EXPECT_TRUE(cashier.refund(refund()).taken);
  shop.store(cashier);
  EXPECT_EQ(payment().state, State::refunded);
  EXPECT_EQ(shop.transfers.size(), 2U);
}

// An undo may overtake what it undoes; the money must not be taken after it was given back.
TEST_F(CashierTest, takes_nothing_once_the_refund_has_come_before_the_charge) {
  EXPECT_EQ(shop.refund(refund()), (Refunded{order, {}}));
  EXPECT_EQ(payment().state, State::tombstone);
  EXPECT_FALSE(payment().amount);
  EXPECT_EQ(reason_of(shop.charge(charge_of("tok_ok"))), DeclineReason::already_refunded);
  EXPECT_EQ(reason_of(shop.charge(charge_of("tok_slow"))), DeclineReason::already_refunded);
  EXPECT_EQ(shop.refund(refund()), (Refunded{order, {}}));
  EXPECT_TRUE(shop.transfers.empty());
}

TEST_F(CashierTest, answers_a_charge_that_takes_its_time_when_it_is_settled) {
  auto cashier = shop.open();
  const auto pending = std::get<Pending>(cashier.charge(charge_of("tok_slow")));
  EXPECT_TRUE(pending.is_new);
  cashier.answer_to(reference, "address");
  shop.store(cashier);
  EXPECT_EQ(payment().state, State::pending);
  EXPECT_EQ(payment().reply_address, "address");
  EXPECT_TRUE(shop.transfers.empty());
  EXPECT_EQ(shop.settle(reference), (Settled{charged(), "address"}));
  EXPECT_EQ(payment().state, State::charged);
  EXPECT_FALSE(payment().reply_address);
  EXPECT_EQ(shop.transfers.size(), 1U);
  EXPECT_FALSE(shop.settle(reference));
  EXPECT_EQ(shop.charge(charge_of("tok_slow")), ChargeAnswer(charged()));
  EXPECT_EQ(shop.transfers.size(), 1U);
}

TEST_F(CashierTest, settles_a_charge_once_that_was_asked_for_again_meanwhile) {
  shop.charge(charge_of("tok_slow"));
  EXPECT_EQ(shop.charge(charge_of("tok_slow")), ChargeAnswer(Pending{payment().id, false}));
}

TEST_F(CashierTest, calls_a_pending_charge_off_when_it_is_to_be_given_back) {
  auto cashier = shop.open();
  cashier.charge(charge_of("tok_slow"));
  cashier.answer_to(reference, "address");
  shop.store(cashier);
  EXPECT_EQ(shop.refund(refund()), (Refunded{order, {}}));
  EXPECT_EQ(payment().state, State::called_off);
  EXPECT_FALSE(payment().reply_address);
  EXPECT_FALSE(shop.settle(reference));
  EXPECT_EQ(shop.refund(refund()), (Refunded{order, {}}));
  EXPECT_EQ(reason_of(shop.charge(charge_of("tok_slow"))), DeclineReason::already_refunded);
  EXPECT_TRUE(shop.transfers.empty());
}

TEST_F(CashierTest, charges_and_gives_back_nothing_for_an_order_that_costs_nothing) {
  const auto answer = shop.charge(charge_of("tok_ok", 0));
  EXPECT_EQ(answer, ChargeAnswer(charged(0)));
  EXPECT_EQ(shop.refund(refund()), (Refunded{order, charged(0)}));
  EXPECT_TRUE(shop.transfers.empty());
}

// Whatever comes, in whatever order and however grouped: the end of each payment is the same as one by one.
TEST_F(CashierTest, decides_alike_about_commands_alone_and_together) {
  const std::vector<std::string> tokens{"tok_ok", "tok_slow", "tok_declined"};
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    Shop alone;
    Shop together;
    std::mt19937 random(seed);
    for (int transaction = 0; transaction < 3; ++transaction) {
      auto cashier = together.open();
      for (auto commands = random() % 4; commands > 0; --commands) {
        const auto which = random() % 3;
        if (which == 0) {
          const auto charge = charge_of(tokens[random() % 3]);
          EXPECT_EQ(alone.charge(charge).index(), cashier.charge(charge).index());
        } else if (which == 1) {
          EXPECT_EQ(alone.refund(refund()).taken.has_value(), cashier.refund(refund()).taken.has_value());
        } else if (alone.payments.contains(reference)) {
          EXPECT_EQ(alone.settle(reference).has_value(), cashier.settle(reference).has_value());
        }
      }
      together.store(cashier);
    }
    ASSERT_EQ(alone.payments.size(), together.payments.size());
    if (alone.payments.empty()) continue;
    const auto state = together.payments.at(reference).state;
    EXPECT_EQ(alone.payments.at(reference).state, state);
    const std::size_t moved = state == State::charged ? 1 : state == State::refunded ? 2 : 0;
    EXPECT_EQ(alone.transfers.size(), moved);
    EXPECT_EQ(together.transfers.size(), moved);
  }
}

}  // namespace
}  // namespace shop::payment
