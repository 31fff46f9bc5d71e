#include "handlers/take_commands.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "domain/cashier.hpp"
#include "handlers/answers.hpp"
#include "handlers/read_commands.hpp"
#include "persistence/ledger.hpp"
#include "persistence/payments.hpp"
#include "shop/payment/v1/payment.contract.hpp"
#include "shop/payment/v1/payment.pb.h"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/inbox/fault.hpp"
#include "waybill/outbox/reply_address.hpp"

namespace shop::payment {
namespace {

using waybill::base::Uuid;
using waybill::inbox::Permanent;
using Handlers = waybill::inbox::Handlers;
using Scope = waybill::inbox::Scope;
using Item = waybill::inbox::AnyItem<v1::ChargePayment, v1::RefundPayment, v1::SettleCharge>;

/// The messages of one transaction.
class CommandBatch {
 public:
  CommandBatch(const CommandOptions& options, waybill::postgres::Tx& tx, std::span<const Item> items)
      : options_(options), tx_(tx), items_(items) {
    commands_.reserve(items.size());
    for (const auto& item : items) {
      commands_.push_back(
          item.visit([&](const auto& command) { return read_command(command, item.scope.message()); }));
    }
  }

  void run() {
    find_payments_to_settle();
    Cashier cashier(payments::load_locked(tx_, references()), options_.provider, waybill::base::new_uuid_v7);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      std::visit([&](const auto& command) { take(command, cashier, items_[i].scope); }, commands_[i]);
    }
    payments::store(tx_, cashier.changed());
    ledger::add(tx_, cashier.transfers());
  }

 private:
  void find_payments_to_settle() {
    std::vector<Uuid> ids;
    for (const auto& command : commands_) {
      if (const auto* settle = std::get_if<Settle>(&command)) ids.push_back(settle->payment_id);
    }
    if (ids.empty()) return;
    for (auto& [id, reference] : payments::references_of(tx_, ids)) to_settle_.emplace(id, reference);
    for (const auto& id : ids) {
      if (!to_settle_.contains(id)) throw Permanent("there is no payment " + id.to_string() + " to settle");
    }
  }

  std::set<Reference> references() const {
    std::set<Reference> references;
    for (const auto& command : commands_) {
      if (const auto* charge = std::get_if<Charge>(&command)) references.insert(charge->reference);
      if (const auto* refund = std::get_if<Refund>(&command)) references.insert(refund->reference);
    }
    for (const auto& [id, reference] : to_settle_) references.insert(reference);
    return references;
  }

  void take(const Charge& charge, Cashier& cashier, Scope& scope) const {
    const auto answer = cashier.charge(charge);
    if (const auto* charged = std::get_if<Charged>(&answer)) return scope.reply(to_contract(*charged));
    if (const auto* declined = std::get_if<Declined>(&answer)) return scope.reply(to_contract(*declined));
    const auto& pending = std::get<Pending>(answer);
    // Who asked last is who waits.
    cashier.answer_to(charge.reference, scope.reply_address().to_text());
    if (!pending.is_new) return;
    v1::SettleCharge reminder;
    reminder.set_payment_id(pending.payment_id.to_string());
    scope.schedule(options_.slow_after, "payment", reminder, {.reply_to = ""});
  }

  void take(const Refund& refund, Cashier& cashier, Scope& scope) const {
    scope.reply(to_contract(cashier.refund(refund)));
  }

  void take(const Settle& settle, Cashier& cashier, Scope& scope) const {
    const auto settled = cashier.settle(to_settle_.at(settle.payment_id));
    if (!settled) return;
    const auto address = waybill::outbox::ReplyAddress::parse(settled->reply_address);
    if (!address) {
      throw Permanent("payment " + settle.payment_id.to_string() + " has an address that cannot be read");
    }
    scope.answer(*address, to_contract(settled->answer));
  }

  const CommandOptions& options_;
  waybill::postgres::Tx& tx_;
  std::span<const Item> items_;
  std::vector<Command> commands_;
  std::map<Uuid, Reference> to_settle_;
};

}  // namespace

Handlers command_handlers(CommandOptions options) {
  Handlers handlers;
  handlers.on_batch_of<v1::ChargePayment, v1::RefundPayment, v1::SettleCharge>(
      [options = std::move(options)](std::span<const Item> items, waybill::postgres::Tx& tx) {
        CommandBatch(options, tx, items).run();
      });
  return handlers;
}

}  // namespace shop::payment
