#pragma once

#include <optional>

#include "waybill/contract/bad_payload.hpp"
#include "waybill/contract/concepts.hpp"
#include "waybill/contract/encoding.hpp"
#include "waybill/contract/limits.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/contract/registry.hpp"
#include "waybill/contract/rendering.hpp"
#include "waybill/message/envelope.hpp"

namespace waybill::contract {

struct CodecOptions {
  Encoding encoding = Encoding::json;  ///< of what is written
  Limits limits = {};
};

/// Between generated messages and the payloads of envelopes.
///
/// Promises: whatever bytes come, reading ends in a message or in a BadPayload: no exception, no crash, no
/// stack that overflows, and time and memory in proportion to the size. Both encodings are read, told by the
/// content type. Fields that the contract does not know are tolerated. What encode() has written, decode()
/// with the same limits reads as the same message. Does not promise: that JSON keeps fields that the contract
/// does not know; binary does. Concurrency: it does not change; any thread.
class Codec {
 public:
  /// std::invalid_argument for limits that can't be kept: bytes outside of 1 … Limits::largest, or a depth
  /// outside of 1 … Limits::deepest.
  explicit Codec(CodecOptions options = {}, Registry registry = Registry::of_program());

  /// Writes type, content type and payload of the envelope, and nothing when it fails: the message is larger
  /// or deeper than receivers accept, has text that is not UTF-8, or is no contract.
  Result<void> encode(const Payload& message, message::Envelope& into) const;

  /// Reads the message that the envelope's type names.
  Result<PayloadPointer> decode(const message::Envelope& envelope) const;

  /// Reads one message, and no other.
  template <Contract T>
  Result<T> decode(const message::Envelope& envelope) const {
    T read;
    if (auto problem = decode_into(envelope, traits<T>::name, read)) return *std::move(problem);
    return read;
  }

  /// The payload for people to read, in JSON. Binary is rewritten, JSON comes as it is, also of an unknown
  /// type.
  Result<Rendering> render(const message::Envelope& envelope, std::size_t most_bytes) const;

  const Registry& registry() const { return registry_; }
  const CodecOptions& options() const { return options_; }

 private:
  std::optional<BadPayload> decode_into(const message::Envelope& envelope, std::string_view expected,
                                        Payload& into) const;

  CodecOptions options_;
  Registry registry_;
};

}  // namespace waybill::contract
