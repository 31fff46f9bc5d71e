#include <stdexcept>
#include <string>
#include <vector>

#include "sendable.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/message.hpp"
#include "wire_json.hpp"

namespace waybill::outbox {
namespace {

constexpr postgres::Sql insert =
    "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, payload) "
    "SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::jsonb[], $8::bytea[])";

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

  explicit Columns(std::span<const Message> messages) {
    const auto reserve = [&](auto&... columns) { (columns.reserve(messages.size()), ...); };
    reserve(key, message_id, kind, type, exchange, routing_key, headers, payload);
    for (const auto& message : messages) append(message);
  }

  void append(const Message& message) {
    auto wire = message::write_envelope(message.envelope);
    if (auto problem = why_not_sendable(message.to, wire)) {
      throw std::invalid_argument("a message of type '" + wire.type + "' cannot be sent: " + *problem);
    }
    key.push_back(message.envelope.subject);
    message_id.push_back(message.envelope.id.value());
    kind.push_back(message.kind);
    exchange.push_back(message.to.exchange.value());
    routing_key.push_back(message.to.routing_key.value());
    headers.push_back({write_headers(wire)});
    type.push_back(std::move(wire.type));
    payload.push_back({std::move(wire.body)});
  }
};

}  // namespace

void add(postgres::Tx& tx, std::span<const Message> messages) {
  if (messages.empty()) return;
  const Columns columns(messages);
  tx.execute(insert, columns.key, columns.message_id, columns.kind, columns.type, columns.exchange,
             columns.routing_key, columns.headers, columns.payload);
}

}  // namespace waybill::outbox
