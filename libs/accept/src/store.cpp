#include "store.hpp"

#include <string_view>
#include <utility>

#include "stored_head.hpp"

namespace waybill::accept::store {
namespace {

using postgres::Sql;

// A setting of the transaction keeps what the second statement has to know, so that nothing is waited for
// between them. One that waited for a lock could wait in a circle; these never wait.
constexpr Sql lock_keys =
    "SELECT set_config('waybill.idempotency_locked', "
    "       (SELECT string_agg(CASE WHEN pg_try_advisory_xact_lock(hash) THEN 'y' ELSE 'n' END, '' "
    "                          ORDER BY place) "
    "        FROM unnest($1::bigint[]) WITH ORDINALITY AS given (hash, place)), true)";

// Says nothing of those that may be done. An answer that can be seen is one, whoever has the lock.
constexpr Sql look_up =
    "SELECT given.place, stored.fingerprint, stored.status, stored.content_type, stored.headers, "
    "       stored.body "
    "FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY "
    "     AS given (hash, client, key, place) "
    "LEFT JOIN LATERAL (SELECT * FROM waybill.idempotency AS row "
    "                   WHERE row.hash = given.hash AND row.client = given.client "
    "                     AND row.key = given.key "
    "                     AND row.created_at > now() - $4 * interval '1 second' "
    "                   LIMIT 1) AS stored ON true "
    "WHERE stored.hash IS NOT NULL "
    "   OR substr(current_setting('waybill.idempotency_locked'), given.place::integer, 1) = 'n'";

constexpr Sql insert_answers =
    "INSERT INTO waybill.idempotency (hash, client, key, fingerprint, status, content_type, headers, body) "
    "SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::integer[], $6::text[], "
    "                     $7::text[], $8::bytea[])";

constexpr Sql write_something = "SELECT pg_logical_emit_message(true, 'waybill', '')::text";

struct Keys {
  std::vector<std::int64_t> hash;
  std::vector<std::string_view> client;
  std::vector<std::string_view> key;

  void append(const RequestMark& mark) {
    hash.push_back(mark.hash);
    client.push_back(mark.client);
    key.push_back(mark.key);
  }
};

}  // namespace

std::vector<Found> claim(postgres::Tx& tx, std::span<const RequestMark* const> marks,
                         std::chrono::seconds keep) {
  Keys keys;
  for (const auto* mark : marks) keys.append(*mark);
  tx.pipeline(lock_keys, keys.hash);
  std::vector<Found> found(marks.size());
  for (auto& [place, fingerprint, status, content_type, fields, body] :
       tx.query<std::int64_t, std::optional<postgres::Bytes>, std::optional<std::int32_t>,
                std::optional<std::string>, std::optional<std::string>, std::optional<postgres::Bytes>>(
           look_up, keys.hash, keys.client, keys.key, static_cast<std::int64_t>(keep.count()))) {
    const auto at = static_cast<std::size_t>(place - 1);
    if (!fingerprint) {
      found.at(at).what = Found::What::busy;
    } else if (fingerprint->data != marks[at]->fingerprint) {
      found.at(at).what = Found::What::reused;
    } else {
      found.at(at) = {Found::What::answer,
                      {.status = status.value(),
                       .content_type = std::move(content_type).value(),
                       .body = std::move(body).value().data,
                       .headers = read_fields(fields.value())}};
    }
  }
  return found;
}

void keep(postgres::Tx& tx, std::span<const Answer> answers) {
  if (answers.empty()) return;
  Keys keys;
  std::vector<postgres::BytesView> fingerprint;
  std::vector<std::int32_t> status;
  std::vector<std::string_view> content_type;
  std::vector<std::string> fields;
  std::vector<postgres::BytesView> body;
  for (const auto& [mark, answer] : answers) {
    keys.append(*mark);
    fingerprint.push_back({mark->fingerprint});
    status.push_back(answer->status);
    content_type.push_back(answer->content_type);
    fields.push_back(write_fields(answer->headers));
    body.push_back({answer->body});
  }
  tx.pipeline(insert_answers, keys.hash, keys.client, keys.key, fingerprint, status, content_type, fields,
              body);
}

void commit_something(postgres::Tx& tx) { tx.pipeline(write_something); }

bool is_lack_of_room(const postgres::Fault& fault) {
  return fault.sqlstate() == "23514" && fault.table() == "idempotency";
}

std::vector<std::string> make_partitions(postgres::Tx& tx) {
  return tx.query<std::string>("SELECT waybill.make_idempotency()");
}

std::vector<std::string> drop_partitions(postgres::Tx& tx, std::chrono::seconds keep) {
  return tx.query<std::string>("SELECT waybill.drop_idempotency($1 * interval '1 second')",
                               static_cast<std::int64_t>(keep.count()));
}

std::chrono::seconds room(postgres::Tx& tx) {
  return std::chrono::seconds{tx.query_one<std::int64_t>("SELECT waybill.idempotency_room()")};
}

}  // namespace waybill::accept::store
