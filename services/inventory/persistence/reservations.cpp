#include "persistence/reservations.hpp"

#include <utility>

#include "persistence/line_json.hpp"
#include "persistence/state_texts.hpp"

namespace shop::inventory::reservations {
namespace {

using waybill::base::WallTime;
using waybill::postgres::Json;
using waybill::postgres::Sql;
using waybill::postgres::Tx;

// A statement for each, since one plan for all would read the whole table.
constexpr Sql list_all =
    "SELECT id, saga, step, epoch, order_id, state, lines, currency, reason, shortages, created_at, ended_at "
    "FROM reservation WHERE id > $1 ORDER BY id LIMIT $2";
constexpr Sql list_open =
    "SELECT id, saga, step, epoch, order_id, state, lines, currency, reason, shortages, created_at, ended_at "
    "FROM reservation WHERE id > $1 AND state = 'reserved' ORDER BY id LIMIT $2";
constexpr Sql list_of_order =
    "SELECT id, saga, step, epoch, order_id, state, lines, currency, reason, shortages, created_at, ended_at "
    "FROM reservation WHERE id > $1 AND order_id = $3 AND (state = 'reserved' OR NOT $4) "
    "ORDER BY id LIMIT $2";

constexpr Sql overdue =
    "SELECT count(*) OVER (), id, order_id, "
    "       (extract(epoch FROM clock_timestamp() - created_at) * 1000)::bigint "
    "FROM reservation WHERE state = 'reserved' AND created_at < now() - $1 * interval '1 millisecond' "
    "ORDER BY id LIMIT 1";

struct ReservationRow {
  Uuid id;
  Uuid saga;
  std::string step;
  std::int64_t epoch = 0;
  std::string order_id;
  State state = State::tombstone;
  Json lines;
  std::optional<std::string> currency;
  std::optional<Refusal> reason;
  Json shortages;
  WallTime created_at{};
  std::optional<WallTime> ended_at;
  static constexpr auto columns = waybill::postgres::columns(
      &ReservationRow::id, &ReservationRow::saga, &ReservationRow::step, &ReservationRow::epoch,
      &ReservationRow::order_id, &ReservationRow::state, &ReservationRow::lines, &ReservationRow::currency,
      &ReservationRow::reason, &ReservationRow::shortages, &ReservationRow::created_at,
      &ReservationRow::ended_at);
};

std::vector<ReservationRow> rows(Tx& tx, const Filter& filter, const Uuid& after, std::int64_t most) {
  if (filter.order_id) {
    return tx.query<ReservationRow>(list_of_order, after, most, *filter.order_id, filter.open_only);
  }
  if (filter.open_only) return tx.query<ReservationRow>(list_open, after, most);
  return tx.query<ReservationRow>(list_all, after, most);
}

}  // namespace

std::vector<Listed> list(Tx& tx, const Filter& filter, const Uuid& after, std::int64_t most) {
  std::vector<Listed> listed;
  for (auto& row : rows(tx, filter, after, most)) {
    listed.push_back({.reservation = {.id = row.id,
                                      .reference = {row.saga, std::move(row.step), row.epoch},
                                      .order_id = std::move(row.order_id),
                                      .state = row.state,
                                      .lines = line_json::read_lines(row.lines),
                                      .currency = std::move(row.currency),
                                      .refusal = row.reason,
                                      .shortages = line_json::read_shortages(row.shortages)},
                      .created_at = row.created_at,
                      .ended_at = row.ended_at});
  }
  return listed;
}

Overdue look_for_overdue(Tx& tx, std::chrono::milliseconds after) {
  auto found = tx.query_optional<std::int64_t, Uuid, std::string, std::int64_t>(
      overdue, static_cast<std::int64_t>(after.count()));
  if (!found) return {};
  auto& [count, oldest, order_id, age] = *found;
  return {count, oldest, std::move(order_id), std::chrono::milliseconds{age}};
}

}  // namespace shop::inventory::reservations
