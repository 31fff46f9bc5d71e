#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "waybill/base/uuid.hpp"
#include "waybill/message/envelope.hpp"

namespace waybill::outbox {

/// To whom the answer of one command goes, and all that has to be in it for the asker to recognise it. A
/// value that can be stored, for an answer in a later transaction.
struct ReplyAddress {
  std::string command;   ///< its full name: what may answer it is known by that
  std::string reply_to;  ///< empty: nobody wants an answer
  std::string subject;
  std::string correlation_id;
  base::Uuid causation_id;
  base::Uuid conversation_id;
  std::optional<message::SagaReference> saga;
  std::string traceparent;
  std::string tracestate;

  static ReplyAddress of(const message::Envelope& command);

  /// JSON, and back; nothing for what to_text() did not write.
  std::string to_text() const;
  static std::optional<ReplyAddress> parse(std::string_view text);

  friend bool operator==(const ReplyAddress&, const ReplyAddress&) = default;
};

}  // namespace waybill::outbox
