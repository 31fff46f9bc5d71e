#include "relay_store.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <tuple>

#include "stored_row.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::outbox {
namespace {

using postgres::Sql;
using postgres::Tx;

// "waybill" and "outbox" as numbers of 32 bits: whoever else takes advisory locks is unlikely to take these.
constexpr Sql lead = "SELECT pg_try_advisory_lock(2002873708, 1869966968)";
// The tables are empty at rest, and a plan that was made then, to read them whole, would be kept when they
// are full. Nor by a bitmap: only a walk along the index marks the entries of deleted rows, so that the next
// passes them by.
constexpr Sql set_up =
    "SELECT set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false), "
    "       set_config('idle_session_timeout', $1, false)";

constexpr Sql snapshot_seen = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

// Above every number that a transaction has by now. The highest of a snapshot is only that of those which
// have ended: one that is under way may have a higher one.
constexpr Sql next_number = "SELECT pg_current_xact_id()::text::bigint";

constexpr Sql lanes_that_are_blocked =
    "SELECT exchange, key, count(*) FROM waybill.outbox_blocked GROUP BY exchange, key";

// octet_length() of a payload is known without reading it, so what is beyond the limit costs nothing. The
// first row comes whatever its size.
constexpr Sql read_rows =
    "SELECT id, key, message_id, type, exchange, routing_key, headers, payload, "
    "       number = $2 OR coalesce(bytes_with_next, 0) > $3 "
    "FROM (SELECT *, row_number() OVER rising AS number, "
    "             sum(octet_length(payload)) OVER rising AS bytes, "
    "             sum(octet_length(payload)) OVER (rising ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) "
    "               AS bytes_with_next "
    "      FROM (SELECT * FROM ("
    "              SELECT row.* FROM unnest($4::bigint[], $5::bigint[]) AS hole (low, high) "
    "              JOIN waybill.outbox AS row ON row.id BETWEEN hole.low AND hole.high "
    "              UNION ALL (SELECT * FROM waybill.outbox WHERE id > $1 ORDER BY id LIMIT $2)) AS either "
    "            ORDER BY id LIMIT $2) AS next "
    "      WINDOW rising AS (ORDER BY id)) AS measured "
    "WHERE number = 1 OR bytes <= $3 ORDER BY id";

// A row waits for those of its exchange and key that go a way which is not open, not only for its own way.
constexpr Sql read_blocked_rows =
    "WITH closed AS (SELECT * FROM unnest($4::text[], $5::text[]) AS way (exchange, routing_key)) "
    "SELECT id, key, message_id, type, exchange, routing_key, headers, payload, "
    "       number = $2 OR coalesce(bytes_with_next, 0) > $3 "
    "FROM (SELECT *, row_number() OVER rising AS number, "
    "             sum(octet_length(payload)) OVER rising AS bytes, "
    "             sum(octet_length(payload)) OVER (rising ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) "
    "               AS bytes_with_next "
    "      FROM (SELECT * FROM waybill.outbox_blocked AS row WHERE id > $1 "
    "            AND (exchange, routing_key) NOT IN (SELECT * FROM closed) "
    "            AND (key = '' OR NOT EXISTS ("
    "                   SELECT FROM waybill.outbox_blocked AS earlier "
    "                   WHERE earlier.exchange = row.exchange AND earlier.key = row.key "
    "                     AND earlier.id < row.id "
    "                     AND (earlier.exchange, earlier.routing_key) IN (SELECT * FROM closed))) "
    "            ORDER BY id LIMIT $2) AS next "
    "      WINDOW rising AS (ORDER BY id)) AS measured "
    "WHERE number = 1 OR bytes <= $3 ORDER BY id";

constexpr Sql fetch_waiting =
    "SELECT id, key, message_id, type, exchange, routing_key, headers, payload, false "
    "FROM waybill.outbox WHERE id = ANY($1) ORDER BY id";
constexpr Sql fetch_blocked =
    "SELECT id, key, message_id, type, exchange, routing_key, headers, payload, false "
    "FROM waybill.outbox_blocked WHERE id = ANY($1) ORDER BY id";

constexpr Sql remove_waiting =
    "WITH gone AS (DELETE FROM waybill.outbox WHERE id = ANY($1) RETURNING *) "
    "INSERT INTO waybill.outbox_sent (id, key, message_id, kind, type, exchange, routing_key, headers, "
    "                                 payload, created_at, sent_at) "
    "SELECT id, key, message_id, kind, type, exchange, routing_key, headers, payload, created_at, "
    "       clock_timestamp() FROM gone WHERE kind = 'event'";
constexpr Sql remove_blocked =
    "WITH gone AS (DELETE FROM waybill.outbox_blocked WHERE id = ANY($1) RETURNING *) "
    "INSERT INTO waybill.outbox_sent (id, key, message_id, kind, type, exchange, routing_key, headers, "
    "                                 payload, created_at, sent_at) "
    "SELECT id, key, message_id, kind, type, exchange, routing_key, headers, payload, created_at, "
    "       clock_timestamp() FROM gone WHERE kind = 'event'";

constexpr Sql block_rows =
    "WITH hindered AS (SELECT * FROM unnest($1::bigint[], $2::text[]) AS hindered (id, reason)), "
    "     gone AS (DELETE FROM waybill.outbox WHERE id = ANY($1) RETURNING *) "
    "INSERT INTO waybill.outbox_blocked (id, key, message_id, kind, type, exchange, routing_key, headers, "
    "                                    payload, created_at, reason) "
    "SELECT id, key, message_id, kind, type, exchange, routing_key, headers, payload, created_at, reason "
    "FROM gone JOIN hindered USING (id)";
constexpr Sql defer_rows =
    "UPDATE waybill.outbox_blocked AS row SET reason = hindered.reason, "
    "       retry_at = clock_timestamp() + $3 * interval '1 millisecond' "
    "FROM unnest($1::bigint[], $2::text[]) AS hindered (id, reason) WHERE row.id = hindered.id";

// The time is taken once: compared with a function that changes, the whole index would be read.
constexpr Sql take_due =
    "SELECT id, message_id IS NULL FROM waybill.scheduled WHERE due_at <= (SELECT clock_timestamp()) "
    "ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED";
// A retry keeps its message's id; a reminder gets one now, since an id has to be of the time when it is sent.
constexpr Sql promote_rows =
    "WITH due AS (SELECT * FROM unnest($1::bigint[], $2::uuid[]) AS due (id, new_id)), "
    "     gone AS (DELETE FROM waybill.scheduled WHERE id = ANY($1) RETURNING *) "
    "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, payload) "
    "SELECT key, coalesce(message_id, new_id), kind, type, exchange, routing_key, headers, payload "
    "FROM gone JOIN due USING (id) ORDER BY due_at, id";

constexpr Sql maintain_partitions =
    "SELECT made, dropped FROM waybill.maintain_outbox_sent($1 * interval '1 second')";

RowsRead to_rows(std::vector<StoredRow> stored, bool is_blocked) {
  RowsRead read;
  read.was_last = stored.empty() || !stored.back().is_cut_off;
  read.rows.reserve(stored.size());
  for (auto& row : stored) read.rows.push_back(std::move(row).to_row(is_blocked));
  return read;
}

std::pair<std::vector<std::int64_t>, std::vector<std::string>> columns_of(
    const std::vector<Hindrance>& rows) {
  std::pair<std::vector<std::int64_t>, std::vector<std::string>> columns;
  for (const auto& row : rows) {
    columns.first.push_back(row.id);
    columns.second.push_back(row.reason);
  }
  return columns;
}

/// Whether ids are missing between those that were read, above `after`.
bool has_gap(const std::vector<Row>& rows, std::int64_t after) {
  for (const auto& row : rows) {
    if (row.id > after + 1) return true;
    after = std::max(after, row.id);
  }
  return false;
}

}  // namespace

