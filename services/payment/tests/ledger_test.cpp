#include "domain/ledger.hpp"

#include <gtest/gtest.h>

#include "waybill/base/uuid_v7.hpp"

namespace shop::payment {
namespace {

Payment payment_of(std::int64_t minor_units) {
  return {.id = waybill::base::new_uuid_v7(), .amount = Money{minor_units, "EUR"}};
}

TEST(Ledger, gives_back_to_the_account_from_which_it_was_taken) {
  const auto payment = payment_of(1999);
  const auto id = waybill::base::new_uuid_v7();
  const auto capture = transfer_of(payment, TransferKind::capture, id).value();
  const auto refund = transfer_of(payment, TransferKind::refund, id).value();
  EXPECT_EQ(capture, (Transfer{id,
                               payment.id,
                               TransferKind::capture,
                               Account::provider_clearing,
                               Account::shop_revenue,
                               {1999, "EUR"}}));
  EXPECT_EQ(refund.debit, capture.credit);
  EXPECT_EQ(refund.credit, capture.debit);
  EXPECT_EQ(refund.amount, capture.amount);
}

TEST(Ledger, writes_nothing_for_an_amount_of_zero) {
  EXPECT_FALSE(transfer_of(payment_of(0), TransferKind::capture, {}));
  EXPECT_FALSE(transfer_of(payment_of(0), TransferKind::refund, {}));
}

TEST(Money, has_a_currency_of_three_capital_letters) {
  EXPECT_TRUE(is_currency("EUR"));
  EXPECT_TRUE(is_currency("JPY"));
  for (const auto* const text : {"", "EU", "EURO", "eur", "EU1", "E R", "\xC3\x84U"}) {
    EXPECT_FALSE(is_currency(text)) << text;
  }
}

}  // namespace
}  // namespace shop::payment
