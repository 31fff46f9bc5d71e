#include "watch_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "../relay/stored_row.hpp"
#include "routing.hpp"

namespace waybill::outbox {
namespace {

using postgres::Sql;
using postgres::Tx;

using Time = std::optional<base::WallTime>;

constexpr Sql forget_old =
    "DELETE FROM waybill.binding_watch "
    "WHERE missing_since IS NULL AND replay_from IS NULL "
    "  AND last_good_at < clock_timestamp() - $1 * interval '1 second'";
// Kept before anything is published: while looks fail, or the leader dies before its first, nobody knows
// which bindings are missing.
constexpr Sql add_wanted =
    "INSERT INTO waybill.binding_watch (queue, exchange, routing_key) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING";
constexpr Sql load_all =
    "SELECT queue, exchange, routing_key, wanted_since, mark, last_good_at, last_empty_at, missing_since, "
    "       replay_from, replay_to, replay_at, replay_id, replayed_at FROM waybill.binding_watch";
constexpr Sql save_all =
    "INSERT INTO waybill.binding_watch (queue, exchange, routing_key, mark, last_good_at, last_empty_at, "
    "       missing_since, replay_from, replay_to, replay_at, replay_id, replayed_at) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], "
    "       $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], "
    "       $10::timestamptz[], $11::bigint[], $12::timestamptz[]) "
    "ON CONFLICT (queue, exchange, routing_key) DO UPDATE SET "
    "       mark = excluded.mark, last_good_at = excluded.last_good_at, "
    "       last_empty_at = excluded.last_empty_at, missing_since = excluded.missing_since, "
    "       replay_from = excluded.replay_from, replay_to = excluded.replay_to, "
    "       replay_at = excluded.replay_at, replay_id = excluded.replay_id, "
    "       replayed_at = excluded.replayed_at";

// The end of a page is found first, among rows of any exchange: a page takes the time of so many rows also
// when hardly any of them is wanted.
constexpr Sql page_end =
    "SELECT sent_at, id FROM waybill.outbox_sent "
    "WHERE sent_at >= $1 AND (sent_at, id) > ($1, $2) AND sent_at <= $3 "
    "ORDER BY sent_at, id OFFSET $4 LIMIT 1";
constexpr Sql page_rows =
    "SELECT id, key, message_id, type, exchange, routing_key, headers, payload, "
    "       coalesce(bytes_with_next, 0) > $6 "
    "FROM (SELECT *, row_number() OVER rising AS number, "
    "             sum(octet_length(payload)) OVER rising AS bytes, "
    "             sum(octet_length(payload)) OVER (rising ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) "
    "               AS bytes_with_next "
    "      FROM waybill.outbox_sent "
    "      WHERE sent_at >= $1 AND (sent_at, id) > ($1, $2) AND sent_at <= $3 AND (sent_at, id) <= ($3, $4) "
    "        AND exchange = $5 "
    "      WINDOW rising AS (ORDER BY sent_at, id)) AS measured "
    "WHERE number = 1 OR bytes <= $6 ORDER BY sent_at, id";

constexpr Sql sent_at_of =
    "SELECT sent_at FROM waybill.outbox_sent WHERE sent_at >= $1 AND sent_at <= $2 AND id = $3 "
    "ORDER BY sent_at LIMIT 1";

struct WatchRow {
  std::string queue;
  std::string exchange;
  std::string routing_key;
  base::WallTime wanted_since;
  std::string mark;
  Time last_good_at;
  Time last_empty_at;
  Time missing_since;
  Time replay_from;
  Time replay_to;
  Time replay_at;
  std::optional<std::int64_t> replay_id;
  Time replayed_at;

  static constexpr auto columns = postgres::columns(
      &WatchRow::queue, &WatchRow::exchange, &WatchRow::routing_key, &WatchRow::wanted_since, &WatchRow::mark,
      &WatchRow::last_good_at, &WatchRow::last_empty_at, &WatchRow::missing_since, &WatchRow::replay_from,
      &WatchRow::replay_to, &WatchRow::replay_at, &WatchRow::replay_id, &WatchRow::replayed_at);

