#include <algorithm>
#include <variant>

#include "participants.hpp"
#include "shop/payment/v1/payment.contract.hpp"
#include "shop/payment/v1/payment.pb.h"

namespace shop::payment {
namespace {

using v1::ChargePayment, v1::PaymentCharged, v1::PaymentDeclined;
using v1::PaymentRefunded, v1::RefundPayment;
using waybill::base::Uuid;
using waybill::message::SagaReference;
using waybill::saga_simulation::AnswerOf;

Reference step_of(const World& world, const SagaReference& asked) {
  if (world.mistake == Mistake::payment_is_found_by_epoch_alone) return {Uuid{}, "pay", asked.epoch};
  return {asked.saga, asked.step, asked.epoch};
}

Cashier cashier_of(World& world) {
  return Cashier(world.payments, decide_by_token, [&world] { return next_id(world); });
}

void store(World& world, const Cashier& cashier) {
  for (const auto& changed : cashier.changed()) {
    const bool is_forgotten =
        changed.state == State::tombstone && world.mistake == Mistake::payment_keeps_no_tombstone;
    if (is_forgotten) continue;
    const auto known = std::ranges::find(world.payments, changed.reference, &Payment::reference);
    if (known == world.payments.end()) {
      world.payments.push_back(changed);
    } else {
      *known = changed;
    }
  }
  const auto& transfers = cashier.transfers();
  world.transfers.insert(world.transfers.end(), transfers.begin(), transfers.end());
}

AnswerOf<ChargePayment> charge(World& world, const ChargePayment& command, const SagaReference& asked) {
  if (world.mistake == Mistake::payment_forgets_charges) {
    std::erase_if(world.payments,
                  [&](const Payment& each) { return each.reference == step_of(world, asked); });
  }
  auto cashier = cashier_of(world);
  const auto answer = cashier.charge({.reference = step_of(world, asked),
                                      .order_id = Uuid::parse(command.order_id()).value(),
                                      .customer_id = command.customer_id(),
                                      .amount = {command.amount().minor_units(), command.amount().currency()},
                                      .token = command.payment_token()});
  if (std::holds_alternative<Pending>(answer)) cashier.answer_to(step_of(world, asked), "order");
  store(world, cashier);
  if (std::holds_alternative<Pending>(answer)) return std::nullopt;
  if (std::holds_alternative<Declined>(answer)) return PaymentDeclined();
  PaymentCharged reply;
  reply.set_payment_id(std::get<Charged>(answer).payment_id.to_string());
  return reply;
}

AnswerOf<RefundPayment> refund(World& world, const RefundPayment& command, const SagaReference& asked) {
  auto cashier = cashier_of(world);
  cashier.refund({.reference = step_of(world, asked), .order_id = Uuid::parse(command.order_id()).value()});
  store(world, cashier);
  return PaymentRefunded();
}

}  // namespace
}  // namespace shop::payment

namespace shop {

void add_payment(waybill::saga_simulation::Simulator<World>& simulator) {
  simulator.participant(payment::charge).participant(payment::refund);
}

}  // namespace shop
