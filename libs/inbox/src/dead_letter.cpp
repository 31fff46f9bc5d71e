#include "dead_letter.hpp"

#include <algorithm>
#include <utility>

#include "headers.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/base/utf8.hpp"
#include "waybill/contract/encoding.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/sendable.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::inbox {
namespace {

constexpr std::size_t most_error_bytes = 4096;
constexpr std::size_t most_payload_bytes = 4096;

/// Cut between characters.
std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  return std::string(base::utf8_prefix(text, most)) + "…";
}

message::WireMessage wire_of(const Received& message) {
  return message.is_readable() ? message::write_envelope(message.envelope) : message.wire;
}

void set(message::Headers& headers, std::string_view name, message::HeaderValue value) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  headers.emplace_back(std::string(name), std::move(value));
}

void set_origin(message::Headers& headers, const Received& message) {
  set(headers, header::exchange, message.origin.exchange.value());
  set(headers, header::routing_key, message.origin.routing_key.value());
}

/// The payload for people, where it is none of its own.
std::string rendering_of(const Received& message, const contract::Codec& codec) {
  if (!message.is_readable()) return {};
  if (contract::encoding_of(message.envelope.content_type) != contract::Encoding::protobuf) return {};
  auto rendering = codec.render(message.envelope, most_payload_bytes);
  return rendering.has_error() ? std::string() : std::move(rendering->text);
}

std::string trace_id_of(const Received& message) {
  const auto trace = telemetry::TraceContext::parse(message.envelope.traceparent);
  return trace ? trace->trace_id() : std::string();
}

message::Headers diagnosis(const Received& message, Reason reason, const Failure& failure,
                           const store::Advanced& when, const Origins& origins) {
  message::Headers headers;
  const auto add = [&](std::string_view name, message::HeaderValue value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->empty()) return;
    headers.emplace_back(std::string(name), std::move(value));
  };
  add(header::reason, std::string(to_string(reason)));
  add(header::error, cut(failure.error, most_error_bytes));
  add(header::handler, message.handler != nullptr ? message.type : std::string());
  add(header::attempts, static_cast<std::int64_t>(failure.attempts));
  add(header::first_failed_at, base::format_timestamp(when.first_failed_at));
  add(header::failed_at, base::format_timestamp(when.failed_at));
  add(header::service, origins.service);
  add(header::host, origins.host);
  add(header::version, origins.options.version);
  add(header::queue, origins.options.queue.value());
  add(header::trace_id, trace_id_of(message));
  add(header::payload, rendering_of(message, origins.codec));
  if (!message.is_readable()) add(header::message_id, message.wire.message_id);
  return headers;
}

}  // namespace

outbox::RawMessage retry_of(const Received& message, const Origins& origins) {
  outbox::RawMessage retry{
      .kind = outbox::Kind::retry,
      .to = {origins.options.retry_exchange, message::RoutingKey{origins.options.queue.value()}},
      .id = message.id,
      .key = {},
      .wire = wire_of(message)};
  set(retry.wire.headers, header::attempt, static_cast<std::int64_t>(message.attempt) + 1);
  set_origin(retry.wire.headers, message);
  return retry;
}

std::optional<outbox::RawMessage> dead_letter_of(const Received& message, Reason reason,
                                                 const Failure& failure, const store::Advanced& when,
                                                 const Origins& origins) {
  auto letter = retry_of(message, origins);
  letter.kind = outbox::Kind::dead_letter;
  letter.to = {origins.options.dead_letter_exchange,
               message::RoutingKey{origins.options.queue.value() + ".dlq"}};
  const auto its_own = letter.wire.headers;
  const auto why = diagnosis(message, reason, failure, when, origins);
  for (const auto& [name, value] : why) set(letter.wire.headers, name, value);
  if (!outbox::why_not_sendable(letter.to, letter.wire)) return letter;
  std::size_t bytes = 0;
  for (const auto& [name, value] : its_own) bytes += name.size() + message::to_text(value).size();
  letter.wire.headers = why;
  set(letter.wire.headers, header::attempt, static_cast<std::int64_t>(message.attempt) + 1);
  set_origin(letter.wire.headers, message);
  set(letter.wire.headers, header::omitted,
      std::to_string(its_own.size()) + " headers of its own, " + std::to_string(bytes) + " bytes");
  if (!outbox::why_not_sendable(letter.to, letter.wire)) return letter;
  return std::nullopt;
}

}  // namespace waybill::inbox