bool RelayStore::try_to_lead(std::chrono::milliseconds longest_silence) {
  return session_.transact(
      [&](Tx& tx) {
        tx.query_one<std::string, std::string, std::string>(set_up, std::to_string(longest_silence.count()));
        return tx.query_one<bool>(lead);
      },
      deadline());
}

std::vector<RelayMachine::BlockedLane> RelayStore::blocked_lanes() {
  const auto rows = session_.transact(
      [](Tx& tx) { return tx.query<std::string, std::string, std::int64_t>(lanes_that_are_blocked); },
      deadline());
  std::vector<RelayMachine::BlockedLane> lanes;
  for (const auto& [exchange, key, count] : rows) {
    lanes.push_back({message::Exchange{exchange}, key, static_cast<std::size_t>(count)});
  }
  return lanes;
}

RowsRead RelayStore::read(const act::Read& read, std::size_t most_bytes) {
  std::vector<std::int64_t> lows;
  std::vector<std::int64_t> highs;
  for (const auto& hole : read.holes) {
    lows.push_back(hole.low);
    highs.push_back(hole.high);
  }
  return session_.transact(
      [&](Tx& tx) {
        const auto ended = tx.query_one<std::int64_t>(snapshot_seen);
        auto rows = to_rows(tx.query<StoredRow>(read_rows, read.after, static_cast<std::int64_t>(read.rows),
                                                static_cast<std::int64_t>(most_bytes), lows, highs),
                            false);
        const auto none_from = has_gap(rows.rows, read.after) ? tx.query_one<std::int64_t>(next_number) : 0;
        rows.snapshot = {static_cast<std::uint64_t>(ended), static_cast<std::uint64_t>(none_from)};
        return rows;
      },
      deadline(), postgres::Isolation::read_only_snapshot);
}

