#include "persistence/stock.hpp"

#include <algorithm>
#include <utility>

#include "persistence/line_json.hpp"
#include "persistence/state_texts.hpp"

namespace shop::inventory::stock {
namespace {

using waybill::postgres::Json;
using waybill::postgres::Sql;
using waybill::postgres::Tx;

// A row that is not there yet cannot be locked, and two copies of a command may be handled at the same
// moment. So the saga is; its reservations are changed by nobody who does not have that lock. unnest() keeps
// the order, which is ascending. "inve", in ASCII, tells these locks from those of others.
constexpr Sql lock_sagas = "SELECT pg_advisory_xact_lock(1768846949, key) FROM unnest($1::integer[]) AS key";

constexpr Sql load_reservations =
    "SELECT id, saga, step, epoch, order_id, state, lines, currency, reason, shortages FROM reservation "
    "WHERE id IN (SELECT known.id FROM unnest($1::uuid[], $2::text[], $3::bigint[]) "
    "                                  AS wanted (saga, step, epoch) "
    "             JOIN reservation AS known USING (saga, step, epoch) "
    "             UNION SELECT * FROM unnest($4::uuid[]))";

constexpr Sql lock_shelves =
    "SELECT sku, price_minor_units, currency, available FROM product WHERE sku = ANY($1) "
    "ORDER BY sku FOR NO KEY UPDATE";

constexpr Sql move_pieces =
    "UPDATE product SET available = product.available + moved.available, "
    "  reserved = product.reserved + moved.reserved, sold = product.sold + moved.sold, "
    "  revision = revision + 1, changed_at = now() "
    "FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) "
    "     AS moved (sku, available, reserved, sold) WHERE product.sku = moved.sku";

constexpr Sql insert_reservations =
    "INSERT INTO reservation (id, saga, step, epoch, order_id, state, lines, currency, reason, shortages, "
    "                         ended_at) "
    "SELECT given.*, CASE WHEN state <> 'reserved' THEN now() END "
    "FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::jsonb[], "
    "            $8::text[], $9::text[], $10::jsonb[]) "
    "     AS given (id, saga, step, epoch, order_id, state, lines, currency, reason, shortages)";

constexpr Sql end_reservations =
    "UPDATE reservation SET state = ended.state, ended_at = now() "
    "FROM unnest($1::uuid[], $2::text[]) AS ended (id, state) WHERE reservation.id = ended.id";

/// A UUIDv7 ends in random bits. Two sagas of one number wait for one another without need, and no more.
std::int32_t lock_number(const Uuid& saga) {
  std::uint32_t number = 0;
  for (std::size_t at = 12; at < 16; ++at) number = number << 8 | saga.bytes()[at];
  return static_cast<std::int32_t>(number);
}

std::vector<Reservation> load_known(Tx& tx, const Needs& needs) {
  std::vector<Uuid> sagas;
  std::vector<std::string_view> steps;
  std::vector<std::int64_t> epochs;
  for (const auto& reference : needs.references) {
    sagas.push_back(reference.saga);
    steps.push_back(reference.step);
    epochs.push_back(reference.epoch);
  }
  std::vector<Reservation> known;
  for (auto& [id, saga, step, epoch, order_id, state, lines, currency, reason, shortages] :
       tx.query<Uuid, Uuid, std::string, std::int64_t, std::string, State, Json, std::optional<std::string>,
                std::optional<Refusal>, Json>(load_reservations, sagas, steps, epochs, needs.reservations)) {
    known.push_back({.id = id,
                     .reference = {saga, std::move(step), epoch},
                     .order_id = std::move(order_id),
                     .state = state,
                     .lines = line_json::read_lines(lines),
                     .currency = std::move(currency),
                     .refusal = reason,
                     .shortages = line_json::read_shortages(shortages)});
  }
  return known;
}

void insert(Tx& tx, const std::vector<const Reservation*>& made) {
  std::vector<Uuid> ids;
  std::vector<Uuid> sagas;
  std::vector<std::string_view> steps;
  std::vector<std::int64_t> epochs;
  std::vector<std::string_view> orders;
  std::vector<State> states;
  std::vector<Json> lines;
  std::vector<std::optional<std::string>> currencies;
  std::vector<std::optional<Refusal>> reasons;
  std::vector<Json> shortages;
  for (const auto* each : made) {
    ids.push_back(each->id);
    sagas.push_back(each->reference.saga);
    steps.push_back(each->reference.step);
    epochs.push_back(each->reference.epoch);
    orders.push_back(each->order_id);
    states.push_back(each->state);
    lines.push_back(line_json::write(each->lines));
    currencies.push_back(each->currency);
    reasons.push_back(each->refusal);
    shortages.push_back(line_json::write(each->shortages));
  }
  tx.pipeline(insert_reservations, ids, sagas, steps, epochs, orders, states, lines, currencies, reasons,
              shortages);
}

void move(Tx& tx, const std::vector<Movement>& movements) {
  std::vector<std::string_view> skus;
  std::vector<std::int64_t> available;
  std::vector<std::int64_t> reserved;
  std::vector<std::int64_t> sold;
  for (const auto& moved : movements) {
    skus.push_back(moved.sku);
    available.push_back(moved.available);
    reserved.push_back(moved.reserved);
    sold.push_back(moved.sold);
  }
  tx.pipeline(move_pieces, skus, available, reserved, sold);
}

}  // namespace

Warehouse load(Tx& tx, const Needs& needs, Warehouse::NewId new_id) {
  std::set<std::int32_t> numbers;
  for (const auto& saga : needs.sagas) numbers.insert(lock_number(saga));
  tx.pipeline(lock_sagas, numbers);
  auto known = load_known(tx, needs);
  auto skus = needs.skus;
  for (const auto& reservation : known) {
    if (reservation.state != State::reserved) continue;
    for (const auto& line : reservation.lines) skus.insert(line.sku);
  }
  std::vector<Shelf> shelves;
  if (!skus.empty()) {
    for (auto& [sku, price, currency, available] :
         tx.query<std::string, std::int64_t, std::string, std::int64_t>(lock_shelves, skus)) {
      shelves.push_back({std::move(sku), {price, std::move(currency)}, available});
    }
  }
  return {std::move(shelves), std::move(known), std::move(new_id)};
}

void save(Tx& tx, const Warehouse& warehouse) {
  if (const auto movements = warehouse.movements(); !movements.empty()) move(tx, movements);
  if (const auto made = warehouse.made(); !made.empty()) insert(tx, made);
  const auto ended = warehouse.ended();
  if (ended.empty()) return;
  std::vector<Uuid> ids;
  std::vector<State> states;
  for (const auto* each : ended) {
    ids.push_back(each->id);
    states.push_back(each->state);
  }
  tx.pipeline(end_reservations, ids, states);
}

}  // namespace shop::inventory::stock
