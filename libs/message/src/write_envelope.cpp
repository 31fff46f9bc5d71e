#include <chrono>

#include "waybill/base/ensure.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/message/wire_format.hpp"
#include "wire_names.hpp"

namespace waybill::message {
namespace {

class HeaderWriter {
 public:
  explicit HeaderWriter(Headers& headers) : headers_(headers) { headers_.reserve(16); }

  void attribute(std::string_view name, std::string value) {
    if (!value.empty()) headers_.emplace_back(std::string(wire_name::prefix).append(name), std::move(value));
  }
  void extension(std::string_view name, std::string value) {
    if (!value.empty()) headers_.emplace_back(name, std::move(value));
  }
  void extension(std::string_view name, const std::optional<base::Uuid>& value) {
    if (value) headers_.emplace_back(name, value->to_string());
  }
  void number(std::string_view name, std::int64_t value) { headers_.emplace_back(name, value); }

 private:
  Headers& headers_;
};

void write_users_headers(std::map<std::string, std::string>&& users, Headers& headers) {
  while (!users.empty()) {
    auto header = users.extract(users.begin());
    ENSURE(!wire_name::is_reserved(header.key()) && !wire_name::has_prefix(header.key()),
           "a user's header may not take the name of an envelope's attribute");
    headers.emplace_back(std::move(header.key()), std::move(header.mapped()));
  }
}

}  // namespace

WireMessage write_envelope(Envelope&& envelope) {
  WireMessage wire;
  HeaderWriter write(wire.headers);
  write.attribute(wire_name::spec_version, "1.0");
  write.attribute(wire_name::source, envelope.source);
  write.attribute(wire_name::subject, std::move(envelope.subject));
  write.attribute(wire_name::time, base::format_timestamp(envelope.time));
  if (envelope.expiry) write.attribute(wire_name::expiry, base::format_timestamp(*envelope.expiry));
  write.extension(wire_name::causation, envelope.causation_id);
  write.extension(wire_name::conversation, envelope.conversation_id);
  write.extension(wire_name::traceparent, std::move(envelope.traceparent));
  write.extension(wire_name::tracestate, std::move(envelope.tracestate));
  write.number(wire_name::attempt, envelope.attempt);
  if (envelope.saga) {
    write.extension(wire_name::saga, envelope.saga->saga);
    write.extension(wire_name::saga_step, std::move(envelope.saga->step));
    write.number(wire_name::saga_epoch, envelope.saga->epoch);
  }
  write_users_headers(std::move(envelope.headers), wire.headers);

  // A foreign id goes out as it came: whoever reads it derives the same UUID from it again.
  wire.message_id =
      envelope.foreign_id.empty() ? envelope.id.value().to_string() : std::move(envelope.foreign_id);
  wire.type = std::move(envelope.type);
  wire.app_id = std::move(envelope.source);
  wire.correlation_id = std::move(envelope.correlation_id);
  wire.reply_to = std::move(envelope.reply_to);
  wire.content_type = std::move(envelope.content_type);
  wire.timestamp_s = std::chrono::floor<std::chrono::seconds>(envelope.time).time_since_epoch().count();
  wire.body = std::move(envelope.payload);
  return wire;
}

WireMessage write_envelope(const Envelope& envelope) { return write_envelope(Envelope(envelope)); }

}  // namespace waybill::message
