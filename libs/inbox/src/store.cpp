#include "store.hpp"

#include <algorithm>

#include "waybill/base/uuid_v7.hpp"

namespace waybill::inbox::store {
namespace {

using postgres::Sql;

// Sorted, so that two batches with the same messages wait for one another, and never in a circle.
constexpr Sql insert_fresh =
    "WITH limited AS (SELECT set_config('statement_timeout', $6, true)), "
    "     given AS (SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::timestamptz[]) "
    "               AS given (id, hash, attempt, expiry)), "
    "     fresh AS (INSERT INTO waybill.inbox (message_id, consumer, payload_hash) "
    "               SELECT given.id, $5, given.hash FROM given "
    "               LEFT JOIN waybill.attempt AS row ON row.message_id = given.id AND row.consumer = $5 "
    "               WHERE (given.expiry IS NULL OR given.expiry > clock_timestamp()) "
    "                 AND coalesce(row.attempt, 0) <= given.attempt "
    "               ORDER BY given.id ON CONFLICT DO NOTHING RETURNING message_id) "
    "SELECT fresh.message_id FROM limited LEFT JOIN fresh ON true";

constexpr Sql explain_others =
    "SELECT given.id, seen.payload_hash, coalesce(row.attempt, 0) > given.attempt, "
    "       coalesce(given.expiry <= clock_timestamp(), false) "
    "FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[]) AS given (id, attempt, expiry) "
    "LEFT JOIN waybill.inbox AS seen ON seen.message_id = given.id AND seen.consumer = $4 "
    "LEFT JOIN waybill.attempt AS row ON row.message_id = given.id AND row.consumer = $4";

constexpr Sql write_something = "SELECT pg_logical_emit_message(true, 'waybill', '')::text";

constexpr Sql lock_names =
    "SELECT count(pg_advisory_xact_lock(number)) "
    "FROM (SELECT DISTINCT hashtextextended('shared' || chr(10) || name, 0) AS number "
    "      FROM unnest($1::text[]) AS name ORDER BY number) AS sorted";

constexpr Sql delete_attempts =
    "DELETE FROM waybill.attempt AS row USING unnest($1::uuid[], $2::integer[]) AS given (id, attempt) "
    "WHERE row.message_id = given.id AND row.consumer = $3 AND row.attempt <= given.attempt";

// A stale copy begins nothing: its end would not take the note back.
constexpr Sql note_begin =
    "INSERT INTO waybill.attempt AS row (message_id, consumer, attempt, state, begun_by) "
    "VALUES ($1, $2, $3, 'suspect', ARRAY[$4::uuid]) "
    "ON CONFLICT (message_id, consumer) DO UPDATE "
    "SET begun_by = array_remove(row.begun_by, $4::uuid) || excluded.begun_by, "
    "    changed_at = clock_timestamp(), "
    "    first_failed_at = coalesce(row.first_failed_at, row.changed_at) "
    "WHERE row.attempt <= excluded.attempt "
    "RETURNING cardinality(begun_by), state = 'hung', error";
constexpr Sql take_back_begin =
    "UPDATE waybill.attempt SET begun_by = array_remove(begun_by, $3::uuid) "
    "WHERE message_id = ANY($1) AND consumer = $2";
constexpr Sql note_that_it_hung =
    "INSERT INTO waybill.attempt AS row (message_id, consumer, attempt, state, begun_by, error) "
    "VALUES ($1, $2, $3, 'hung', ARRAY[$5::uuid], $4) "
    "ON CONFLICT (message_id, consumer) DO UPDATE "
    "SET state = 'hung', error = excluded.error, changed_at = clock_timestamp()";

// What a copy has had its effect by now is neither tried again nor given up.
constexpr Sql advance_attempts =
    "INSERT INTO waybill.attempt AS row (message_id, consumer, attempt, state, first_failed_at, error) "
    "SELECT id, $5, attempt + 1, state, clock_timestamp(), error "
    "FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[]) AS given (id, attempt, state, error) "
    "WHERE NOT EXISTS (SELECT FROM waybill.inbox AS seen "
    "                  WHERE seen.message_id = given.id AND seen.consumer = $5) "
    "ORDER BY id "
    "ON CONFLICT (message_id, consumer) DO UPDATE "
    "SET attempt = excluded.attempt, state = excluded.state, error = excluded.error, begun_by = '{}', "
    "    first_failed_at = coalesce(row.first_failed_at, excluded.first_failed_at), "
    "    changed_at = clock_timestamp() "
    "WHERE row.attempt < excluded.attempt "
    "RETURNING message_id, first_failed_at, clock_timestamp()";

struct Columns {
  Ids id;
  std::vector<std::int64_t> hash;
  std::vector<std::int32_t> attempt;
  std::vector<std::optional<base::WallTime>> expiry;

