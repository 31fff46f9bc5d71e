#include "waybill/outbox/reply_address.hpp"

#include <nlohmann/json.hpp>

namespace waybill::outbox {

using nlohmann::json;

ReplyAddress ReplyAddress::of(const message::Envelope& command) {
  return {.command = command.type,
          .reply_to = command.reply_to,
          .subject = command.subject,
          .correlation_id = command.correlation_id,
          .causation_id = command.id.value(),
          .conversation_id = command.conversation_id.value_or(command.id.value()),
          .saga = command.saga,
          .traceparent = command.traceparent,
          .tracestate = command.tracestate};
}

std::string ReplyAddress::to_text() const {
  json text{{"command", command},
            {"reply_to", reply_to},
            {"subject", subject},
            {"correlation_id", correlation_id},
            {"causation_id", causation_id.to_string()},
            {"conversation_id", conversation_id.to_string()},
            {"traceparent", traceparent},
            {"tracestate", tracestate}};
  if (saga) {
    text["saga"] = {{"id", saga->saga.to_string()}, {"step", saga->step}, {"epoch", saga->epoch}};
  }
  // What came from elsewhere may be no UTF-8, and must not make storing it fail.
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<ReplyAddress> ReplyAddress::parse(std::string_view text) {
  const auto read = json::parse(text, nullptr, false);
  if (!read.is_object()) return std::nullopt;
  try {
    const auto id = [](const json& from, const char* name) {
      return base::Uuid::parse(from.at(name).get<std::string>());
    };
    const auto causation_id = id(read, "causation_id");
    const auto conversation_id = id(read, "conversation_id");
    if (!causation_id || !conversation_id) return std::nullopt;
    ReplyAddress address{.command = read.at("command"),
                         .reply_to = read.at("reply_to"),
                         .subject = read.at("subject"),
                         .correlation_id = read.at("correlation_id"),
                         .causation_id = *causation_id,
                         .conversation_id = *conversation_id,
                         .saga = std::nullopt,
                         .traceparent = read.at("traceparent"),
                         .tracestate = read.at("tracestate")};
    if (const auto saga = read.find("saga"); saga != read.end()) {
      const auto saga_id = id(*saga, "id");
      if (!saga_id) return std::nullopt;
      address.saga = message::SagaReference{*saga_id, saga->at("step"), saga->at("epoch")};
    }
    return address;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace waybill::outbox
