#include "persistence/orders.hpp"

#include <utility>

#include "persistence/columns.hpp"

namespace shop::order::orders {
namespace {

using waybill::base::Uuid, waybill::base::WallTime;
using waybill::postgres::Json, waybill::postgres::Sql, waybill::postgres::Tx;

constexpr Sql insert_order =
    "INSERT INTO orders (id, saga_id, client, customer_id, contact, lines, placed_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";
constexpr Sql find_order =
    "SELECT id, saga_id, client, customer_id, contact, lines, status, reason, total_minor, currency, "
    "       placed_at, ended_at, revision "
    "FROM orders WHERE id = $1 AND client = $2";
// One index or the other finds them in their order, whichever filters there are.
constexpr Sql list_orders =
    "SELECT id, saga_id, client, customer_id, contact, lines, status, reason, total_minor, currency, "
    "       placed_at, ended_at, revision "
    "FROM orders WHERE client = $1 AND id < $2 AND ($3::text IS NULL OR status = $3) "
    "ORDER BY id DESC LIMIT $4";
constexpr Sql list_orders_of_customer =
    "SELECT id, saga_id, client, customer_id, contact, lines, status, reason, total_minor, currency, "
    "       placed_at, ended_at, revision "
    "FROM orders WHERE client = $1 AND id < $2 AND ($3::text IS NULL OR status = $3) AND customer_id = $5 "
    "ORDER BY id DESC LIMIT $4";
constexpr Sql turn_orders =
    "UPDATE orders SET status = given.status, reason = given.reason, "
    "       total_minor = given.total_minor, currency = given.currency, "
    "       lines = coalesce(given.lines, orders.lines), ended_at = given.ended_at, "
    "       revision = orders.revision + 1 "
    "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::jsonb[], "
    "            $7::timestamptz[]) "
    "     AS given (id, status, reason, total_minor, currency, lines, ended_at) "
    "WHERE orders.id = given.id "
    // An undo that is asked for again is nothing new to a client.
    "  AND (orders.status, orders.reason) IS DISTINCT FROM (given.status, given.reason)";

struct Row {
  Uuid id;
  Uuid saga;
  std::string client;
  std::string customer_id;
  Json contact;
  Json lines;
  Status status = Status::placed;
  std::optional<Reason> reason;
  std::optional<std::int64_t> total_minor;
  std::optional<std::string> currency;
  WallTime placed_at;
  std::optional<WallTime> ended_at;
  std::int64_t revision = 0;
  static constexpr auto columns = waybill::postgres::columns(
      &Row::id, &Row::saga, &Row::client, &Row::customer_id, &Row::contact, &Row::lines, &Row::status,
      &Row::reason, &Row::total_minor, &Row::currency, &Row::placed_at, &Row::ended_at, &Row::revision);
};

Order order_of(Row row) {
  Order order{.id = row.id,
              .saga = row.saga,
              .client = std::move(row.client),
              .customer_id = std::move(row.customer_id),
              .contact = contact_of(row.contact),
              .lines = lines_of(row.lines, row.currency.value_or("")),
              .status = row.status,
              .reason = row.reason,
              .placed_at = row.placed_at,
              .ended_at = row.ended_at,
              .revision = row.revision};
  if (row.total_minor) order.total = Money{*row.total_minor, row.currency.value_or("")};
  return order;
}

}  // namespace

void insert(Tx& tx, const Order& order) {
  tx.pipeline(insert_order, order.id, order.saga, order.client, order.customer_id,
              contact_column(order.contact), lines_column(order.lines), order.placed_at);
}

std::optional<Order> find(Tx& tx, const std::string& client, const Uuid& id) {
  auto row = tx.query_optional<Row>(find_order, id, client);
  if (!row) return std::nullopt;
  return order_of(*std::move(row));
}

std::vector<Order> list(Tx& tx, const Filter& filter, const std::optional<Uuid>& before, std::int64_t most) {
  const auto from = before.value_or(Uuid::max());
  auto rows = filter.customer_id ? tx.query<Row>(list_orders_of_customer, filter.client, from, filter.status,
                                                 most, *filter.customer_id)
                                 : tx.query<Row>(list_orders, filter.client, from, filter.status, most);
  std::vector<Order> orders;
  orders.reserve(rows.size());
  for (auto& row : rows) orders.push_back(order_of(std::move(row)));
  return orders;
}

void turn(Tx& tx, std::span<const Turn> turns) {
  if (turns.empty()) return;
  std::vector<Uuid> id;
  std::vector<Status> status;
  std::vector<std::optional<Reason>> reason;
  std::vector<std::optional<std::int64_t>> total_minor;
  std::vector<std::optional<std::string>> currency;
  std::vector<std::optional<Json>> lines;
  std::vector<std::optional<WallTime>> ended_at;
  for (const auto& each : turns) {
    id.push_back(each.id);
    status.push_back(each.status);
    reason.push_back(each.reason);
    total_minor.push_back(each.total ? std::optional(each.total->minor_units) : std::nullopt);
    currency.push_back(each.total ? std::optional(each.total->currency) : std::nullopt);
    lines.push_back(each.lines.empty() ? std::nullopt : std::optional(lines_column(each.lines)));
    ended_at.push_back(each.ended_at);
  }
  tx.pipeline(turn_orders, id, status, reason, total_minor, currency, lines, ended_at);
}

}  // namespace shop::order::orders