  void append(const Received& message) {
    id.push_back(message.id);
    hash.push_back(message.payload_hash);
    attempt.push_back(static_cast<std::int32_t>(message.attempt));
    expiry.push_back(message.envelope.expiry);
  }
};

Claim why(const std::optional<std::int64_t>& seen_hash, bool is_stale, bool is_expired, std::int64_t hash) {
  if (seen_hash) return *seen_hash == hash ? Claim::seen : Claim::other_payload;
  if (is_stale) return Claim::stale;
  return is_expired ? Claim::expired : Claim::unknown;
}

}  // namespace

const base::Uuid& this_process() {
  static const base::Uuid id = base::new_uuid_v7();
  return id;
}

std::vector<Claim> claim(postgres::Tx& tx, const std::string& consumer, Batch batch,
                         std::chrono::milliseconds statement_within) {
  Columns given;
  std::unordered_map<base::Uuid, std::size_t> places;
  for (const auto* message : batch) {
    places.emplace(message->id, given.id.size());
    given.append(*message);
  }
  std::vector<Claim> claims(batch.size(), Claim::unknown);
  std::size_t fresh = 0;
  for (const auto& id :
       tx.query<std::optional<base::Uuid>>(insert_fresh, given.id, given.hash, given.attempt, given.expiry,
                                           consumer, std::to_string(statement_within.count()))) {
    if (!id) continue;
    claims[places.at(*id)] = Claim::fresh;
    ++fresh;
  }
  if (fresh == batch.size()) return claims;
  Columns others;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (claims[i] != Claim::fresh) others.append(*batch[i]);
  }
  for (const auto& [id, seen_hash, is_stale, is_expired] :
       tx.query<base::Uuid, std::optional<std::int64_t>, bool, bool>(
           explain_others, others.id, others.attempt, others.expiry, consumer)) {
    const auto place = places.at(id);
    claims[place] = why(seen_hash, is_stale, is_expired, given.hash[place]);
  }
  if (fresh == 0) commit_something(tx);
  return claims;
}

void commit_something(postgres::Tx& tx) { tx.query_one<std::string>(write_something); }

bool try_to_keep_parked(postgres::Tx& tx, const std::string& consumer,
                        std::chrono::milliseconds longest_silence) {
  tx.query_one<std::string>("SELECT set_config('idle_session_timeout', $1, false)",
                            std::to_string(longest_silence.count()));
  return tx.query_one<bool>("SELECT pg_try_advisory_lock(hashtextextended('parked' || chr(10) || $1, 0))",
                            consumer);
}

void lock(postgres::Tx& tx, const std::set<std::string>& names) {
  tx.query_one<std::int64_t>(lock_names, std::vector<std::string>(names.begin(), names.end()));
}

void forget_attempts(postgres::Tx& tx, const std::string& consumer, Batch batch) {
  if (batch.empty()) return;
  Columns over;
  for (const auto* message : batch) over.append(*message);
  tx.pipeline(delete_attempts, over.id, over.attempt, consumer);
}

Begun begin(postgres::Tx& tx, const std::string& consumer, const Received& message) {
  const auto noted = tx.query_optional<std::int32_t, bool, std::string>(
      note_begin, message.id, consumer, static_cast<std::int32_t>(message.attempt), this_process());
  if (!noted) return {};
  const auto& [crashes, was_hung, error] = *noted;
  return {static_cast<std::uint32_t>(crashes), was_hung, error};
}

void take_back(postgres::Tx& tx, const std::string& consumer, Batch batch) {
  if (batch.empty()) return;
  Columns begun;
  for (const auto* message : batch) begun.append(*message);
  tx.pipeline(take_back_begin, begun.id, consumer, this_process());
}

void note_hung(postgres::Tx& tx, const std::string& consumer, const base::Uuid& id, std::uint32_t attempt,
               const std::string& error) {
  tx.execute(note_that_it_hung, id, consumer, static_cast<std::int32_t>(attempt), error, this_process());
}

std::unordered_map<base::Uuid, Advanced> advance(postgres::Tx& tx, const std::string& consumer,
                                                 std::span<const Failed> failed) {
  Ids ids;
  std::vector<std::int32_t> attempts;
  std::vector<std::string> states;
  std::vector<std::string> errors;
  for (const auto& one : failed) {
    ids.push_back(one.id);
    attempts.push_back(static_cast<std::int32_t>(one.attempt));
    states.emplace_back(one.is_final ? "dead" : "waiting");
    errors.push_back(one.error);
  }
  std::unordered_map<base::Uuid, Advanced> advanced;
  for (const auto& [id, first, last] : tx.query<base::Uuid, base::WallTime, base::WallTime>(
           advance_attempts, ids, attempts, states, errors, consumer)) {
    advanced.emplace(id, Advanced{first, last});
  }
  return advanced;
}

Maintained maintain(postgres::Tx& tx, const std::string& consumer, std::chrono::seconds remember) {
  Maintained maintained;
  for (auto& [made, dropped] : tx.query<std::optional<std::string>, std::optional<std::string>>(
           "SELECT made, dropped FROM waybill.maintain_inbox($1, $2 * interval '1 second')", consumer,
           static_cast<std::int64_t>(remember.count()))) {
    if (made) maintained.made.push_back(std::move(*made));
    if (dropped) maintained.dropped.push_back(std::move(*dropped));
  }
  return maintained;
}

}  // namespace waybill::inbox::store
