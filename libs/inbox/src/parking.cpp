#include "parking.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "headers.hpp"
#include "store.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/wire_json.hpp"

namespace waybill::inbox {
namespace {

using postgres::Sql;

constexpr Sql take_locks =
    "SELECT count(pg_advisory_xact_lock(name)) "
    "FROM (SELECT DISTINCT hashtextextended($1 || chr(10) || key, 0) AS name FROM unnest($2::text[]) AS key "
    "      ORDER BY name) AS sorted";
constexpr Sql first_of_keys =
    "SELECT DISTINCT ON (key) key, message_id, attempt FROM waybill.parked "
    "WHERE consumer = $1 AND key = ANY($2) ORDER BY key, seq";
constexpr Sql insert_behind =
    "INSERT INTO waybill.parked (consumer, key, seq, message_id, attempt, exchange, routing_key, type, "
    "                            headers, payload) "
    "VALUES ($1, $2, nextval('waybill.parked_seq'), $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (consumer, message_id) DO NOTHING";
constexpr Sql insert_first =
    "INSERT INTO waybill.parked (consumer, key, seq, message_id, attempt, exchange, routing_key, type, "
    "                            headers, payload, due_at) "
    "VALUES ($1, $2, coalesce((SELECT min(seq) FROM waybill.parked WHERE consumer = $1 AND key = $2), "
    "                         nextval('waybill.parked_seq')) - 1, "
    "        $3, $4, $5, $6, $7, $8, $9, clock_timestamp() + $10 * interval '1 millisecond') "
    "ON CONFLICT (consumer, message_id) DO UPDATE "
    "SET attempt = excluded.attempt, due_at = excluded.due_at, taken_by = NULL";
// Behind what waits already: one that was not handled in its turn is no earlier than that.
constexpr Sql insert_for_ever =
    "INSERT INTO waybill.parked (consumer, key, seq, message_id, attempt, exchange, routing_key, type, "
    "                            headers, payload, due_at) "
    "VALUES ($1, $2, nextval('waybill.parked_seq'), $3, $4, $5, $6, $7, $8, $9, 'infinity') "
    "ON CONFLICT (consumer, message_id) DO UPDATE "
    "SET attempt = excluded.attempt, due_at = excluded.due_at, taken_by = NULL";
// A stale copy ends nothing: the attempt that is parked is a later one.
constexpr Sql delete_over =
    "DELETE FROM waybill.parked AS row USING unnest($2::uuid[], $3::integer[]) AS given (id, attempt) "
    "WHERE row.consumer = $1 AND row.message_id = given.id AND row.attempt <= given.attempt";
// Of a key, as far as its first row that is not due. Where somebody changes a row now, it is left out.
constexpr Sql take_those_due =
    "WITH later AS (SELECT key, min(seq) AS seq FROM waybill.parked "
    "               WHERE consumer = $1 AND due_at > clock_timestamp() GROUP BY key), "
    "due AS ("
    "  SELECT row.key, row.seq, row.message_id, row.attempt, row.exchange, row.routing_key, row.type, "
    "         row.headers, row.payload, row.taken_by "
    "  FROM waybill.parked AS row LEFT JOIN later ON later.key = row.key "
    "  WHERE row.consumer = $1 AND row.due_at <= clock_timestamp() "
    "    AND (later.seq IS NULL OR row.seq < later.seq) "
    "  ORDER BY row.seq LIMIT $2 FOR UPDATE OF row SKIP LOCKED), "
    "taken AS (UPDATE waybill.parked AS row SET taken_by = $3 FROM due "
    "          WHERE row.consumer = $1 AND row.key = due.key AND row.seq = due.seq "
    "            AND row.taken_by IS DISTINCT FROM $3) "
    "SELECT key, message_id, attempt, exchange, routing_key, type, headers, payload, "
    "       coalesce(taken_by <> $3, false) FROM due ORDER BY seq";
constexpr Sql select_next =
    "SELECT ceil(extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::bigint "
    "FROM (SELECT DISTINCT ON (key) key, due_at FROM waybill.parked WHERE consumer = $1 ORDER BY key, seq) "
    "  AS first WHERE isfinite(due_at)";

template <class... More>
void insert(postgres::Tx& tx, Sql sql, const std::string& consumer, const Received& message,
            std::uint32_t attempt, const More&... more) {
  auto wire = message::write_envelope(message.envelope);
  tx.execute(sql, consumer, message.envelope.subject, message.id, static_cast<std::int32_t>(attempt),
             message.origin.exchange.value(), message.origin.routing_key.value(), message.type,
             postgres::Json{outbox::write_headers(wire)}, postgres::BytesView{wire.body}, more...);
}

struct ParkedRow {
  std::string key;
  base::Uuid message_id;
  std::int32_t attempt = 1;
  std::string exchange;
  std::string routing_key;
  std::string type;
  postgres::Json headers;
  postgres::Bytes payload;
  bool was_taken = false;
  static constexpr auto columns =
      postgres::columns(&ParkedRow::key, &ParkedRow::message_id, &ParkedRow::attempt, &ParkedRow::exchange,
                        &ParkedRow::routing_key, &ParkedRow::type, &ParkedRow::headers, &ParkedRow::payload,
                        &ParkedRow::was_taken);
};

message::Delivery to_delivery(ParkedRow row) {
  message::Delivery delivery;
  delivery.redelivered = row.was_taken;
  delivery.origin = {message::Exchange{std::move(row.exchange)},
                     message::RoutingKey{std::move(row.routing_key)}};
  auto& wire = delivery.message;
  wire.type = std::move(row.type);
  outbox::read_headers(row.headers.text, wire);
  if (wire.message_id.empty()) wire.message_id = row.message_id.to_string();
  std::erase_if(wire.headers, [](const auto& one) { return one.first == header::attempt; });
  wire.headers.emplace_back(std::string(header::attempt), std::int64_t{row.attempt});
  wire.body = std::move(row.payload.data);
  return delivery;
}

struct First {
  base::Uuid id;
  std::uint32_t attempt = 1;
};

/// The first parked message of each key, which stays so until the transaction ends.
std::map<std::string, First> lock_and_look(postgres::Tx& tx, const std::string& consumer,
                                           const std::set<std::string>& keys) {
  lock_keys(tx, consumer, keys);
  std::map<std::string, First> first;
  for (auto& [key, id, attempt] : tx.query<std::string, base::Uuid, std::int32_t>(
           first_of_keys, consumer, std::vector(keys.begin(), keys.end()))) {
    first.emplace(std::move(key), First{id, static_cast<std::uint32_t>(attempt)});
  }
  return first;
}

}  // namespace

void lock_keys(postgres::Tx& tx, const std::string& consumer, const std::set<std::string>& keys) {
  if (!keys.empty()) {
    tx.query_one<std::int64_t>(take_locks, consumer, std::vector(keys.begin(), keys.end()));
  }
}

void park_behind(postgres::Tx& tx, const std::string& consumer, std::span<const Received* const> messages,
                 std::span<const std::size_t> members, const std::vector<bool>& committed,
                 std::vector<bool>& parked) {
  std::set<std::string> keys;
  for (const auto member : members) {
    if (!messages[member]->envelope.subject.empty()) keys.insert(messages[member]->envelope.subject);
  }
  if (keys.empty()) return;
  const auto first = lock_and_look(tx, consumer, keys);
  const std::set<std::size_t> are_members(members.begin(), members.end());
  std::set<std::string> waiting;
  std::set<std::string> follows;  // keys whose first parked message goes in this very transaction
  for (std::size_t item = 0; item < messages.size() && item <= members.back(); ++item) {
    const auto& message = *messages[item];
    const auto& key = message.envelope.subject;
    if (key.empty() || !keys.contains(key) || committed[item]) continue;
    const bool is_member = are_members.contains(item);
    const auto its_first = first.find(key);
    const bool is_first = its_first != first.end() && its_first->second.id == message.id;
    // What was parked goes behind the first of its key, and not if that has become another attempt meanwhile.
    const bool goes_behind = !message.tag && follows.contains(key);
    const bool may_go = !waiting.contains(key) &&
                        (its_first == first.end() ? message.tag.has_value() : is_first || goes_behind);
    if (is_member && may_go) {
      if (is_first && its_first->second.attempt == message.attempt) follows.insert(key);
      continue;
    }
    const bool has_later_member = std::ranges::any_of(
        members, [&](std::size_t later) { return later > item && messages[later]->envelope.subject == key; });
    if (!is_member && !has_later_member) continue;
    waiting.insert(key);
    if (is_member) parked[item] = true;
    // One that was parked and is no more has been handled by somebody else.
    if (message.tag) insert(tx, insert_behind, consumer, message, message.attempt);
  }
}

void unpark(postgres::Tx& tx, const std::string& consumer, std::span<const Received* const> over) {
  std::vector<base::Uuid> ids;
  std::vector<std::int32_t> attempts;
  for (const auto* message : over) {
    if (!message->parked && message->envelope.subject.empty()) continue;
    ids.push_back(message->parked ? message->parked->id : message->id);
    attempts.push_back(static_cast<std::int32_t>(message->attempt));
  }
  if (!ids.empty()) tx.execute(delete_over, consumer, ids, attempts);
}

void park_first(postgres::Tx& tx, const std::string& consumer, const Received& message,
                std::chrono::milliseconds wait) {
  insert(tx, insert_first, consumer, message, message.attempt + 1, static_cast<std::int64_t>(wait.count()));
}

void park_for_ever(postgres::Tx& tx, const std::string& consumer, const Received& message) {
  insert(tx, insert_for_ever, consumer, message, message.attempt + 1);
}

Due take_due(postgres::Tx& tx, const std::string& consumer, std::size_t most) {
  Due due;
  for (auto& row : tx.query<ParkedRow>(take_those_due, consumer, static_cast<std::int64_t>(most),
                                       store::this_process())) {
    ParkedAs as{row.key, row.message_id};
    due.messages.push_back({std::move(as), to_delivery(std::move(row))});
  }
  if (!due.messages.empty()) return due;
  if (const auto next = tx.query_one<std::optional<std::int64_t>>(select_next, consumer)) {
    due.next = std::chrono::milliseconds{std::max<std::int64_t>(*next, 0)};
  }
  return due;
}

}  // namespace waybill::inbox
