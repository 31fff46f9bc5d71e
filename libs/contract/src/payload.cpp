#include "waybill/contract/payload.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace waybill::contract {

std::string_view name_of(const Payload& payload) { return payload.GetDescriptor()->full_name(); }

void PayloadDeleter::operator()(Payload* payload) const { delete payload; }

}  // namespace waybill::contract
