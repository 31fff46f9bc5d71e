#include "api/payments_api.hpp"

#include <optional>
#include <string>
#include <tuple>

#include "api/payment_json.hpp"
#include "persistence/ledger.hpp"
#include "persistence/payments.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/http/page.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/query.hpp"

namespace shop::payment {
namespace {

namespace http = waybill::http;
using waybill::base::Uuid;
using waybill::postgres::Tx;

http::Response list_payments(const http::Request& request, Tx& tx) {
  http::Query query(request.query());
  const auto order_id = query.optional_uuid("order_id");
  const auto page = http::PageRequest<Uuid>::read(query, "payments");
  if (auto problem = query.problem()) return http::to_response(*problem);
  const auto before = page.after ? std::optional(std::get<0>(*page.after)) : std::nullopt;
  const auto found = payments::list(tx, order_id, before, page.limit + 1);
  return http::page_of(
      request, page, found, [](const payments::Stored& stored) { return stored.payment.id; },
      [](const payments::Stored& stored) { return to_json(stored); });
}

http::Response show_payment(const http::Request& request, Tx& tx) {
  const auto id = Uuid::parse(request.path_parameter("id"));
  const auto found = id ? payments::find(tx, *id) : std::nullopt;
  if (!found) {
    return http::to_response(
        {.status = 404,
         .name = "payment-unknown",
         .title = "There is no such payment",
         .detail = "No payment has this id; the listing of payments has those there are"});
  }
  return http::json_response(200, to_json(*found, ledger::transfers_of(tx, found->payment.id)));
}

http::Response show_ledger(const http::Request&, Tx& tx) {
  return http::json_response(200, to_json(ledger::balances(tx)));
}

}  // namespace

void serve_payments(waybill::service::Service& service) {
  service.show("/api/v1/payments", list_payments, {.scope = "payments:read", .has_query = true});
  service.show("/api/v1/payments/{id}", show_payment, {.scope = "payments:read"});
  service.show("/api/v1/ledger", show_ledger, {.scope = "payments:read"});
}

}  // namespace shop::payment
