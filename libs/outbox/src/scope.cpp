#include "waybill/outbox/scope.hpp"

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::outbox {
namespace {

void continue_trace(const message::Envelope* cause, message::Envelope& envelope) {
  auto continued = [&]() -> std::optional<telemetry::TraceContext> {
    if (const auto* current = telemetry::TraceScope::current()) return current->child();
    if (cause == nullptr) return std::nullopt;
    if (auto from = telemetry::TraceContext::parse(cause->traceparent, cause->tracestate)) {
      return from->child();
    }
    return std::nullopt;
  }();
  if (!continued) return;
  envelope.traceparent = continued->traceparent();
  envelope.tracestate = continued->tracestate();
}

}  // namespace

void Outgoing::write(postgres::Tx& tx, const Sender& sender) {
  if (size() == 0) return;
  outbox::add(tx, now_);
  schedule(tx, later_);
  clear();
  if (sender.committed) tx.on_commit(sender.committed);
}

Message Scope::compose(message::Address to, Kind kind, const contract::Payload& payload,
                       Details details) const {
  Message message{kind, std::move(to), {}};
  auto& envelope = message.envelope;
  sender_.codec.encode(payload, envelope).value();
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.source = sender_.service;
  envelope.time = base::system_clock().wall();
  envelope.expiry = details.expiry;
  envelope.saga = std::move(details.saga);
  envelope.headers = std::move(details.headers);
  envelope.reply_to = std::move(details.reply_to).value_or("");
  const auto inherited = [&](std::optional<std::string>& given, const std::string message::Envelope::*of) {
    if (given) return *std::move(given);
    return cause_ != nullptr ? cause_->*of : std::string();
  };
  envelope.subject = inherited(details.subject, &message::Envelope::subject);
  envelope.correlation_id = inherited(details.correlation_id, &message::Envelope::correlation_id);
  if (cause_ != nullptr) {
    envelope.causation_id = cause_->id.value();
    envelope.conversation_id = cause_->conversation_id.value_or(cause_->id.value());
  } else {
    envelope.conversation_id = envelope.id.value();
  }
  continue_trace(cause_, envelope);
  return message;
}

}  // namespace waybill::outbox
