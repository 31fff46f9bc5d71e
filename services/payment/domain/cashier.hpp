#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/ledger.hpp"
#include "domain/payment.hpp"
#include "domain/provider.hpp"
#include "waybill/base/uuid.hpp"

namespace shop::payment {

struct Charge {
  Reference reference{};
  waybill::base::Uuid order_id{};
  std::string customer_id{};
  Money amount{};
  std::string token{};
};
struct Refund {
  Reference reference{};
  waybill::base::Uuid order_id{};
};

/// What is answered to a charge.
struct Charged {
  waybill::base::Uuid payment_id{};
  waybill::base::Uuid order_id{};
  Money amount{};
  friend bool operator==(const Charged&, const Charged&) = default;
};
struct Declined {
  waybill::base::Uuid order_id{};
  DeclineReason reason = DeclineReason::means_refused;
  std::string explanation{};
  friend bool operator==(const Declined&, const Declined&) = default;
};
/// Nothing yet: the payment is pending. `is_new` tells who has to see to it that it is settled.
struct Pending {
  waybill::base::Uuid payment_id{};
  bool is_new = false;
  friend bool operator==(const Pending&, const Pending&) = default;
};
using ChargeAnswer = std::variant<Charged, Declined, Pending>;

/// What is answered to a refund, always.
struct Refunded {
  waybill::base::Uuid order_id{};
  /// Nothing where nothing had been taken.
  std::optional<Charged> taken{};
  friend bool operator==(const Refunded&, const Refunded&) = default;
};

/// A pending charge that has been made now, and where its answer goes.
struct Settled {
  Charged answer{};
  std::string reply_address{};
  friend bool operator==(const Settled&, const Settled&) = default;
};

/// Decides about the commands of one transaction, in the order in which they are given, and holds what is to
/// be stored because of them.
///
/// Promises: of each reference there is one payment, and of each payment one capture and one refund at most,
/// however often its commands come, and in whatever order; a repeated command gets the answer that it got
/// before, unless a refund has come between. Does not promise: that this holds beyond the payments it was
/// given; who gives them has locked their references. Concurrency: one thread.
class Cashier {
 public:
  using NewId = std::function<waybill::base::Uuid()>;

  Cashier(const std::vector<Payment>& known, Provider provider, NewId new_id);

  ChargeAnswer charge(const Charge& charge);
  Refunded refund(const Refund& refund);
  /// Nothing for what is not pending any more. ENSURE: there is a payment of that reference.
  std::optional<Settled> settle(const Reference& reference);
  /// Where the answer of a pending charge is to go. ENSURE: it is pending.
  void answer_to(const Reference& reference, std::string reply_address);

  /// New payments and those that are not as they were, sorted by their references.
  std::vector<Payment> changed() const;
  const std::vector<Transfer>& transfers() const { return transfers_; }

 private:
  struct Known {
    Payment payment;
    bool is_changed = false;
  };

  Payment& change(const Reference& reference);
  Payment& add(Payment payment);
  ChargeAnswer begin(const Charge& charge);
  void book(const Payment& payment, TransferKind kind);

  std::map<Reference, Known> payments_;
  std::vector<Transfer> transfers_;
  Provider provider_;
  NewId new_id_;
};

}  // namespace shop::payment
