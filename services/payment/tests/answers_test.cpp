#include "handlers/answers.hpp"

#include <gtest/gtest.h>

#include "waybill/base/uuid_v7.hpp"

namespace shop::payment {
namespace {

const auto order = waybill::base::new_uuid_v7();
const auto payment = waybill::base::new_uuid_v7();

TEST(Answers, say_what_was_charged) {
  const auto answer = to_contract(Charged{payment, order, {1999, "EUR"}});
  EXPECT_EQ(answer.order_id(), order.to_string());
  EXPECT_EQ(answer.payment_id(), payment.to_string());
  EXPECT_EQ(answer.amount().minor_units(), 1999);
  EXPECT_EQ(answer.amount().currency(), "EUR");
}

TEST(Answers, name_each_reason_of_a_decline) {
  for (const auto& [reason, word] :
       {std::pair{DeclineReason::insufficient_funds, v1::PAYMENT_DECLINE_REASON_INSUFFICIENT_FUNDS},
        std::pair{DeclineReason::means_refused, v1::PAYMENT_DECLINE_REASON_MEANS_REFUSED},
        std::pair{DeclineReason::suspected_fraud, v1::PAYMENT_DECLINE_REASON_SUSPECTED_FRAUD},
        std::pair{DeclineReason::already_refunded, v1::PAYMENT_DECLINE_REASON_ALREADY_REFUNDED}}) {
    const auto answer = to_contract(Declined{order, reason, "why"});
    EXPECT_EQ(answer.reason(), word);
    EXPECT_EQ(answer.explanation(), "why");
    EXPECT_EQ(answer.order_id(), order.to_string());
  }
}

// An amount of nothing and no amount are not the same to who reads the answer.
TEST(Answers, give_an_amount_back_only_where_one_was_taken) {
  const auto nothing = to_contract(Refunded{order, {}});
  EXPECT_EQ(nothing.order_id(), order.to_string());
  EXPECT_TRUE(nothing.payment_id().empty());
  EXPECT_FALSE(nothing.has_amount());
  const auto zero = to_contract(Refunded{order, Charged{payment, order, {0, "EUR"}}});
  EXPECT_EQ(zero.payment_id(), payment.to_string());
  EXPECT_TRUE(zero.has_amount());
}

}  // namespace
}  // namespace shop::payment
