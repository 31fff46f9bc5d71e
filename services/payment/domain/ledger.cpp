#include "domain/ledger.hpp"

#include "waybill/base/ensure.hpp"

namespace shop::payment {

std::optional<Transfer> transfer_of(const Payment& payment, TransferKind kind,
                                    const waybill::base::Uuid& id) {
  ENSURE(payment.amount, "what was charged has an amount");
  if (payment.amount->minor_units == 0) return std::nullopt;
  const bool is_capture = kind == TransferKind::capture;
  return Transfer{.id = id,
                  .payment_id = payment.id,
                  .kind = kind,
                  .debit = is_capture ? Account::provider_clearing : Account::shop_revenue,
                  .credit = is_capture ? Account::shop_revenue : Account::provider_clearing,
                  .amount = *payment.amount};
}

}  // namespace shop::payment
