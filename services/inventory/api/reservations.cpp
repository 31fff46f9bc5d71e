#include "api/reservations.hpp"

#include <nlohmann/json.hpp>

#include "api/money_json.hpp"
#include "persistence/reservations.hpp"
#include "persistence/state_texts.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/http/page.hpp"

namespace shop::inventory::api {
namespace {

using nlohmann::ordered_json;
using reservations::Listed;
using waybill::http::PageRequest;
using waybill::http::Query;
using waybill::http::Request;
using waybill::http::Response;

template <class E>
std::string_view text_of(E value) {
  for (const auto& [each, text] : waybill::postgres::EnumTexts<E>::texts) {
    if (each == value) return text;
  }
  return {};
}

ordered_json json_of(const Listed& listed) {
  const auto& reservation = listed.reservation;
  ordered_json json{{"id", reservation.id.to_string()},
                    {"order_id", reservation.order_id},
                    {"status", text_of(reservation.state)},
                    {"saga_id", reservation.reference.saga.to_string()},
                    {"step", reservation.reference.step},
                    {"epoch", reservation.reference.epoch},
                    {"lines", ordered_json::array()},
                    {"created_at", waybill::base::format_timestamp_ms(listed.created_at)}};
  for (const auto& line : reservation.lines) {
    json["lines"].push_back({{"sku", line.sku},
                             {"quantity", line.quantity},
                             {"unit_price", money_json({line.unit_price, reservation.currency.value()})}});
  }
  if (const auto total = total_of(reservation.lines); total && reservation.currency) {
    json["total"] = money_json({*total, *reservation.currency});
  }
  if (reservation.refusal) {
    json["reason"] = text_of(*reservation.refusal);
    json["shortages"] = ordered_json::array();
    for (const auto& each : reservation.shortages) {
      json["shortages"].push_back(
          {{"sku", each.sku}, {"requested", each.requested}, {"available", each.available}});
    }
  }
  if (listed.ended_at) json["ended_at"] = waybill::base::format_timestamp_ms(*listed.ended_at);
  return json;
}

}  // namespace

Response list_reservations(const Request& request, waybill::postgres::Tx& tx) {
  Query query(request.query());
  reservations::Filter filter;
  filter.order_id = query.optional_text("order_id", {.min = 1, .max = 64});
  filter.open_only = query.optional_boolean("open").value_or(false);
  const auto page = PageRequest<Uuid>::read(query, "reservations");
  if (auto problem = query.problem()) return waybill::http::to_response(*problem);
  const auto after = page.after ? std::get<0>(*page.after) : Uuid();
  const auto found = reservations::list(tx, filter, after, page.limit + 1);
  return waybill::http::page_of(
      request, page, found, [](const Listed& listed) { return listed.reservation.id; },
      [](const Listed& listed) { return json_of(listed).dump(); });
}

}  // namespace shop::inventory::api
