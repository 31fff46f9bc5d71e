#include "persistence/payments.hpp"

#include <string>
#include <utility>

#include "persistence/texts.hpp"

namespace shop::payment::payments {
namespace {

using waybill::base::Uuid;
using waybill::base::WallTime;
using waybill::postgres::Sql;
using waybill::postgres::Tx;

// A row that is not there yet cannot be locked, its name can.
constexpr Sql lock_references =
    "SELECT count(pg_advisory_xact_lock(number)) "
    "FROM (SELECT DISTINCT hashtextextended(concat_ws(chr(10), 'payment', saga, epoch, step), 0) AS number "
    "      FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS given (saga, step, epoch) "
    "      ORDER BY number) AS sorted";
// Each is looked up by itself: a join is planned for the few rows of a new table, and the plan stays.
constexpr Sql load =
    "SELECT payment.* "
    "FROM (SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS asked (saga, step, epoch) "
    "      ORDER BY saga, step, epoch) AS given "
    "CROSS JOIN LATERAL ("
    "  SELECT id, saga, step, epoch, order_id, customer_id, amount_minor, currency, state, reason, "
    "         explanation, reply_address, created_at, changed_at "
    "  FROM payment WHERE saga = given.saga AND step = given.step AND epoch = given.epoch "
    "  FOR UPDATE) AS payment";
constexpr Sql read_references = "SELECT id, saga, step, epoch FROM payment WHERE id = ANY($1)";
// Whoever has made the same payment under another id has decided, and this writes nothing over it.
constexpr Sql upsert =
    "INSERT INTO payment (id, saga, step, epoch, order_id, customer_id, amount_minor, currency, state, "
    "                     reason, explanation, reply_address) "
    "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], "
    "                     $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) "
    "ON CONFLICT (saga, step, epoch) DO UPDATE "
    "SET state = excluded.state, reply_address = excluded.reply_address, changed_at = clock_timestamp() "
    "WHERE payment.id = excluded.id";
constexpr Sql find_one =
    "SELECT id, saga, step, epoch, order_id, customer_id, amount_minor, currency, state, reason, "
    "       explanation, reply_address, created_at, changed_at "
    "FROM payment WHERE id = $1";
constexpr Sql list_all =
    "SELECT id, saga, step, epoch, order_id, customer_id, amount_minor, currency, state, reason, "
    "       explanation, reply_address, created_at, changed_at "
    "FROM payment WHERE id < $1 ORDER BY id DESC LIMIT $2";
constexpr Sql list_of_order =
    "SELECT id, saga, step, epoch, order_id, customer_id, amount_minor, currency, state, reason, "
    "       explanation, reply_address, created_at, changed_at "
    "FROM payment WHERE order_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2";

struct Row {
  Uuid id;
  Uuid saga;
  std::string step;
  std::int64_t epoch = 0;
  Uuid order_id;
  std::optional<std::string> customer_id;
  std::optional<std::int64_t> amount_minor;
  std::optional<std::string> currency;
  State state = State::pending;
  std::optional<DeclineReason> reason;
  std::optional<std::string> explanation;
  std::optional<std::string> reply_address;
  WallTime created_at;
  WallTime changed_at;
  static constexpr auto columns = waybill::postgres::columns(
      &Row::id, &Row::saga, &Row::step, &Row::epoch, &Row::order_id, &Row::customer_id, &Row::amount_minor,
      &Row::currency, &Row::state, &Row::reason, &Row::explanation, &Row::reply_address, &Row::created_at,
      &Row::changed_at);
};

Stored stored_of(Row row) {
  Stored stored{.payment = {.id = row.id,
                            .reference = {row.saga, std::move(row.step), row.epoch},
                            .order_id = row.order_id,
                            .customer_id = std::move(row.customer_id),
                            .state = row.state,
                            .reason = row.reason,
                            .explanation = std::move(row.explanation),
                            .reply_address = std::move(row.reply_address)},
                .created_at = row.created_at,
                .changed_at = row.changed_at};
  if (row.amount_minor && row.currency) {
    stored.payment.amount = Money{*row.amount_minor, *std::move(row.currency)};
  }
  return stored;
}

struct References {
  std::vector<Uuid> saga;
  std::vector<std::string> step;
  std::vector<std::int64_t> epoch;

  void add(const Reference& reference) {
    saga.push_back(reference.saga);
    step.push_back(reference.step);
    epoch.push_back(reference.epoch);
  }
};

struct Columns {
  std::vector<Uuid> id;
  References reference;
  std::vector<Uuid> order_id;
  std::vector<std::optional<std::string>> customer_id;
  std::vector<std::optional<std::int64_t>> amount_minor;
  std::vector<std::optional<std::string>> currency;
  std::vector<State> state;
  std::vector<std::optional<DeclineReason>> reason;
  std::vector<std::optional<std::string>> explanation;
  std::vector<std::optional<std::string>> reply_address;

  void add(const Payment& payment) {
    id.push_back(payment.id);
    reference.add(payment.reference);
    order_id.push_back(payment.order_id);
    customer_id.push_back(payment.customer_id);
    amount_minor.push_back(payment.amount ? std::optional(payment.amount->minor_units) : std::nullopt);
    currency.push_back(payment.amount ? std::optional(payment.amount->currency) : std::nullopt);
    state.push_back(payment.state);
    reason.push_back(payment.reason);
    explanation.push_back(payment.explanation);
    reply_address.push_back(payment.reply_address);
  }
};

}  // namespace

std::vector<Payment> load_locked(Tx& tx, const std::set<Reference>& references) {
  if (references.empty()) return {};
  References given;
  for (const auto& reference : references) given.add(reference);
  // Two statements, since a statement sees what was committed when it began, which is before it has the lock.
  tx.pipeline(lock_references, given.saga, given.step, given.epoch);
  std::vector<Payment> payments;
  for (auto& row : tx.query<Row>(load, given.saga, given.step, given.epoch)) {
    payments.push_back(stored_of(std::move(row)).payment);
  }
  return payments;
}

std::vector<std::pair<Uuid, Reference>> references_of(Tx& tx, const std::vector<Uuid>& ids) {
  std::vector<std::pair<Uuid, Reference>> references;
  for (auto& [id, saga, step, epoch] :
       tx.query<Uuid, Uuid, std::string, std::int64_t>(read_references, ids)) {
    references.emplace_back(id, Reference{saga, std::move(step), epoch});
  }
  return references;
}

void store(Tx& tx, std::span<const Payment> payments) {
  if (payments.empty()) return;
  Columns columns;
  for (const auto& payment : payments) columns.add(payment);
  tx.pipeline(upsert, columns.id, columns.reference.saga, columns.reference.step, columns.reference.epoch,
              columns.order_id, columns.customer_id, columns.amount_minor, columns.currency, columns.state,
              columns.reason, columns.explanation, columns.reply_address);
}

std::optional<Stored> find(Tx& tx, const Uuid& id) {
  auto row = tx.query_optional<Row>(find_one, id);
  if (!row) return std::nullopt;
  return stored_of(*std::move(row));
}

std::vector<Stored> list(Tx& tx, const std::optional<Uuid>& order_id, const std::optional<Uuid>& before,
                         std::int64_t most) {
  const auto end = before.value_or(Uuid::max());
  auto rows =
      order_id ? tx.query<Row>(list_of_order, end, most, *order_id) : tx.query<Row>(list_all, end, most);
  std::vector<Stored> payments;
  for (auto& row : rows) payments.push_back(stored_of(std::move(row)));
  return payments;
}

}  // namespace shop::payment::payments
