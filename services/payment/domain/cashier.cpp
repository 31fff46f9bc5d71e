#include "domain/cashier.hpp"

#include <utility>

#include "waybill/base/ensure.hpp"

namespace shop::payment {
namespace {

Charged charged(const Payment& payment) {
  ENSURE(payment.amount, "what was charged has an amount");
  return {.payment_id = payment.id, .order_id = payment.order_id, .amount = *payment.amount};
}

/// What a charge is answered that has been decided about before.
ChargeAnswer answer_again(const Payment& payment) {
  switch (payment.state) {
    case State::charged:
      return charged(payment);
    case State::pending:
      return Pending{.payment_id = payment.id};
    case State::declined:
      ENSURE(payment.reason, "what was declined was so for a reason");
      return Declined{payment.order_id, *payment.reason, payment.explanation.value_or("")};
    case State::refunded:
    case State::called_off:
    case State::tombstone:
      break;
  }
  return Declined{payment.order_id, DeclineReason::already_refunded,
                  "The refund came before the charge, so nothing is charged."};
}

}  // namespace

Cashier::Cashier(const std::vector<Payment>& known, Provider provider, NewId new_id)
    : provider_(std::move(provider)), new_id_(std::move(new_id)) {
  for (const auto& payment : known) payments_.emplace(payment.reference, Known{payment});
}

ChargeAnswer Cashier::charge(const Charge& charge) {
  const auto known = payments_.find(charge.reference);
  return known == payments_.end() ? begin(charge) : answer_again(known->second.payment);
}

ChargeAnswer Cashier::begin(const Charge& charge) {
  auto& payment = add({.id = new_id_(),
                       .reference = charge.reference,
                       .order_id = charge.order_id,
                       .customer_id = charge.customer_id,
                       .amount = charge.amount});
  const Verdict too_much = Refused{DeclineReason::means_refused, "That is more than is charged at once."};
  const auto verdict = charge.amount.minor_units > largest_amount ? too_much : provider_(charge.token);
  if (std::holds_alternative<Later>(verdict)) return Pending{.payment_id = payment.id, .is_new = true};
  if (const auto* refused = std::get_if<Refused>(&verdict)) {
    payment.state = State::declined;
    payment.reason = refused->reason;
    payment.explanation = refused->explanation;
  } else {
    payment.state = State::charged;
    book(payment, TransferKind::capture);
  }
  return answer_again(payment);
}

Refunded Cashier::refund(const Refund& refund) {
  const auto known = payments_.find(refund.reference);
  if (known == payments_.end()) {
    add({.id = new_id_(),
         .reference = refund.reference,
         .order_id = refund.order_id,
         .state = State::tombstone});
    return {.order_id = refund.order_id};
  }
  switch (known->second.payment.state) {
    case State::charged: {
      auto& payment = change(refund.reference);
      payment.state = State::refunded;
      book(payment, TransferKind::refund);
      return {.order_id = payment.order_id, .taken = charged(payment)};
    }
    case State::refunded:
      return {.order_id = known->second.payment.order_id, .taken = charged(known->second.payment)};
    case State::pending: {
      auto& payment = change(refund.reference);
      payment.state = State::called_off;
      payment.reply_address.reset();
      break;
    }
    case State::declined:
    case State::called_off:
    case State::tombstone:
      break;
  }
  return {.order_id = known->second.payment.order_id};
}

std::optional<Settled> Cashier::settle(const Reference& reference) {
  const auto known = payments_.find(reference);
  ENSURE(known != payments_.end(), "only a payment that is known is settled");
  if (known->second.payment.state != State::pending) return std::nullopt;
  auto& payment = change(reference);
  payment.state = State::charged;
  book(payment, TransferKind::capture);
  return Settled{charged(payment), std::exchange(payment.reply_address, std::nullopt).value_or("")};
}

void Cashier::answer_to(const Reference& reference, std::string reply_address) {
  auto& payment = change(reference);
  ENSURE(payment.state == State::pending, "only a pending charge is answered later");
  payment.reply_address = std::move(reply_address);
}

std::vector<Payment> Cashier::changed() const {
  std::vector<Payment> changed;
  for (const auto& [reference, known] : payments_) {
    if (known.is_changed) changed.push_back(known.payment);
  }
  return changed;
}

Payment& Cashier::change(const Reference& reference) {
  auto& known = payments_.at(reference);
  known.is_changed = true;
  return known.payment;
}

Payment& Cashier::add(Payment payment) {
  const auto reference = payment.reference;
  return payments_.emplace(reference, Known{std::move(payment), true}).first->second.payment;
}

void Cashier::book(const Payment& payment, TransferKind kind) {
  if (auto transfer = transfer_of(payment, kind, new_id_())) transfers_.push_back(*std::move(transfer));
}

}  // namespace shop::payment
