#pragma once

#include <memory>
#include <string>

#include "waybill/contract/payload.hpp"

namespace waybill::saga {

/// What a participant of a trip answers with.
struct AnyAnswer {
  std::string type;
  std::shared_ptr<contract::Payload> payload;
};

AnyAnswer seat_reserved();  // seat 12A at 4500
AnyAnswer train_is_full();
AnyAnswer seat_released();
AnyAnswer card_charged();
AnyAnswer card_declined();  // "over the limit"
AnyAnswer card_refunded();
AnyAnswer ticket_issued();  // ticket T-1

}  // namespace waybill::saga
