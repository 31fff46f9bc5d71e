#pragma once

#include <string>

#include "domain/order.hpp"
#include "waybill/saga/journal.hpp"

namespace shop::order {

/// An order as the API shows it.
std::string json_of(const Order& order);

/// One thing that has happened to an order: when, in words, and where that leaves it.
std::string json_of(const waybill::saga::JournalEntry& entry);

}  // namespace shop::order
