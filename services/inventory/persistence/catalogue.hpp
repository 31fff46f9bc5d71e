#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/product.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::inventory::catalogue {

std::optional<Product> find(waybill::postgres::Tx& tx, const std::string& sku);
/// The same, and nobody else changes it until the transaction ends.
std::optional<Product> lock(waybill::postgres::Tx& tx, const std::string& sku);
/// In the order of their SKUs, those behind `after`.
std::vector<Product> list(waybill::postgres::Tx& tx, const std::string& after, std::int64_t most);

/// A product without stock. Nothing where the SKU is taken meanwhile.
std::optional<Product> insert(waybill::postgres::Tx& tx, const std::string& sku, const std::string& name,
                              const Money& price);
/// Of one that is locked; what it is then.
Product change(waybill::postgres::Tx& tx, const std::string& sku, const std::string& name,
               const Money& price);
Product receive(waybill::postgres::Tx& tx, const std::string& sku, std::int64_t quantity);

}  // namespace shop::inventory::catalogue
