#include "api/product_requests.hpp"

#include <optional>
#include <utility>

#include "waybill/http/json_body.hpp"

namespace shop::inventory::api {
namespace {

using waybill::http::JsonBody;
using waybill::http::JsonObject;
using waybill::http::Problem;
using waybill::http::Request;

// Ten million in a currency with cents: a typing error is above it, an order's total far below what 64 bits
// hold.
constexpr std::int64_t most_minor_units = 1'000'000'000;

std::optional<std::string> parse_currency(std::string_view text) {
  if (!is_currency(text)) return std::nullopt;
  return std::string(text);
}

Money read_money(JsonObject& object) {
  Money money;
  money.minor_units = object.integer("minor_units", 0, most_minor_units);
  money.currency =
      object.parsed<std::string>("currency", "three capital letters such as 'EUR'", parse_currency);
  return money;
}

}  // namespace

boost::system::result<ProductWish, Problem> read_product(const Request& request) {
  ProductWish wish{.sku = request.path_parameter("sku"), .name = {}, .price = {}};
  if (!is_sku(wish.sku)) {
    return Problem{.status = 400,
                   .name = "sku-invalid",
                   .title = "The SKU in the path is none",
                   .detail = "a SKU is a letter or digit, then up to 63 letters, digits, '.', '_' and '-'"};
  }
  JsonBody body(request.body);
  wish.name = body.text("name", {.min = 1, .max = 200});
  wish.price = body.object<Money>("price", read_money);
  if (auto problem = body.problem()) return *std::move(problem);
  return wish;
}

boost::system::result<RestockWish, Problem> read_restock(const Request& request) {
  RestockWish wish{.sku = request.path_parameter("sku")};
  JsonBody body(request.body);
  wish.quantity = body.integer("quantity", 1, 1'000'000);
  if (auto problem = body.problem()) return *std::move(problem);
  return wish;
}

}  // namespace shop::inventory::api
