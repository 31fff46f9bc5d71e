#include "api/products.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/money_json.hpp"
#include "api/product_requests.hpp"
#include "persistence/catalogue.hpp"
#include "waybill/http/entity_tag.hpp"
#include "waybill/http/page.hpp"

namespace shop::inventory::api {
namespace {

using nlohmann::ordered_json;
using waybill::accept::Scope;
using waybill::http::EntityTag;
using waybill::http::PageRequest;
using waybill::http::Problem;
using waybill::http::Query;
using waybill::http::Request;
using waybill::http::Response;
using waybill::postgres::Tx;

ordered_json json_of(const Product& product) {
  return {{"sku", product.sku},
          {"name", product.name},
          {"price", money_json(product.price)},
          {"on_hand", product.on_hand()},
          {"reserved", product.reserved},
          {"sold", product.sold},
          {"available", product.available}};
}

EntityTag tag_of(const Product& product) {
  return EntityTag::of_revision(static_cast<std::uint64_t>(product.revision));
}

std::optional<EntityTag> tag_of(const std::optional<Product>& product) {
  if (!product) return std::nullopt;
  return tag_of(*product);
}

Response response_of(int status, const Product& product) {
  return waybill::http::json_response(status, json_of(product).dump()).with("ETag", tag_of(product).text());
}

Response unknown_product() {
  return waybill::http::to_response(Problem{.status = 404,
                                            .name = "product-unknown",
                                            .title = "There is no such product",
                                            .detail = "no product has this SKU; PUT it first"});
}

Response currency_is_settled(const Product& product) {
  return waybill::http::to_response(
      Problem{.status = 409,
              .name = "currency-settled",
              .title = "The currency of this product cannot change any more",
              .detail = "pieces are reserved or were sold in " + product.price.currency +
                        "; give a price in it, or a new SKU to what is sold in another one",
              .errors = {{.pointer = "#/price/currency", .detail = "is not " + product.price.currency}}});
}

}  // namespace

Response list_products(const Request& request, Tx& tx) {
  Query query(request.query());
  const auto page = PageRequest<std::string>::read(query, "products");
  if (auto problem = query.problem()) return waybill::http::to_response(*problem);
  const auto after = page.after ? std::get<0>(*page.after) : std::string();
  const auto products = catalogue::list(tx, after, page.limit + 1);
  return waybill::http::page_of(request, page, products, &Product::sku,
                                [](const Product& product) { return json_of(product).dump(); });
}

Response show_product(const Request& request, Tx& tx) {
  const auto product = catalogue::find(tx, request.path_parameter("sku"));
  if (!product) return unknown_product();
  return waybill::http::tagged(request, tag_of(*product),
                               waybill::http::json_response(200, json_of(*product).dump()));
}

Response show_availability(const Request& request, Tx& tx) {
  Query query(request.query());
  const auto quantity = query.integer("quantity", 1, 1'000'000);
  if (auto problem = query.problem()) return waybill::http::to_response(*problem);
  const auto product = catalogue::find(tx, request.path_parameter("sku"));
  if (!product) return unknown_product();
  const ordered_json answer{{"sku", product->sku},
                            {"quantity", quantity},
                            {"is_available", product->available >= quantity},
                            {"available", product->available}};
  return waybill::http::json_response(200, answer.dump());
}

Response put_product(const ProductWish& wish, Scope& scope) {
  auto& tx = scope.tx();
  // A second time, where somebody else has made it meanwhile: nobody takes it away again.
  for (;;) {
    const auto found = catalogue::lock(tx, wish.sku);
    if (auto refused = waybill::http::refuse_precondition(scope.request(), tag_of(found))) return *refused;
    if (found) {
      if (!may_cost(*found, wish.price)) return currency_is_settled(*found);
      if (found->name == wish.name && found->price == wish.price) return response_of(200, *found);
      return response_of(200, catalogue::change(tx, wish.sku, wish.name, wish.price));
    }
    if (const auto made = catalogue::insert(tx, wish.sku, wish.name, wish.price)) {
      return response_of(201, *made).with("Location", "/api/v1/products/" + wish.sku);
    }
  }
}

Response restock_product(const RestockWish& wish, Scope& scope) {
  const auto found = catalogue::lock(scope.tx(), wish.sku);
  if (!found) return unknown_product();
  if (auto refused = waybill::http::refuse_precondition(scope.request(), tag_of(found))) return *refused;
  return response_of(200, catalogue::receive(scope.tx(), wish.sku, wish.quantity));
}

}  // namespace shop::inventory::api
