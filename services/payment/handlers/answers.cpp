#include "handlers/answers.hpp"

namespace shop::payment {
namespace {

void write(const Money& amount, money::v1::Money& into) {
  into.set_minor_units(amount.minor_units);
  into.set_currency(amount.currency);
}

v1::PaymentDeclineReason to_contract(DeclineReason reason) {
  switch (reason) {
    case DeclineReason::insufficient_funds:
      return v1::PAYMENT_DECLINE_REASON_INSUFFICIENT_FUNDS;
    case DeclineReason::means_refused:
      return v1::PAYMENT_DECLINE_REASON_MEANS_REFUSED;
    case DeclineReason::suspected_fraud:
      return v1::PAYMENT_DECLINE_REASON_SUSPECTED_FRAUD;
    case DeclineReason::already_refunded:
      return v1::PAYMENT_DECLINE_REASON_ALREADY_REFUNDED;
  }
  return v1::PAYMENT_DECLINE_REASON_UNSPECIFIED;
}

}  // namespace

v1::PaymentCharged to_contract(const Charged& charged) {
  v1::PaymentCharged answer;
  answer.set_order_id(charged.order_id.to_string());
  answer.set_payment_id(charged.payment_id.to_string());
  write(charged.amount, *answer.mutable_amount());
  return answer;
}

v1::PaymentDeclined to_contract(const Declined& declined) {
  v1::PaymentDeclined answer;
  answer.set_order_id(declined.order_id.to_string());
  answer.set_reason(to_contract(declined.reason));
  answer.set_explanation(declined.explanation);
  return answer;
}

v1::PaymentRefunded to_contract(const Refunded& refunded) {
  v1::PaymentRefunded answer;
  answer.set_order_id(refunded.order_id.to_string());
  if (refunded.taken) {
    answer.set_payment_id(refunded.taken->payment_id.to_string());
    write(refunded.taken->amount, *answer.mutable_amount());
  }
  return answer;
}

}  // namespace shop::payment
