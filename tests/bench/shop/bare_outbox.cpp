#include "bare_outbox.hpp"

#include <array>
#include <span>
#include <utility>
#include <variant>

#include "sample_message.hpp"

namespace waybill::bench {
namespace {

/// Headers as they stand in the outbox.
std::string headers_json() {
  const auto wire = sample_message();
  std::string json = R"({":app_id":")" + wire.app_id + R"(",":content_type":")" + wire.content_type +
                     R"(",":reply_to":")" + wire.reply_to + R"(",":correlation_id":")" + wire.correlation_id +
                     '"';
  for (const auto& [name, value] : wire.headers) {
    const auto* text = std::get_if<std::string>(&value);
    json += ",\"" + name + "\":" + (text ? '"' + *text + '"' : std::to_string(std::get<std::int64_t>(value)));
  }
  return json + "}";
}

}  // namespace

BareOutbox::BareOutbox(BareSql& sql, BareRelay& relay)
    : sql_(sql), relay_(relay), headers_(headers_json()), payload_(sample_message().body) {
  sql_.prepare("outbox",
               "INSERT INTO waybill.outbox (id, key, message_id, kind, type, exchange, routing_key, headers, "
               "payload) SELECT id, key, message_id, kind, type, exchange, routing_key, $8::jsonb, $9::bytea "
               "FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], "
               "$7::text[]) AS given (id, key, message_id, kind, type, exchange, routing_key)");
}

void BareOutbox::add(BareMessage message, const std::string& kind) {
  const auto id = relay_.next_id();
  ids_.add(std::to_string(id));
  message_ids_.add(message.id);
  orders_.add(message.correlation_id);
  kinds_.add(kind);
  types_.add(message.type);
  exchanges_.add(message.exchange);
  routing_keys_.add(message.routing_key);
  rows_.push_back({id, std::move(message)});
}

void BareOutbox::write() {
  if (rows_.empty()) return;
  const std::array parameters{ids_.take(),          orders_.take(), message_ids_.take(),
                              kinds_.take(),        types_.take(),  exchanges_.take(),
                              routing_keys_.take(), headers_,       payload_};
  sql_.send("outbox", parameters);
}

void BareOutbox::publish() {
  if (!rows_.empty()) relay_.publish(std::exchange(rows_, {}));
}

}  // namespace waybill::bench
