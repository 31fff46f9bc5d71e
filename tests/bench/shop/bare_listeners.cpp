#include "bare_listeners.hpp"

#include <array>
#include <string>

#include "waybill/base/uuid_v7.hpp"

namespace waybill::bench {
namespace {

bool is_placed(const BareDelivery& delivery) { return delivery.type == "shop.order.v1.OrderPlaced"; }

void handle_events(const std::vector<BareDelivery>& deliveries, BareSql& sql, BareOutbox& outbox) {
  ArrayText ids;
  ArrayText events;
  ArrayText names;
  ArrayText orders;
  for (const auto& delivery : deliveries) {
    const std::string name = is_placed(delivery) ? "placed" : "confirmed";
    // Its message has the notification's own id.
    const auto id = base::new_uuid_v7().to_string();
    ids.add(id);
    events.add(delivery.id);
    names.add(name);
    orders.add(delivery.order);
    outbox.add({"notifications", "notification.email.order." + name, id,
                "shop.notification.v1.NotificationRequested", delivery.order},
               "event");
  }
  sql.send("request", std::array{ids.take(), events.take(), names.take(), orders.take()});
}

void handle_emails(const std::vector<BareDelivery>& deliveries, BareSql& sql, BareOutbox&) {
  ArrayText ids;
  for (const auto& delivery : deliveries) ids.add(delivery.id);
  sql.send("deliver", std::array{ids.take()});
}

void count_orders(const std::vector<BareDelivery>& deliveries, BareSql& sql, BareOutbox&) {
  ArrayText placed;
  ArrayText ended;
  long placed_count = 0;
  long ended_count = 0;
  for (const auto& delivery : deliveries) {
    (is_placed(delivery) ? placed : ended).add(delivery.order);
    ++(is_placed(delivery) ? placed_count : ended_count);
  }
  if (placed_count > 0) sql.send("place", std::array{placed.take()});
  if (ended_count > 0) sql.send("end", std::array{ended.take()});
  sql.send("count", std::array{std::string("open"), std::to_string(placed_count - ended_count)});
  if (ended_count == 0) return;
  sql.send("count", std::array{std::string("confirmed"), std::to_string(ended_count)});
  sql.send("earn", std::array{std::to_string(ended_count)});
}

}  // namespace

std::unique_ptr<BareWorker> bare_notifications(BareService& notification) {
  const std::vector<BareWorker::Statement> statements{
      {"request",
       "INSERT INTO notification (id, event_id, event, order_id, customer_id, channel, recipient, status) "
       "SELECT id, event_id, event, order_id, 'c-4711', 'email', 'c-4711@example.com', 'requested' "
       "FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) AS given (id, event_id, event, "
       "order_id)"}};
  return std::make_unique<BareWorker>(notification, "notification.events", "notification.events", statements,
                                      handle_events);
}

std::unique_ptr<BareWorker> bare_emails(BareService& notification) {
  const std::vector<BareWorker::Statement> statements{
      {"deliver",
       "UPDATE notification SET status = 'delivered', delivered_at = clock_timestamp(), "
       "subject = 'Your order is confirmed' WHERE id = ANY($1::uuid[])"}};
  return std::make_unique<BareWorker>(notification, "notification.email", "notification.email", statements,
                                      handle_emails);
}

std::unique_ptr<BareWorker> bare_analytics(BareService& analytics) {
  const std::vector<BareWorker::Statement> statements{
      {"place",
       "INSERT INTO order_status (order_id, placed_at) SELECT id, clock_timestamp() "
       "FROM unnest($1::uuid[]) AS id"},
      {"end",
       "UPDATE order_status SET ended_at = clock_timestamp(), outcome = 'confirmed', currency = 'EUR', "
       "minor_units = 5997 WHERE order_id = ANY($1::uuid[])"},
      {"count",
       "INSERT INTO order_count AS known (status, reason, orders) VALUES ($1, '', greatest($2::bigint, 0)) "
       "ON CONFLICT (status, reason) DO UPDATE SET orders = known.orders + $2::bigint"},
      {"earn",
       "INSERT INTO revenue_by_day AS known (day, currency, orders, minor_units) "
       "VALUES (current_date, 'EUR', $1::bigint, $1::bigint * 5997) ON CONFLICT (day, currency) DO UPDATE "
       "SET orders = known.orders + excluded.orders, minor_units = known.minor_units + "
       "excluded.minor_units"}};
  return std::make_unique<BareWorker>(analytics, "analytics.events", "analytics.events", statements,
                                      count_orders);
}

}  // namespace waybill::bench