RowsRead RelayStore::read_blocked(const act::ReadBlocked& read, std::size_t most_bytes) {
  std::vector<std::string> exchanges;
  std::vector<std::string> keys;
  for (const auto& way : read.without) {
    exchanges.push_back(way.exchange.value());
    keys.push_back(way.routing_key.value());
  }
  return to_rows(session_.transact(
                     [&](Tx& tx) {
                       return tx.query<StoredRow>(read_blocked_rows, read.after,
                                                  static_cast<std::int64_t>(read.rows),
                                                  static_cast<std::int64_t>(most_bytes), exchanges, keys);
                     },
                     deadline()),
                 true);
}

std::vector<std::int64_t> RelayStore::sweep(const act::Sweep& sweep) {
  return session_.transact(
      [&](Tx& tx) {
        return tx.query<std::int64_t>("SELECT id FROM waybill.outbox WHERE id <= $1 ORDER BY id",
                                      sweep.up_to);
      },
      deadline());
}

std::vector<Row> RelayStore::fetch(const act::Fetch& fetch) {
  std::vector<Row> rows;
  session_.transact(
      [&](Tx& tx) {
        rows.clear();
        for (auto& row : tx.query<StoredRow>(fetch_waiting, fetch.ids.waiting)) {
          rows.push_back(std::move(row).to_row(false));
        }
        if (fetch.ids.blocked.empty()) return;
        for (auto& row : tx.query<StoredRow>(fetch_blocked, fetch.ids.blocked)) {
          rows.push_back(std::move(row).to_row(true));
        }
      },
      deadline());
  return rows;
}

void RelayStore::remove(const act::Remove& remove) {
  session_.transact(
      [&](Tx& tx) {
        if (!remove.ids.waiting.empty()) tx.pipeline(remove_waiting, remove.ids.waiting);
        if (!remove.ids.blocked.empty()) tx.pipeline(remove_blocked, remove.ids.blocked);
      },
      deadline());
}

void RelayStore::block(const act::Block& block) {
  const auto [ids, reasons] = columns_of(block.rows);
  session_.transact([&](Tx& tx) { tx.pipeline(block_rows, ids, reasons); }, deadline());
}

void RelayStore::defer(const act::Defer& defer) {
  const auto [ids, reasons] = columns_of(defer.rows);
  session_.transact(
      [&](Tx& tx) { tx.pipeline(defer_rows, ids, reasons, static_cast<std::int64_t>(defer.wait.count())); },
      deadline());
}

RelayStore::Promoted RelayStore::promote(const act::Promote& promote) {
  return session_.transact(
      [&](Tx& tx) -> Promoted {
        std::vector<std::int64_t> ids;
        std::vector<std::optional<base::Uuid>> new_ids;
        for (const auto& [id, needs_id] :
             tx.query<std::int64_t, bool>(take_due, static_cast<std::int64_t>(promote.rows))) {
          ids.push_back(id);
          new_ids.push_back(needs_id ? std::optional(base::new_uuid_v7()) : std::nullopt);
        }
        if (ids.empty()) return {};
        tx.pipeline(promote_rows, ids, new_ids);
        return {ids.size(), ids.size() < promote.rows};
      },
      deadline());
}

RelayStore::Maintained RelayStore::maintain(std::chrono::seconds keep_sent) {
  Maintained maintained;
  for (auto& [made, dropped] : session_.transact(
           [&](Tx& tx) {
             return tx.query<std::optional<std::string>, std::optional<std::string>>(
                 maintain_partitions, static_cast<std::int64_t>(keep_sent.count()));
           },
           deadline())) {
    if (made) maintained.made.push_back(std::move(*made));
    if (dropped) maintained.dropped.push_back(std::move(*dropped));
  }
  return maintained;
}

}  // namespace waybill::outbox
