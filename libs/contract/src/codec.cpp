#include "waybill/contract/codec.hpp"

#include <google/protobuf/message.h>

#include <memory>
#include <stdexcept>

#include "any_values.hpp"
#include "binary_gate.hpp"
#include "json_gate.hpp"
#include "json_mapping.hpp"
#include "plain_json.hpp"
#include "registry_state.hpp"
#include "waybill/base/utf8.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

// A type that nobody knows is a stranger's text.
constexpr std::size_t most_type_bytes = 128;

BadPayload bad(BadReason reason, std::string_view type, std::string problem) {
  return {reason, std::string(type.substr(0, most_type_bytes)), std::move(problem)};
}

BadPayload of_type(std::string_view type, BadPayload problem) {
  problem.type = type.substr(0, most_type_bytes);
  return problem;
}

CodecOptions checked(CodecOptions options) {
  const auto& limits = options.limits;
  if (limits.payload_bytes == 0 || limits.payload_bytes > Limits::largest)
    throw std::invalid_argument("a codec's payloads have at most 1 to " + std::to_string(Limits::largest) +
                                " bytes, not " + std::to_string(limits.payload_bytes));
  if (limits.depth == 0 || limits.depth > Limits::deepest)
    throw std::invalid_argument("a codec's depth is 1 to " + std::to_string(Limits::deepest) + ", not " +
                                std::to_string(limits.depth));
  return options;
}

std::optional<BadPayload> check_size(std::string_view payload, const Limits& limits) {
  if (payload.size() <= limits.payload_bytes) return std::nullopt;
  return bad(BadReason::too_large, {},
             "its " + std::to_string(payload.size()) + " bytes are more than the limit of " +
                 std::to_string(limits.payload_bytes));
}

std::optional<BadPayload> read_binary(std::string_view bytes, const Limits& limits, pb::Message& into) {
  if (auto problem = check_binary(bytes, *into.GetDescriptor(), limits.depth)) return problem;
  if (into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return bad(BadReason::unreadable, {}, "a field does not fit the contract");
}

std::optional<BadPayload> read_json(std::string_view text, const Limits& limits,
                                    pb::util::TypeResolver& resolver, pb::Message& into) {
  if (auto problem = check_json(text, *into.GetDescriptor(), limits.depth)) return problem;
  const auto binary = binary_of_json(resolver, *into.GetDescriptor(), text);
  if (binary.has_error()) return binary.error();
  return read_binary(*binary, limits, into);
}

// Of a message and its bytes, which a gate has let through. What its Anys hold may be spelled oddly (an Any
// in two pieces, say); what is written anew is not. The gate comes again after that, since pieces nest deeper
// together.
Result<std::string> write_json(const pb::Message& message, std::string binary, const Limits& limits,
                               UnknownAny unknown_any, pb::util::TypeResolver& resolver,
                               pb::MessageFactory& factory) {
  const auto& type = *message.GetDescriptor();
  if (may_hold_known_any(binary)) {
    const std::unique_ptr<pb::Message> anew{message.New()};
    anew->CopyFrom(message);
    respell_any_values(*anew, factory, limits.depth);
    binary = serialized(*anew);
    if (auto problem = check_binary(binary, type, limits.depth, unknown_any)) return *std::move(problem);
  }
  return json_of_binary(resolver, type, binary);
}

}  // namespace

Codec::Codec(CodecOptions options, Registry registry)
    : options_(checked(options)), registry_(std::move(registry)) {}

Result<void> Codec::encode(const Payload& message, message::Envelope& into) const {
  const auto& type = *message.GetDescriptor();
  const auto& name = type.full_name();
  if (!kind_of(type))
    return bad(BadReason::unknown_type, name, "it has no kind, so it travels only in others");
  auto payload = serialized(message);
  const auto unknown_any = options_.encoding == Encoding::json ? UnknownAny::refused : UnknownAny::tolerated;
  if (auto problem = check_binary(payload, type, options_.limits.depth, unknown_any))
    return of_type(name, *std::move(problem));
  if (options_.encoding == Encoding::json) {
    if (auto plain = plain_json(message)) {
      payload = *std::move(plain);
    } else {
      auto json = write_json(message, std::move(payload), options_.limits, unknown_any,
                             registry_.state_->resolver_for(type), registry_.state_->factory_for(type));
      if (json.has_error()) return of_type(name, std::move(json).error());
      payload = *std::move(json);
    }
  }
  if (auto problem = check_size(payload, options_.limits)) return of_type(name, *problem);
  into.type = name;
  into.content_type = content_type_of(options_.encoding);
  into.payload = std::move(payload);
  return {};
}

Result<PayloadPointer> Codec::decode(const message::Envelope& envelope) const {
  const auto* entry = registry_.find(envelope.type);
  if (!entry) return bad(BadReason::unknown_type, envelope.type, "no contract of that name is known here");
  PayloadPointer message{entry->prototype->New()};
  if (auto problem = decode_into(envelope, entry->name, *message)) return *std::move(problem);
  return message;
}

std::optional<BadPayload> Codec::decode_into(const message::Envelope& envelope, std::string_view expected,
                                             Payload& into) const {
  if (registry_.current_name(envelope.type) != expected)
    return bad(BadReason::unexpected_type, envelope.type, "it is not the expected " + std::string(expected));
  const auto encoding = encoding_of(envelope.content_type);
  if (!encoding)
    return bad(BadReason::unknown_content_type, envelope.type,
               "its content type is neither " + std::string(content_type_of(Encoding::json)) + " nor " +
                   std::string(content_type_of(Encoding::protobuf)));
  auto problem = check_size(envelope.payload, options_.limits);
  if (!problem && *encoding == Encoding::protobuf)
    problem = read_binary(envelope.payload, options_.limits, into);
  if (!problem && *encoding == Encoding::json)
    problem = read_json(envelope.payload, options_.limits,
                        registry_.state_->resolver_for(*into.GetDescriptor()), into);
  if (!problem) return std::nullopt;
  return of_type(envelope.type, *std::move(problem));
}

Result<Rendering> Codec::render(const message::Envelope& envelope, std::size_t most_bytes) const {
  std::string text;
  if (encoding_of(envelope.content_type) == Encoding::json) {
    if (!base::is_utf8(envelope.payload))
      return bad(BadReason::invalid_utf8, envelope.type, "it calls itself JSON and is not UTF-8");
    text = envelope.payload;
  } else {
    const auto message = decode(envelope);
    if (message.has_error()) return message.error();
    const auto& type = *(*message)->GetDescriptor();
    // An Any in two pieces is one by now.
    auto binary = serialized(**message);
    if (auto problem = check_binary(binary, type, options_.limits.depth))
      return of_type(envelope.type, *std::move(problem));
    auto json = write_json(**message, std::move(binary), options_.limits, UnknownAny::tolerated,
                           registry_.state_->resolver_for(type), registry_.state_->factory_for(type));
    if (json.has_error()) return of_type(envelope.type, std::move(json).error());
    text = *std::move(json);
  }
  const auto shown = base::utf8_prefix(text, most_bytes);
  return Rendering{std::string(shown), shown.size() < text.size()};
}

}  // namespace waybill::contract
