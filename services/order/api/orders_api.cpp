#include "api/orders_api.hpp"

#include <optional>
#include <string>
#include <utility>

#include "api/order_json.hpp"
#include "api/order_stream.hpp"
#include "api/problems.hpp"
#include "api/read_order.hpp"
#include "persistence/orders.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/http/entity_tag.hpp"
#include "waybill/http/page.hpp"
#include "waybill/http/query.hpp"

namespace shop::order {
namespace {

namespace http = waybill::http;
using waybill::accept::Scope;
using waybill::base::Uuid;
using waybill::postgres::Tx;
using waybill::saga::Cancellation, waybill::saga::Definition, waybill::saga::Engine;

std::optional<Order> order_of_path(const http::Request& request, Tx& tx) {
  const auto id = Uuid::parse(request.path_parameter("id"));
  return id ? orders::find(tx, request.client, *id) : std::nullopt;
}

http::Response accept_order(const Engine& engine, const Definition<PlaceOrder>& place_order,
                            const NewOrder& wanted, Scope& scope) {
  Order order;
  order.id = waybill::base::new_uuid_v7();
  order.saga = engine.begin(scope, place_order, order.id.to_string(), saga_of(order.id, wanted));
  order.client = scope.request().client;
  order.customer_id = wanted.customer_id;
  order.contact = wanted.contact;
  for (const auto& line : wanted.lines) order.lines.push_back({line.sku, line.quantity, {}});
  order.placed_at = waybill::base::system_clock().wall();
  orders::insert(scope.tx(), order);
  return http::json_response(202, json_of(order)).with("Location", "/api/v1/orders/" + order.id.to_string());
}

http::Response show_order(const http::Request& request, Tx& tx) {
  const auto order = order_of_path(request, tx);
  if (!order) return http::to_response(no_such_order());
  return http::tagged(request, http::EntityTag::of_revision(static_cast<std::uint64_t>(order->revision)),
                      http::json_response(200, json_of(*order)));
}

http::Response list_orders(const http::Request& request, Tx& tx) {
  http::Query query(request.query());
  orders::Filter filter{.client = request.client};
  filter.status = query.optional_one_of<Status>("status", {{"placed", Status::placed},
                                                           {"cancelling", Status::cancelling},
                                                           {"confirmed", Status::confirmed},
                                                           {"cancelled", Status::cancelled}});
  filter.customer_id = query.optional_text("customer_id", {.min = 1, .max = 64});
  const auto page = http::PageRequest<Uuid>::read(query, "orders");
  if (const auto problem = query.problem()) return http::to_response(*problem);
  const auto before = page.after ? std::optional(std::get<0>(*page.after)) : std::nullopt;
  const auto found = orders::list(tx, filter, before, page.limit + 1);
  return http::page_of(request, page, found, &Order::id, [](const Order& order) { return json_of(order); });
}

http::Response cancel_order(const Engine& engine, const http::Request& request, Scope& scope) {
  auto order = order_of_path(request, scope.tx());
  if (!order) return http::to_response(no_such_order());
  // Its saga may be gone, long after its end.
  if (order->status == Status::confirmed) return http::to_response(too_late());
  if (order->status == Status::cancelled) return http::json_response(202, json_of(*order));
  switch (engine.cancel(scope, saga_name, order->id.to_string(), request.client)) {
    case Cancellation::accepted:
      // As it is now: the cancellation may have been the second, or have come while it was being undone.
      order = orders::find(scope.tx(), request.client, order->id);
      return http::json_response(202, json_of(order.value()));
    case Cancellation::not_now:
      return http::to_response(not_now());
    case Cancellation::too_late:
    case Cancellation::unknown:
      break;
  }
  return http::to_response(too_late());
}

http::Response show_timeline(const http::Request& request, Tx& tx) {
  const auto order = order_of_path(request, tx);
  if (!order) return http::to_response(no_such_order());
  std::string items;
  for (const auto& entry : Engine::journal(tx, order->saga)) {
    items += (items.empty() ? "" : ",") + json_of(entry);
  }
  return http::json_response(200, "{\"items\":[" + items + "]}");
}

/// Nothing to read: a cancellation has no body, or an empty object.
boost::system::result<std::string, http::Problem> no_body(const http::Request& request) {
  if (request.body.empty() || request.body == "{}") return std::string();
  return unwanted_body();
}

}  // namespace

void answer_orders(waybill::service::Service& service, const std::shared_ptr<const Engine>& engine,
                   const Definition<PlaceOrder>& place_order) {
  const http::RouteOptions reads{.scope = "orders:read"};
  const http::RouteOptions writes{.scope = "orders:write"};
  service.accept(
      http::Method::post, "/api/v1/orders", read_order,
      [engine, place_order](const NewOrder& wanted, Scope& scope) {
        return accept_order(*engine, place_order, wanted, scope);
      },
      writes);
  service.show("/api/v1/orders", list_orders, {.scope = "orders:read", .has_query = true});
  service.show("/api/v1/orders/{id}", show_order, reads);
  service.show("/api/v1/orders/{id}/timeline", show_timeline, reads);
  stream_orders(service, reads);
  service.accept(
      http::Method::post, "/api/v1/orders/{id}/cancel", no_body,
      [engine](const std::string&, Scope& scope) { return cancel_order(*engine, scope.request(), scope); },
      writes, waybill::accept::Sharing::alone);
}

}  // namespace shop::order
