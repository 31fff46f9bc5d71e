#include "waybill/contract/payload.hpp"

#include <google/protobuf/message.h>

namespace waybill::contract {

void PayloadDeleter::operator()(Payload* payload) const { delete payload; }

}  // namespace waybill::contract
