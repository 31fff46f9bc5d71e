#include "api/notifications_api.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api/customer_id.hpp"
#include "persistence/notifications.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/http/page.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/query.hpp"

namespace shop::notification {
namespace {

using nlohmann::ordered_json;
using persistence::Notification;
using Page = waybill::http::PageRequest<waybill::base::Uuid>;

std::string json_of(const Notification& notification) {
  ordered_json json{{"id", notification.id.to_string()},
                    {"order_id", notification.order_id.to_string()},
                    {"customer_id", notification.customer_id},
                    {"event", to_string(notification.event)},
                    {"channel", to_string(notification.channel)},
                    {"recipient", notification.recipient},
                    {"status", to_string(notification.status)},
                    {"requested_at", waybill::base::format_timestamp_ms(notification.requested_at)}};
  if (notification.subject) json["subject"] = *notification.subject;
  if (notification.delivered_at)
    json["delivered_at"] = waybill::base::format_timestamp_ms(*notification.delivered_at);
  return json.dump();
}

}  // namespace

waybill::http::Response list_notifications(const waybill::http::Request& request, waybill::postgres::Tx& tx) {
  waybill::http::Query query(request.query());
  persistence::Filter filter{.order_id = query.optional_uuid("order_id"),
                             .customer_id = query.optional_text("customer_id", {.min = 1, .max = 64})};
  if (filter.customer_id && !is_customer_id(*filter.customer_id)) {
    query.refuse("customer_id", "is no id of a customer: it takes " + std::string(customer_id_form));
  }
  const auto page = Page::read(query, "notifications");
  if (const auto problem = query.problem()) return waybill::http::to_response(*problem);
  const auto after = page.after ? std::optional(std::get<0>(*page.after)) : std::nullopt;
  const auto found = persistence::list(tx, filter, after, page.limit + 1);
  return waybill::http::page_of(request, page, found, &Notification::id,
                                [](const Notification& notification) { return json_of(notification); });
}

}  // namespace shop::notification
