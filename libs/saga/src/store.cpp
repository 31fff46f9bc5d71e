#include "store.hpp"

#include <chrono>
#include <tuple>

#include "journal_json.hpp"

namespace waybill::saga::store {
namespace {

using postgres::Sql;

constexpr Sql load_locked =
    "SELECT id, type, version, key, status, "
    "       CASE WHEN saga.revision = known.revision THEN '' ELSE state::text END, deadline_at, look_at, "
    "       saga.revision, coalesce(needs_operator, ''), clock_timestamp() "
    "FROM waybill.saga JOIN unnest($1::uuid[], $2::bigint[]) AS known (id, revision) USING (id) "
    "ORDER BY id FOR UPDATE OF saga";
// The time is taken once: compared with a function that changes, the whole index would be read.
constexpr Sql load_those_due =
    "SELECT id, type, version, key, status, state::text, deadline_at, look_at, revision, "
    "       coalesce(needs_operator, ''), clock_timestamp() "
    "FROM waybill.saga WHERE look_at <= (SELECT clock_timestamp()) "
    "  AND status IN ('running', 'compensating') "
    "  AND (type, version) IN (SELECT * FROM unnest($1::text[], $2::integer[])) "
    "ORDER BY look_at LIMIT $3 FOR UPDATE SKIP LOCKED";
constexpr Sql read_by_key =
    "SELECT id, type, version, key, status, state::text, deadline_at, look_at, revision, "
    "       coalesce(needs_operator, ''), clock_timestamp() "
    "FROM waybill.saga WHERE type = $1 AND key = $2";
constexpr Sql find_id = "SELECT id FROM waybill.saga WHERE type = $1 AND key = $2";
constexpr Sql find_revision = "SELECT revision FROM waybill.saga WHERE id = $1";
constexpr Sql insert_one =
    "INSERT INTO waybill.saga (id, type, version, key, status, state, deadline_at, look_at, revision, "
    "                          begun_at, changed_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
constexpr Sql save_all =
    "UPDATE waybill.saga AS saga "
    "SET status = given.status, state = given.state, deadline_at = given.deadline_at, "
    "    look_at = given.look_at, revision = given.revision, "
    "    needs_operator = nullif(given.needs_operator, ''), changed_at = given.changed_at "
    "FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], "
    "            $7::text[], $8::timestamptz[]) "
    "     AS given (id, status, state, deadline_at, look_at, revision, needs_operator, changed_at) "
    "WHERE saga.id = given.id";
constexpr Sql look_at_later =
    "UPDATE waybill.saga AS saga "
    "SET look_at = given.look_at, needs_operator = nullif(given.needs_operator, '') "
    "FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS given (id, look_at, needs_operator) "
    "WHERE saga.id = given.id";
constexpr Sql delete_old =
    "DELETE FROM waybill.saga WHERE id IN ("
    "  SELECT id FROM waybill.saga WHERE look_at <= (SELECT clock_timestamp()) "
    "    AND status IN ('completed', 'compensated') ORDER BY look_at LIMIT $1 FOR UPDATE SKIP LOCKED)";
constexpr Sql insert_lines =
    "INSERT INTO waybill.saga_journal (saga_id, revision, at, type, version, input, outcome, status, "
    "                                  step, sent) "
    "SELECT saga, revision, at, type, version, input::json, outcome, status, step, sent::json "
    "FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::integer[], $6::text[], "
    "            $7::text[], $8::text[], $9::text[], $10::text[]) "
    "     AS given (saga, revision, at, type, version, input, outcome, status, step, sent)";
constexpr Sql read_journal =
    "SELECT revision, at, type, version, input::text, outcome, status, step, sent::text "
    "FROM waybill.saga_journal WHERE saga_id = $1 ORDER BY revision, at";
constexpr Sql list_unknown =
    "SELECT type, version, count(*) FROM waybill.saga "
    "WHERE look_at <= (SELECT clock_timestamp()) - interval '1 minute' "
    "  AND status IN ('running', 'compensating') "
    "  AND (type, version) NOT IN (SELECT * FROM unnest($1::text[], $2::integer[])) GROUP BY 1, 2";

using Columns =
    std::tuple<base::Uuid, std::string, std::int32_t, std::string, std::string, std::string,
               std::optional<base::WallTime>, base::WallTime, std::int64_t, std::string, base::WallTime>;

std::vector<Row> rows_of(std::vector<Columns> read) {
  std::vector<Row> rows;
  rows.reserve(read.size());
  for (auto& columns : read) rows.push_back(std::make_from_tuple<Row>(std::move(columns)));
  return rows;
}

template <class... P>
std::vector<Row> query(postgres::Tx& tx, Sql sql, const P&... parameters) {
  return rows_of(
      tx.query<base::Uuid, std::string, std::int32_t, std::string, std::string, std::string,
               std::optional<base::WallTime>, base::WallTime, std::int64_t, std::string, base::WallTime>(
          sql, parameters...));
}

}  // namespace

std::vector<Row> load(postgres::Tx& tx, const std::vector<base::Uuid>& ids,
                      const std::vector<std::int64_t>& known_revisions) {
  return query(tx, load_locked, ids, known_revisions);
}

std::vector<Row> load_due(postgres::Tx& tx, const Known& known, std::size_t most) {
  return query(tx, load_those_due, known.names(), known.versions(), static_cast<std::int64_t>(most));
}

std::optional<Row> read(postgres::Tx& tx, std::string_view type, std::string_view key) {
  auto rows = query(tx, read_by_key, type, key);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::optional<base::Uuid> id_of(postgres::Tx& tx, const Key& key) {
  return tx.query_optional<base::Uuid>(find_id, key.type, key.key);
}

std::optional<std::int64_t> revision_of(postgres::Tx& tx, const base::Uuid& id) {
  return tx.query_optional<std::int64_t>(find_revision, id);
}

void insert(postgres::Tx& tx, const Row& row) {
  tx.pipeline(insert_one, row.id, row.type, row.version, row.key, row.status, postgres::Json{row.state},
              row.deadline_at, row.look_at, row.revision, row.now);
}

void save(postgres::Tx& tx, std::span<const Row* const> rows) {
  if (rows.empty()) return;
  std::vector<base::Uuid> id;
  std::vector<std::string> status;
  std::vector<postgres::Json> state;
  std::vector<std::optional<base::WallTime>> deadline_at;
  std::vector<base::WallTime> look_at;
  std::vector<std::int64_t> revision;
  std::vector<std::string> needs_operator;
  std::vector<base::WallTime> changed_at;
  for (const auto* row : rows) {
    id.push_back(row->id);
    status.push_back(row->status);
    state.push_back({row->state});
    deadline_at.push_back(row->deadline_at);
    look_at.push_back(row->look_at);
    revision.push_back(row->revision);
    needs_operator.push_back(row->needs_operator);
    changed_at.push_back(row->now);
  }
  tx.pipeline(save_all, id, status, state, deadline_at, look_at, revision, needs_operator, changed_at);
}

void look_later(postgres::Tx& tx, std::span<const Row* const> rows) {
  if (rows.empty()) return;
  std::vector<base::Uuid> id;
  std::vector<base::WallTime> look_at;
  std::vector<std::string> needs_operator;
  for (const auto* row : rows) {
    id.push_back(row->id);
    look_at.push_back(row->look_at);
    needs_operator.push_back(row->needs_operator);
  }
  tx.pipeline(look_at_later, id, look_at, needs_operator);
}

void remove_old(postgres::Tx& tx, std::size_t most) {
  tx.pipeline(delete_old, static_cast<std::int64_t>(most));
}

void write(postgres::Tx& tx, std::span<const Line> lines) {
  if (lines.empty()) return;
  std::vector<base::Uuid> saga;
  std::vector<std::int64_t> revision;
  std::vector<base::WallTime> at;
  std::vector<std::string_view> type;
  std::vector<std::int32_t> version;
  std::vector<std::string_view> input;
  std::vector<std::string_view> outcome;
  std::vector<std::string_view> status;
  std::vector<std::string_view> step;
  std::vector<std::string_view> sent;
  for (const auto& line : lines) {
    saga.push_back(line.saga);
    revision.push_back(line.revision);
    at.push_back(line.at);
    type.push_back(line.type);
    version.push_back(line.version);
    input.push_back(line.input);
    outcome.push_back(line.outcome);
    status.push_back(line.status);
    step.push_back(line.step);
    sent.push_back(line.sent);
  }
  tx.pipeline(insert_lines, saga, revision, at, type, version, input, outcome, status, step, sent);
}

std::vector<JournalEntry> journal(postgres::Tx& tx, const base::Uuid& saga) {
  std::vector<JournalEntry> entries;
  for (const auto& [revision, at, type, version, input, outcome, status, step, sent] :
       tx.query<std::int64_t, base::WallTime, std::string, std::int32_t, std::string, std::string,
                std::string, std::string, std::string>(read_journal, saga)) {
    entries.push_back(read_line({saga, revision, at, type, version, input, outcome, status, step, sent}));
  }
  return entries;
}

base::WallTime journal_until(postgres::Tx& tx) {
  return tx.query_one<base::WallTime>("SELECT waybill.saga_journal_until()");
}

std::vector<std::string> make_journal(postgres::Tx& tx) {
  return tx.query<std::string>("SELECT waybill.make_saga_journal()");
}

std::vector<std::string> drop_journal(postgres::Tx& tx, std::chrono::seconds keep) {
  return tx.query<std::string>("SELECT waybill.drop_saga_journal($1 * interval '1 second')",
                               static_cast<std::int64_t>(keep.count()));
}

std::vector<Unknown> those_unknown(postgres::Tx& tx, const Known& known) {
  std::vector<Unknown> all;
  for (auto& [type, version, sagas] :
       tx.query<std::string, std::int32_t, std::int64_t>(list_unknown, known.names(), known.versions())) {
    all.push_back({std::move(type), version, sagas});
  }
  return all;
}

base::WallTime now(postgres::Tx& tx) { return tx.query_one<base::WallTime>("SELECT clock_timestamp()"); }

}  // namespace waybill::saga::store
