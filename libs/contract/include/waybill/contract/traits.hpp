#pragma once

#include <cstddef>
#include <string_view>

#include "waybill/contract/kind.hpp"

namespace waybill::contract {

/// A list of types that need not be complete.
template <class... Listed>
struct types {
  static constexpr std::size_t size = sizeof...(Listed);
};

/// What the compiler knows of a contract, without the generated class. contractgen specialises it for each
/// message that has a kind, in <package>/<file>.contract.hpp:
///
///   static constexpr std::string_view name = "shop.inventory.v1.ReserveStock";
///   static constexpr Kind kind = Kind::command;
///   using replies = types<::shop::inventory::v1::StockReserved, ::shop::inventory::v1::StockRefused>;
///
/// Only a command has replies; the list of any other message is empty.
template <class Message>
struct traits;

}  // namespace waybill::contract
