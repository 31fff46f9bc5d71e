#pragma once

#include "domain/cashier.hpp"
#include "shop/payment/v1/payment.pb.h"

namespace shop::payment {

/// The domain's answers in the words of the contract.
v1::PaymentCharged to_contract(const Charged& charged);
v1::PaymentDeclined to_contract(const Declined& declined);
v1::PaymentRefunded to_contract(const Refunded& refunded);

}  // namespace shop::payment
