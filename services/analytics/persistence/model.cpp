#include "persistence/model.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "domain/day.hpp"
#include "waybill/base/uuid_v7.hpp"

template <>
struct waybill::postgres::EnumTexts<shop::analytics::Reason> {
  static constexpr auto texts = shop::analytics::reason_words;
};

template <>
struct waybill::postgres::EnumTexts<shop::analytics::Outcome> {
  static constexpr std::array texts{std::pair{shop::analytics::Outcome::cancelled, "cancelled"},
                                    std::pair{shop::analytics::Outcome::confirmed, "confirmed"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::analytics::Status> {
  static constexpr std::array texts{std::pair{shop::analytics::Status::cancelled, "cancelled"},
                                    std::pair{shop::analytics::Status::confirmed, "confirmed"},
                                    std::pair{shop::analytics::Status::open, "open"}};
};

namespace shop::analytics::model {
namespace {

namespace base = waybill::base;
using waybill::postgres::Sql;

constexpr Sql lock_model = "SELECT pg_advisory_xact_lock(hashtextextended('shop.analytics model', 0))";

constexpr Sql find_orders =
    "SELECT order_id, placed_at, ended_at, outcome, reason, currency, minor_units "
    "FROM order_status WHERE order_id = ANY($1)";

constexpr Sql write_orders =
    "INSERT INTO order_status AS row "
    "       (order_id, placed_at, ended_at, outcome, reason, currency, minor_units) "
    "SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[], "
    "                     $6::text[], $7::bigint[]) "
    "ON CONFLICT (order_id) DO UPDATE "
    "SET placed_at = excluded.placed_at, ended_at = excluded.ended_at, outcome = excluded.outcome, "
    "    reason = excluded.reason, currency = excluded.currency, minor_units = excluded.minor_units";

// Where a number goes down, a row with the difference could not be inserted to begin with.
constexpr Sql begin_counts =
    "INSERT INTO order_count (status, reason, orders) "
    "SELECT status, reason, 0 FROM unnest($1::text[], $2::text[]) AS given (status, reason) "
    "ON CONFLICT DO NOTHING";
constexpr Sql add_to_counts =
    "UPDATE order_count AS row SET orders = row.orders + given.orders "
    "FROM unnest($1::text[], $2::text[], $3::bigint[]) AS given (status, reason, orders) "
    "WHERE row.status = given.status AND row.reason = given.reason";

constexpr Sql begin_revenue =
    "INSERT INTO revenue_by_day (day, currency, orders, minor_units) "
    "SELECT day, currency, 0, 0 FROM unnest($1::text[]::date[], $2::text[]) AS given (day, currency) "
    "ON CONFLICT DO NOTHING";
constexpr Sql add_to_revenue =
    "UPDATE revenue_by_day AS row "
    "SET orders = row.orders + given.orders, minor_units = row.minor_units + given.minor_units "
    "FROM unnest($1::text[]::date[], $2::text[], $3::bigint[], $4::bigint[]) "
    "     AS given (day, currency, orders, minor_units) "
    "WHERE row.day = given.day AND row.currency = given.currency";

// One statement sees both tables as they were at one moment.
constexpr Sql read_summary =
    "WITH last AS (SELECT max(day) AS day FROM revenue_by_day WHERE orders > 0) "
    "SELECT status, reason, NULL::bigint, '', orders, 0::bigint FROM order_count WHERE orders > 0 "
    "UNION ALL "
    "SELECT NULL, NULL, row.day - date '1970-01-01', currency, orders, minor_units "
    "FROM revenue_by_day AS row, last WHERE orders > 0 AND row.day > last.day - $1::integer";

// What had failed for the last time may come again too, as a first attempt.
constexpr Sql forget_dead =
    "DELETE FROM waybill.attempt WHERE consumer = $1 AND message_id >= $2 AND state = 'dead'";
constexpr Sql forget_handled = "DELETE FROM waybill.inbox WHERE consumer = $1 AND message_id >= $2";
constexpr Sql forget_orders =
    "DELETE FROM order_status "
    "WHERE coalesce(placed_at >= $1, true) AND coalesce(ended_at >= $1, true)";
constexpr Sql forget_ends =
    "UPDATE order_status "
    "SET ended_at = NULL, outcome = NULL, reason = NULL, currency = NULL, minor_units = NULL "
    "WHERE ended_at >= $1";
constexpr Sql forget_beginnings = "UPDATE order_status SET placed_at = NULL WHERE placed_at >= $1";

constexpr Sql clear_counts = "DELETE FROM order_count";
constexpr Sql count_again =
    "INSERT INTO order_count (status, reason, orders) "
    "SELECT coalesce(outcome, 'open'), coalesce(reason, ''), count(*) FROM order_status GROUP BY 1, 2";
constexpr Sql clear_revenue =
    "DELETE FROM revenue_by_day WHERE day >= (($1::timestamptz) AT TIME ZONE 'UTC')::date";
constexpr Sql sum_again =
    "INSERT INTO revenue_by_day (day, currency, orders, minor_units) "
    "SELECT (ended_at AT TIME ZONE 'UTC')::date, currency, count(*), sum(minor_units)::bigint "
    "FROM order_status "
    "WHERE outcome = 'confirmed' "
    "  AND (ended_at AT TIME ZONE 'UTC')::date >= (($1::timestamptz) AT TIME ZONE 'UTC')::date "
    "GROUP BY 1, 2";

struct Row {
  Uuid id;
  std::optional<WallTime> placed_at;
  std::optional<WallTime> ended_at;
  std::optional<Outcome> outcome;
  std::optional<Reason> reason;
  std::optional<std::string> currency;
  std::optional<std::int64_t> minor_units;

  static constexpr auto columns =
      waybill::postgres::columns(&Row::id, &Row::placed_at, &Row::ended_at, &Row::outcome, &Row::reason,
                                 &Row::currency, &Row::minor_units);

  Order order() const {
    Order order{.placed_at = placed_at};
    if (!ended_at) return order;
    order.ending = Ending{.at = *ended_at,
                          .outcome = outcome.value(),
                          .reason = reason.value_or(Reason::unspecified),
                          .currency = currency.value_or(""),
                          .minor_units = minor_units.value_or(0)};
    return order;
  }
};

void write_all(Tx& tx, const Orders& orders) {
  std::vector<Uuid> ids;
  std::vector<std::optional<WallTime>> placed;
  std::vector<std::optional<WallTime>> ended;
  std::vector<std::optional<Outcome>> outcomes;
  std::vector<std::optional<Reason>> reasons;
  std::vector<std::optional<std::string>> currencies;
  std::vector<std::optional<std::int64_t>> amounts;
  for (const auto& [id, order] : orders) {
    const auto& ending = order.ending;
    const bool is_confirmed = ending && ending->outcome == Outcome::confirmed;
    ids.push_back(id);
    placed.push_back(order.placed_at);
    ended.push_back(ending ? std::optional(ending->at) : std::nullopt);
    outcomes.push_back(ending ? std::optional(ending->outcome) : std::nullopt);
    reasons.push_back(ending && !is_confirmed ? std::optional(ending->reason) : std::nullopt);
    currencies.push_back(is_confirmed ? std::optional(ending->currency) : std::nullopt);
    amounts.push_back(is_confirmed ? std::optional(ending->minor_units) : std::nullopt);
  }
  tx.pipeline(write_orders, ids, placed, ended, outcomes, reasons, currencies, amounts);
}

/// Only cancelled orders are counted by reason.
std::string reason_text(const Place& place) {
  if (place.status != Status::cancelled) return {};
  return std::string(waybill::postgres::Codec<Reason>::store(place.reason));
}

void add_orders(Tx& tx, const std::map<Place, std::int64_t>& change) {
  std::vector<Status> statuses;
  std::vector<std::string> reasons;
  std::vector<std::int64_t> numbers;
  for (const auto& [place, number] : change) {
    statuses.push_back(place.status);
    reasons.push_back(reason_text(place));
    numbers.push_back(number);
  }
  tx.pipeline(begin_counts, statuses, reasons);
  tx.pipeline(add_to_counts, statuses, reasons, numbers);
}

void add_revenue(Tx& tx, const std::map<Till, Revenue>& change) {
  std::vector<std::string> days;
  std::vector<std::string> currencies;
  std::vector<std::int64_t> orders;
  std::vector<std::int64_t> amounts;
  for (const auto& [till, revenue] : change) {
    days.push_back(to_text(till.day));
    currencies.push_back(till.currency);
    orders.push_back(revenue.orders);
    amounts.push_back(revenue.minor_units);
  }
  tx.pipeline(begin_revenue, days, currencies);
  tx.pipeline(add_to_revenue, days, currencies, orders, amounts);
}

}  // namespace

Orders lock_and_find(Tx& tx, const std::vector<Uuid>& ids) {
  tx.pipeline(lock_model);
  Orders found;
  for (const auto& row : tx.query<Row>(find_orders, ids)) found.emplace(row.id, row.order());
  return found;
}

void write(Tx& tx, const Orders& changed, const Counts& change) {
  if (!changed.empty()) write_all(tx, changed);
  if (!change.orders().empty()) add_orders(tx, change.orders());
  if (!change.revenue().empty()) add_revenue(tx, change.revenue());
}

Summary summarize(Tx& tx, std::int64_t days) {
  Summary summary;
  const auto rows = tx.query<std::optional<Status>, std::optional<std::string>, std::optional<std::int64_t>,
                             std::string, std::int64_t, std::int64_t>(read_summary, days);
  for (const auto& [status, reason, day, currency, orders, minor_units] : rows) {
    if (day) {
      const std::chrono::sys_days when{std::chrono::days{*day}};
      summary.revenue[{when, currency}] = {.orders = orders, .minor_units = minor_units};
      continue;
    }
    Place place{.status = status.value()};
    if (place.status == Status::cancelled) {
      place.reason = waybill::postgres::Codec<Reason>::load(reason.value());
    }
    summary.orders[place] = orders;
  }
  return summary;
}

Forgotten forget_since(Tx& tx, WallTime since, std::string_view consumer) {
  // A message's id is made a little before or after the time that it tells; to forget more is harmless, as
  // what is told twice counts once.
  const auto first = base::ids_between(std::max(since - std::chrono::minutes{1}, WallTime{}), since).first;
  Forgotten forgotten;
  tx.pipeline(lock_model);
  tx.pipeline(forget_dead, consumer, first);
  forgotten.messages = tx.execute(forget_handled, consumer, first);
  forgotten.orders = tx.execute(forget_orders, since);
  forgotten.orders += tx.execute(forget_ends, since);
  forgotten.orders += tx.execute(forget_beginnings, since);
  tx.pipeline(clear_counts);
  tx.pipeline(count_again);
  tx.pipeline(clear_revenue, since);
  tx.pipeline(sum_again, since);
  return forgotten;
}

}  // namespace shop::analytics::model
