#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "waybill/base/utf8.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/sendable.hpp"
#include "waybill/outbox/wire_json.hpp"

namespace waybill::outbox {
namespace {

constexpr postgres::Sql insert_now =
    "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, payload) "
    "SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::jsonb[], $8::bytea[])";
constexpr postgres::Sql insert_reminders =
    "INSERT INTO waybill.scheduled (key, kind, type, exchange, routing_key, headers, payload, due_at) "
    "SELECT key, kind, type, exchange, routing_key, headers, payload, "
    "       coalesce(at, clock_timestamp() + pause * interval '1 millisecond') "
    "FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[], "
    "            $8::timestamptz[], $9::bigint[]) "
    "     AS given (key, kind, type, exchange, routing_key, headers, payload, at, pause)";
constexpr postgres::Sql insert_retries =
    "INSERT INTO waybill.scheduled (key, message_id, kind, type, exchange, routing_key, headers, payload, "
    "                               due_at, consumer, attempt) "
    "SELECT key, message_id, kind, type, exchange, routing_key, headers, payload, "
    "       coalesce(at, clock_timestamp() + pause * interval '1 millisecond'), consumer, attempt "
    "FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], "
    "            $8::bytea[], $9::timestamptz[], $10::bigint[], $11::text[], $12::integer[]) "
    "     AS given (key, message_id, kind, type, exchange, routing_key, headers, payload, at, pause, "
    "               consumer, attempt) "
    "ON CONFLICT (message_id, consumer, attempt) DO NOTHING";

/// The columns of many rows, so that one statement writes them all.
struct Columns {
  std::vector<std::string> key;
  std::vector<base::Uuid> message_id;
  std::vector<Kind> kind;
  std::vector<std::string> type;
  std::vector<std::string> exchange;
  std::vector<std::string> routing_key;
  std::vector<postgres::Json> headers;
  std::vector<postgres::Bytes> payload;

  explicit Columns(std::size_t rows) {
    const auto reserve = [&](auto&... columns) { (columns.reserve(rows), ...); };
    reserve(key, message_id, kind, type, exchange, routing_key, headers, payload);
  }

  void append(const Message& message) {
    append(message.kind, message.to, message.envelope.id.value(), message.envelope.subject,
           message::write_envelope(message.envelope));
  }
  void append(const RawMessage& message) {
    append(message.kind, message.to, message.id, message.key, message.wire);
  }

 private:
  void append(Kind its_kind, const message::Address& to, const base::Uuid& id, const std::string& its_key,
              message::WireMessage wire) {
    if (auto problem = why_not_sendable(to, wire)) {
      throw std::invalid_argument("a message of type '" + wire.type + "' cannot be sent: " + *problem);
    }
    key.push_back(its_key);
    message_id.push_back(id);
    kind.push_back(its_kind);
    exchange.push_back(to.exchange.value());
    routing_key.push_back(to.routing_key.value());
    headers.push_back({write_headers(wire)});
    type.push_back(base::storable(wire.type));
    payload.push_back({std::move(wire.body)});
  }
};

/// When many rows are due: by a time, or else by a pause from now.
struct DueColumns {
  std::vector<std::optional<base::WallTime>> at;
  std::vector<std::optional<std::int64_t>> pause;

  void append(const Due& due) {
    const auto* time = std::get_if<base::WallTime>(&due);
    const auto* wait = std::get_if<std::chrono::milliseconds>(&due);
    at.push_back(time != nullptr ? std::optional(*time) : std::nullopt);
    pause.push_back(wait != nullptr ? std::optional<std::int64_t>(wait->count()) : std::nullopt);
  }
};

template <class AnyMessage>
void add_all(postgres::Tx& tx, std::span<const AnyMessage> messages) {
  if (messages.empty()) return;
  Columns columns(messages.size());
  for (const auto& message : messages) columns.append(message);
  tx.pipeline(insert_now, columns.key, columns.message_id, columns.kind, columns.type, columns.exchange,
              columns.routing_key, columns.headers, columns.payload);
}

}  // namespace

void add(postgres::Tx& tx, std::span<const Message> messages) { add_all(tx, messages); }
void add(postgres::Tx& tx, std::span<const RawMessage> messages) { add_all(tx, messages); }

void schedule(postgres::Tx& tx, std::span<const Reminder> reminders) {
  if (reminders.empty()) return;
  Columns columns(reminders.size());
  DueColumns due;
  for (const auto& reminder : reminders) {
    columns.append(reminder.message);
    due.append(reminder.due);
  }
  tx.pipeline(insert_reminders, columns.key, columns.kind, columns.type, columns.exchange,
              columns.routing_key, columns.headers, columns.payload, due.at, due.pause);
}

void schedule(postgres::Tx& tx, std::span<const Retry> retries) {
  if (retries.empty()) return;
  Columns columns(retries.size());
  DueColumns due;
  std::vector<std::string> consumer;
  std::vector<std::int32_t> attempt;
  for (const auto& retry : retries) {
    columns.append(retry.message);
    due.append(retry.due);
    consumer.push_back(retry.consumer);
    attempt.push_back(static_cast<std::int32_t>(retry.attempt));
  }
  tx.pipeline(insert_retries, columns.key, columns.message_id, columns.kind, columns.type, columns.exchange,
              columns.routing_key, columns.headers, columns.payload, due.at, due.pause, consumer, attempt);
}

}  // namespace waybill::outbox
