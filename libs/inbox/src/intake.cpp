#include "intake.hpp"

#include <algorithm>
#include <utility>

#include "headers.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/base/utf8.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/foreign_id.hpp"
#include "waybill/message/wire_format.hpp"

namespace waybill::inbox {
namespace {

constexpr std::chrono::hours most_ahead{1};

std::uint32_t attempt_of(const message::Headers& headers) {
  const auto* value = message::find_header(headers, header::attempt);
  const auto* number = value != nullptr ? std::get_if<std::int64_t>(value) : nullptr;
  if (number == nullptr || *number < 1 || *number > 1'000'000) return 1;
  return static_cast<std::uint32_t>(*number);
}

/// A retry comes from the retry exchange, and says whence it came at first.
void take_origin(Received& received) {
  auto& headers = received.envelope.headers;
  const auto exchange = headers.find(std::string(header::exchange));
  const auto routing_key = headers.find(std::string(header::routing_key));
  if (exchange != headers.end() && routing_key != headers.end()) {
    received.origin = {message::Exchange{exchange->second}, message::RoutingKey{routing_key->second}};
  }
  std::erase_if(headers, [](const auto& one) { return one.first.starts_with(header::prefix); });
}

/// Empty when the database can keep all that goes into columns of text.
std::string why_not_storable(const message::Envelope& envelope) {
  for (const auto* text : {&envelope.type, &envelope.subject, &envelope.reply_to}) {
    if (!base::is_storable(*text)) {
      return "'" + base::storable(*text) +
             "' is no text: a type, subject and reply address are UTF-8 without NUL";
    }
  }
  return {};
}

}  // namespace

base::Uuid fingerprint(const std::string& queue, const message::WireMessage& wire) {
  std::string all;
  const auto append = [&](std::string_view part) {
    all.append(std::to_string(part.size())).append(1, ':').append(part);
  };
  for (const auto* property : {&wire.message_id, &wire.type, &wire.app_id, &wire.correlation_id,
                               &wire.reply_to, &wire.content_type}) {
    append(*property);
  }
  for (const auto& [name, value] : wire.headers) {
    // What we and the broker add on the way is no part of it.
    if (name.starts_with(header::prefix) || name == header::attempt || name.starts_with("x-")) continue;
    append(name);
    append(message::to_text(value));
  }
  append(wire.body);
  return message::uuid_of_foreign_id(base::WallTime{}, queue, all);
}

std::int64_t hash_of(std::string_view type, std::string_view payload) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  };
  mix(type);
  hash *= 0x100000001B3ULL;
  mix(payload);
  return static_cast<std::int64_t>(hash);
}

Received Intake::read(message::Delivery delivery, base::WallTime now) const {
  Received received;
  received.tag = delivery.tag;
  received.is_suspect = delivery.redelivered;
  received.origin = std::move(delivery.origin);
  received.type = delivery.message.type;
  auto envelope = message::read_envelope(delivery.message);
  if (const auto why = envelope ? why_not_storable(*envelope) : envelope.error().to_string(); !why.empty()) {
    received.attempt = attempt_of(delivery.message.headers);
    received.id = fingerprint(queue_, delivery.message);
    received.refusal = {Reason::unreadable, why};
    received.wire = std::move(delivery.message);
    return received;
  }
  received.envelope = *std::move(envelope);
  received.id = received.envelope.id.value();
  received.attempt = received.envelope.attempt;
  received.payload_hash = hash_of(received.type, received.envelope.payload);
  take_origin(received);
  decide(received, now);
  return received;
}

void Intake::decide(Received& received, base::WallTime now) const {
  const auto made = base::time_of(received.id);
  if (!made || *made < now - remember_ || *made > now + most_ahead) {
    received.refusal = {Reason::out_of_time, "its id was made at " +
                                                 (made ? base::format_timestamp(*made) : "an unknown time") +
                                                 ", and only the last " + std::to_string(remember_.count()) +
                                                 " s and the next hour are remembered"};
    return;
  }
  const auto type = codec_.registry().current_name(received.type);
  received.handler = handlers_.find(type);
  if (received.handler == nullptr) {
    received.handler = handlers_.find_other(received.envelope);
    if (received.handler != nullptr) return;
    const auto* contract = codec_.registry().find(type);
    const bool is_event = contract ? contract->kind == contract::Kind::event : handlers_.are_of_events_only();
    received.is_skipped = is_event;
    if (is_event) return;
    received.refusal = {contract ? Reason::no_handler : Reason::unknown_type,
                        contract ? "'" + received.type + "' has no handler in this consumer"
                                 : "'" + received.type + "' is no contract that this program knows"};
    return;
  }
  auto payload = codec_.decode(received.envelope);
  if (payload.has_error()) {
    received.refusal = {Reason::unreadable, payload.error().to_string()};
    return;
  }
  received.payload = *std::move(payload);
}

}  // namespace waybill::inbox