  Watched to_watched() && {
    Watched watched;
    watched.wanted.queue = message::Queue{std::move(queue)};
    watched.wanted.exchange = message::Exchange{std::move(exchange)};
    watched.wanted.routing_key = message::RoutingKey{std::move(routing_key)};
    watched.wanted_since = wanted_since;
    watched.mark = std::move(mark);
    watched.last_good_at = last_good_at;
    watched.last_empty_at = last_empty_at;
    watched.missing_since = missing_since;
    watched.replayed_at = replayed_at;
    if (replay_from) {
      watched.replay = Replay::since(*replay_from);
      watched.replay->to = replay_to;
      if (replay_at && replay_id) watched.replay->done = {*replay_at, *replay_id};
    }
    return watched;
  }
};

/// What is saved, column by column.
struct WatchColumns {
  explicit WatchColumns(std::span<const Watched> watched) {
    for (const auto& each : watched) {
      queue.push_back(each.wanted.queue.value());
      exchange.push_back(each.wanted.exchange.value());
      routing_key.push_back(each.wanted.routing_key.value());
      mark.push_back(each.mark);
      last_good_at.push_back(each.last_good_at);
      last_empty_at.push_back(each.last_empty_at);
      missing_since.push_back(each.missing_since);
      replay_from.push_back(each.replay ? Time(each.replay->from) : std::nullopt);
      replay_to.push_back(each.replay ? each.replay->to : std::nullopt);
      replay_at.push_back(each.replay ? Time(each.replay->done.sent_at) : std::nullopt);
      replay_id.push_back(each.replay ? std::optional(each.replay->done.id) : std::nullopt);
      replayed_at.push_back(each.replayed_at);
    }
  }
  std::vector<std::string> queue, exchange, routing_key, mark;
  std::vector<Time> last_good_at, last_empty_at, missing_since, replay_from, replay_to, replay_at;
  std::vector<std::optional<std::int64_t>> replay_id;
  std::vector<Time> replayed_at;
};

base::WallTime now_of(Tx& tx) { return tx.query_one<base::WallTime>("SELECT clock_timestamp()"); }

}  // namespace

std::vector<Watched> WatchStore::load(std::span<const WantedBinding> wanted, std::chrono::seconds keep_sent) {
  std::vector<std::string> queues, exchanges, routing_keys;
  for (const auto& each : wanted) {
    queues.push_back(each.queue.value());
    exchanges.push_back(each.exchange.value());
    routing_keys.push_back(each.routing_key.value());
  }
  const auto rows = session_.transact(
      [&](Tx& tx) {
        tx.execute(forget_old, static_cast<std::int64_t>(keep_sent.count()));
        tx.execute(add_wanted, queues, exchanges, routing_keys);
        return tx.query<WatchRow>(load_all);
      },
      deadline());
  std::vector<Watched> watched;
  for (auto row : rows) watched.push_back(std::move(row).to_watched());
  return watched;
}

void WatchStore::save(std::span<const Watched> watched) {
  const WatchColumns of(watched);
  session_.transact(
      [&](Tx& tx) {
        tx.execute(save_all, of.queue, of.exchange, of.routing_key, of.mark, of.last_good_at,
                   of.last_empty_at, of.missing_since, of.replay_from, of.replay_to, of.replay_at,
                   of.replay_id, of.replayed_at);
      },
      deadline());
}

base::WallTime WatchStore::now() {
  return session_.transact([](Tx& tx) { return now_of(tx); }, deadline());
}

SentRows WatchStore::read(const watch_act::Read& read, std::size_t most_bytes) {
  return session_.transact(
      [&](Tx& tx) {
        SentRows page;
        page.read_at = now_of(tx);
        const auto end =
            tx.query<base::WallTime, std::int64_t>(page_end, read.after.sent_at, read.after.id, read.up_to,
                                                   static_cast<std::int64_t>(read.rows) - 1);
        page.is_end = end.empty();
        page.up_to = {read.up_to, std::numeric_limits<std::int64_t>::max()};
        for (const auto& [sent_at, id] : end) page.up_to = {sent_at, id};
        for (auto& row : tx.query<StoredRow>(page_rows, read.after.sent_at, read.after.id, page.up_to.sent_at,
                                             page.up_to.id, read.wanted.exchange,
                                             static_cast<std::int64_t>(most_bytes))) {
          if (row.is_cut_off) {
            page.is_end = false;
            page.up_to = {
                tx.query_one<base::WallTime>(sent_at_of, read.after.sent_at, page.up_to.sent_at, row.id),
                row.id};
          }
          if (routes(read.wanted, row.routing_key)) page.rows.push_back(std::move(row).to_row(false));
        }
        return page;
      },
      deadline(), postgres::Isolation::read_only_snapshot);
}

}  // namespace waybill::outbox
