#include "persistence/notifications.hpp"

#include <algorithm>

#include "persistence/enum_texts.hpp"

namespace shop::notification::persistence {
namespace {

using waybill::base::Uuid;
using waybill::base::WallTime;
using waybill::postgres::Sql;
using waybill::postgres::Tx;

constexpr Sql insert_all =
    "INSERT INTO notification (id, event_id, event, order_id, customer_id, channel, recipient, status) "
    "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], "
    "$7::text[], $8::text[]) ON CONFLICT DO NOTHING";

constexpr Sql lock_all =
    "SELECT id, status, requested_at FROM notification WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";

constexpr Sql deliver_all =
    "UPDATE notification AS row SET status = 'delivered', delivered_at = clock_timestamp(), "
    "subject = nullif(given.subject, '') "
    "FROM unnest($1::uuid[], $2::text[]) AS given (id, subject) WHERE row.id = given.id";

// Each has an index that is in the order of the listing.
constexpr Sql list_all =
    "SELECT id, event, order_id, customer_id, channel, recipient, status, subject, requested_at, "
    "delivered_at FROM notification WHERE id < $1 ORDER BY id DESC LIMIT $2";
constexpr Sql list_of_customer =
    "SELECT id, event, order_id, customer_id, channel, recipient, status, subject, requested_at, "
    "delivered_at FROM notification WHERE customer_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2";
constexpr Sql list_of_order =
    "SELECT id, event, order_id, customer_id, channel, recipient, status, subject, requested_at, "
    "delivered_at FROM notification WHERE order_id = $3 AND id < $1 "
    "AND ($4::text IS NULL OR customer_id = $4) ORDER BY id DESC LIMIT $2";

}  // namespace

void insert(Tx& tx, std::span<const Requested> notifications) {
  // Two transactions that insert the same ones wait for each other in one order.
  std::vector<const Requested*> sorted;
  for (const auto& each : notifications) sorted.push_back(&each);
  std::ranges::sort(sorted, {}, [](const Requested* each) { return each->decision.id; });
  std::vector<Uuid> ids;
  std::vector<Uuid> event_ids;
  std::vector<Event> events;
  std::vector<Uuid> orders;
  std::vector<std::string> customers;
  std::vector<Channel> channels;
  std::vector<std::string> recipients;
  std::vector<Status> states;
  for (const auto* each : sorted) {
    ids.push_back(each->decision.id);
    event_ids.push_back(each->event->id);
    events.push_back(each->event->event);
    orders.push_back(each->event->order_id);
    customers.push_back(each->event->customer_id);
    channels.push_back(each->decision.channel);
    recipients.push_back(each->decision.recipient);
    states.push_back(each->decision.status);
  }
  tx.pipeline(insert_all, ids, event_ids, events, orders, customers, channels, recipients, states);
}

std::unordered_map<Uuid, Known> lock(Tx& tx, std::vector<Uuid> ids) {
  std::ranges::sort(ids);
  std::unordered_map<Uuid, Known> known;
  for (const auto& [id, status, requested_at] : tx.query<Uuid, Status, WallTime>(lock_all, ids)) {
    known.emplace(id, Known{status, requested_at});
  }
  return known;
}

void set_delivered(Tx& tx, std::span<const Delivery> deliveries) {
  std::vector<Uuid> ids;
  std::vector<std::string> subjects;
  for (const auto& delivery : deliveries) {
    ids.push_back(delivery.id);
    subjects.push_back(delivery.words.subject);
  }
  tx.pipeline(deliver_all, ids, subjects);
}

std::vector<Notification> list(Tx& tx, const Filter& filter, const std::optional<Uuid>& after,
                               std::int64_t most) {
  const auto before = after.value_or(Uuid::max());
  if (filter.order_id) {
    return tx.query<Notification>(list_of_order, before, most, *filter.order_id, filter.customer_id);
  }
  if (filter.customer_id) return tx.query<Notification>(list_of_customer, before, most, *filter.customer_id);
  return tx.query<Notification>(list_all, before, most);
}

}  // namespace shop::notification::persistence
