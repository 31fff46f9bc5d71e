#include "persistence/catalogue.hpp"

#include <utility>

namespace shop::inventory::catalogue {
namespace {

using waybill::postgres::Sql;
using waybill::postgres::Tx;

constexpr Sql find_product =
    "SELECT sku, name, price_minor_units, currency, available, reserved, sold, revision FROM product "
    "WHERE sku = $1";
constexpr Sql lock_product =
    "SELECT sku, name, price_minor_units, currency, available, reserved, sold, revision FROM product "
    "WHERE sku = $1 FOR NO KEY UPDATE";
constexpr Sql list_products =
    "SELECT sku, name, price_minor_units, currency, available, reserved, sold, revision FROM product "
    "WHERE sku > $1 ORDER BY sku LIMIT $2";
constexpr Sql insert_product =
    "INSERT INTO product (sku, name, price_minor_units, currency) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING "
    "RETURNING sku, name, price_minor_units, currency, available, reserved, sold, revision";
constexpr Sql change_product =
    "UPDATE product SET name = $2, price_minor_units = $3, currency = $4, revision = revision + 1, "
    "  changed_at = now() WHERE sku = $1 "
    "RETURNING sku, name, price_minor_units, currency, available, reserved, sold, revision";
constexpr Sql receive_pieces =
    "UPDATE product SET available = available + $2, received = received + $2, revision = revision + 1, "
    "  changed_at = now() WHERE sku = $1 "
    "RETURNING sku, name, price_minor_units, currency, available, reserved, sold, revision";

struct ProductRow {
  std::string sku;
  std::string name;
  std::int64_t price = 0;
  std::string currency;
  std::int64_t available = 0;
  std::int64_t reserved = 0;
  std::int64_t sold = 0;
  std::int64_t revision = 0;
  static constexpr auto columns = waybill::postgres::columns(
      &ProductRow::sku, &ProductRow::name, &ProductRow::price, &ProductRow::currency, &ProductRow::available,
      &ProductRow::reserved, &ProductRow::sold, &ProductRow::revision);
};

Product product_of(ProductRow row) {
  return {.sku = std::move(row.sku),
          .name = std::move(row.name),
          .price = {row.price, std::move(row.currency)},
          .available = row.available,
          .reserved = row.reserved,
          .sold = row.sold,
          .revision = row.revision};
}

std::optional<Product> product_of(std::optional<ProductRow> row) {
  if (!row) return std::nullopt;
  return product_of(*std::move(row));
}

}  // namespace

std::optional<Product> find(Tx& tx, const std::string& sku) {
  return product_of(tx.query_optional<ProductRow>(find_product, sku));
}

std::optional<Product> lock(Tx& tx, const std::string& sku) {
  return product_of(tx.query_optional<ProductRow>(lock_product, sku));
}

std::vector<Product> list(Tx& tx, const std::string& after, std::int64_t most) {
  std::vector<Product> products;
  for (auto& row : tx.query<ProductRow>(list_products, after, most)) {
    products.push_back(product_of(std::move(row)));
  }
  return products;
}

std::optional<Product> insert(Tx& tx, const std::string& sku, const std::string& name, const Money& price) {
  return product_of(
      tx.query_optional<ProductRow>(insert_product, sku, name, price.minor_units, price.currency));
}

Product change(Tx& tx, const std::string& sku, const std::string& name, const Money& price) {
  return product_of(tx.query_one<ProductRow>(change_product, sku, name, price.minor_units, price.currency));
}

Product receive(Tx& tx, const std::string& sku, std::int64_t quantity) {
  return product_of(tx.query_one<ProductRow>(receive_pieces, sku, quantity));
}

}  // namespace shop::inventory::catalogue
