#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "waybill/contract/concepts.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/outbox/reply_address.hpp"
#include "waybill/outbox/scope.hpp"

namespace waybill::inbox {

/// The transaction in which one message is handled: what the handler writes and sends through it is
/// committed together with the note that the message was handled, or not at all.
///
/// The handler may be called again for the same message, as long as nothing of it was committed: so what it
/// does outside of the transaction may happen more than once. It must not keep the scope.
class Scope : public outbox::Scope {
 public:
  Scope(postgres::Tx& tx, const outbox::Sender& sender, outbox::Outgoing& outgoing,
        const message::Envelope& message)
      : outbox::Scope(tx, sender, outgoing, &message), message_(message) {}
  ~Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  const message::Envelope& message() const { return message_; }
  /// 1 is the first.
  std::uint32_t attempt() const { return message_.attempt; }

  /// Answers the command that is being handled. Nothing is sent where nobody wants an answer.
  template <contract::Answer T>
  void reply(const T& answer, std::map<std::string, std::string> headers = {}) {
    this->answer(reply_address(), answer, std::move(headers));
  }
  /// For an answer in a later transaction: store it, and give it to answer() then.
  outbox::ReplyAddress reply_address() const { return outbox::ReplyAddress::of(message_); }

 private:
  const message::Envelope& message_;
};

}  // namespace waybill::inbox
