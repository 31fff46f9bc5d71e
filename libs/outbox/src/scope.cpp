#include "waybill/outbox/scope.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

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

void Outgoing::back_to(Mark mark) {
  now_.erase(now_.begin() + static_cast<std::ptrdiff_t>(mark.now), now_.end());
  later_.erase(later_.begin() + static_cast<std::ptrdiff_t>(mark.later), later_.end());
}

void Outgoing::write(postgres::Tx& tx, const Sender& sender) {
  if (size() == 0) return;
  outbox::add(tx, now_);
  schedule(tx, later_);
  clear();
  if (sender.committed) tx.on_commit(sender.committed);
}

Message Scope::compose(message::Address to, Kind kind, const contract::Payload& payload,
                       Details details) const {
  return compose(std::move(to), kind, payload, std::move(details), cause_);
}

Kind Scope::kind_of(const Message& message) const {
  const auto* contract = sender_.codec.registry().find(message.envelope.type);
  if (contract == nullptr) throw std::logic_error("'" + message.envelope.type + "' is no contract");
  switch (contract->kind) {
    case contract::Kind::command:
      return Kind::command;
    case contract::Kind::event:
      return Kind::event;
    case contract::Kind::reply:
      return Kind::reply;
    case contract::Kind::refusal:
      return Kind::refusal;
  }
  throw std::logic_error("'" + message.envelope.type + "' has a contract of no known kind");
}

void Scope::send_payload(std::string service, const contract::Payload& command, Details details) {
  if (!details.reply_to) details.reply_to = sender_.service;
  auto message = compose({sender_.routes.commands, message::RoutingKey{std::move(service)}}, Kind::command,
                         command, std::move(details));
  if (kind_of(message) != Kind::command) {
    throw std::logic_error("'" + message.envelope.type + "' is sent to a service, and is no command");
  }
  outgoing_.add(std::move(message));
}

void Scope::publish_payload(const contract::Payload& event, Details details) {
  auto message = compose({sender_.routes.events, {}}, Kind::event, event, std::move(details));
  if (kind_of(message) != Kind::event) {
    throw std::logic_error("'" + message.envelope.type + "' is published, and is no event");
  }
  outgoing_.add(std::move(message));
}

void Scope::answer_payload(const ReplyAddress& address, const contract::Payload& answer) {
  put_answer(address, std::nullopt, answer, {});
}

void Scope::put_answer(const ReplyAddress& address, std::optional<Kind> kind,
                       const contract::Payload& payload, std::map<std::string, std::string> headers) {
  if (address.reply_to.empty()) return;
  message::Envelope command;
  command.id = message::MessageId{address.causation_id};
  command.conversation_id = address.conversation_id;
  command.traceparent = address.traceparent;
  command.tracestate = address.tracestate;
  auto message = compose({sender_.routes.replies, message::RoutingKey{address.reply_to}},
                         kind.value_or(Kind::reply), payload,
                         {.subject = address.subject,
                          .correlation_id = address.correlation_id,
                          .saga = address.saga,
                          .headers = std::move(headers)},
                         &command);
  const auto* contract = sender_.codec.registry().find(address.command);
  if (!contract || std::ranges::find(contract->replies, message.envelope.type) == contract->replies.end()) {
    throw std::logic_error("'" + message.envelope.type + "' is no answer of '" + address.command +
                           "': name it among the replies in the command's contract");
  }
  if (!kind) message.kind = kind_of(message);
  outgoing_.add(std::move(message));
}

Message Scope::compose(message::Address to, Kind kind, const contract::Payload& payload, Details details,
                       const message::Envelope* cause) const {
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
    return cause != nullptr ? cause->*of : std::string();
  };
  envelope.subject = inherited(details.subject, &message::Envelope::subject);
  envelope.correlation_id = inherited(details.correlation_id, &message::Envelope::correlation_id);
  if (cause != nullptr) {
    envelope.causation_id = cause->id.value();
    envelope.conversation_id = cause->conversation_id.value_or(cause->id.value());
  } else {
    envelope.conversation_id = envelope.id.value();
  }
  continue_trace(cause, envelope);
  return message;
}

}  // namespace waybill::outbox
