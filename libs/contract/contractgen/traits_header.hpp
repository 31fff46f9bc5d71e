#pragma once

#include <string>

#include "contract_file.hpp"

namespace waybill::contractgen {

/// "shop/order/v1/order.proto" → "shop/order/v1/order.contract.hpp".
std::string traits_header_path(const std::string& proto_path);

/// The header with waybill::contract::traits for each contract of the file. It declares the generated classes
/// and includes nothing of protobuf.
std::string traits_header(const ContractFile& file);

}  // namespace waybill::contractgen
