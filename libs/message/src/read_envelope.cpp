#include <charconv>
#include <limits>
#include <stdexcept>

#include "waybill/base/timestamp.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/foreign_id.hpp"
#include "waybill/message/wire_format.hpp"
#include "wire_names.hpp"

namespace waybill::message {
namespace {

// Of the sender's own: what attempts and their diagnosis add on the way makes no message unreadable.
constexpr std::size_t most_headers = 256;

// Every prefix goes, so that no name that is read can look like an attribute's when it is written again.
std::string_view without_prefix(std::string_view name) {
  while (wire_name::has_prefix(name)) name.remove_prefix(wire_name::prefix.size());
  return name;
}

bool is_own_id(const base::Uuid& id) { return id.version() == 7 && id.bytes()[8] >> 6 == 0b10; }

// Reads one message; the first thing that is wrong is kept, and the rest is read for nothing.
class Reader {
 public:
  explicit Reader(WireMessage&& wire) : wire_(std::move(wire)) {}

  Readable<Envelope> read() && {
    take_properties();
    take_headers();
    settle_time();
    settle_id();
    settle_saga();
    if (envelope_.type.empty()) wrong("type", "it is missing: it names what the payload is");
    if (problem_) return *std::move(problem_);
    return std::move(envelope_);
  }

 private:
  void wrong(std::string_view field, std::string problem) {
    if (!problem_) problem_ = Malformed{std::string(field), std::move(problem)};
  }

  void take_properties() {
    id_ = std::move(wire_.message_id);
    envelope_.type = std::move(wire_.type);
    envelope_.source = std::move(wire_.app_id);
    envelope_.correlation_id = std::move(wire_.correlation_id);
    envelope_.reply_to = std::move(wire_.reply_to);
    envelope_.content_type = std::move(wire_.content_type);
    envelope_.payload = std::move(wire_.body);
  }

  void take_headers() {
    std::size_t kept = 0;
    for (auto& [name, value] : wire_.headers) {
      const auto attribute = without_prefix(name);
      const bool is_prefixed = attribute.size() != name.size();
      if ((is_prefixed || wire_name::is_reserved(name)) && take_attribute(attribute, value)) continue;
      if (wire_name::is_of_the_transport(attribute)) continue;
      if (!wire_name::is_of_a_failure(attribute) && ++kept > most_headers) {
        return wrong("headers", "there are more than " + std::to_string(most_headers));
      }
      keep(is_prefixed ? std::string(attribute) : std::move(name), value);
    }
  }

  bool take_attribute(std::string_view name, HeaderValue& value) {
    if (name == wire_name::spec_version) return take_spec_version(value);
    if (name == wire_name::id) return take_text(id_, value);
    if (name == wire_name::type) return take_text(envelope_.type, value);
    if (name == wire_name::source) return take_text(envelope_.source, value);
    if (name == wire_name::subject) return take_text(envelope_.subject, value);
    if (name == wire_name::content_type) return take_text(envelope_.content_type, value);
    if (name == wire_name::traceparent) return take_text(envelope_.traceparent, value);
    if (name == wire_name::tracestate) return take_text(envelope_.tracestate, value);
    if (name == wire_name::saga_step) return take_text(saga_step_, value);
    if (name == wire_name::time) return take_time(name, time_, value);
    if (name == wire_name::expiry) return take_time(name, envelope_.expiry, value);
    if (name == wire_name::causation) return take_uuid(name, envelope_.causation_id, value);
    if (name == wire_name::conversation) return take_uuid(name, envelope_.conversation_id, value);
    if (name == wire_name::saga) return take_uuid(name, saga_, value);
    if (name == wire_name::saga_epoch) return take_number(name, saga_epoch_, value, 0);
    if (name == wire_name::attempt) return take_number(name, attempt_, value, 1);
    if (name == wire_name::data_reference) {
      wrong(name, "the payload lies elsewhere, and claim checks are not supported");
      return true;
    }
    return false;
  }

  bool take_spec_version(const HeaderValue& value) {
    if (const auto text = to_text(value); !text.starts_with("1.")) {
      wrong(wire_name::spec_version, "'" + text.substr(0, 32) + "' is not 1.x");
    }
    return true;
  }

  static bool take_text(std::string& into, HeaderValue& value) {
    if (auto* text = std::get_if<std::string>(&value)) {
      into = std::move(*text);
    } else {
      into = to_text(value);
    }
    return true;
  }

  bool take_time(std::string_view name, std::optional<base::WallTime>& into, const HeaderValue& value) {
    into = base::parse_timestamp(to_text(value));
    if (!into) wrong(name, "it is not a time of RFC 3339, such as 2026-01-31T12:00:00Z");
    return true;
  }

  bool take_uuid(std::string_view name, std::optional<base::Uuid>& into, const HeaderValue& value) {
    into = base::Uuid::parse(to_text(value));
    if (!into) wrong(name, "it is not a UUID");
    return true;
  }

  bool take_number(std::string_view name, std::optional<std::uint32_t>& into, const HeaderValue& value,
                   std::uint32_t least) {
    const std::string text = to_text(value);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least) {
      wrong(name, "it is not a whole number from " + std::to_string(least) + " to 4294967295");
      return true;
    }
    into = number;
    return true;
  }

  void keep(std::string name, const HeaderValue& value) {
    envelope_.headers.insert_or_assign(std::move(name), to_text(value));
  }

  void settle_time() {
    if (!time_ && wire_.timestamp_s) take_timestamp_property(*wire_.timestamp_s);
    const auto own = base::Uuid::parse(id_);
    if (!time_ && own && is_own_id(*own)) time_ = base::time_of(*own);
    if (time_ && !base::is_representable(*time_)) {
      wrong("time", "its year is not one from 0 to 9999");
      time_.reset();
    }
    if (time_) envelope_.time = *time_;
  }

  void take_timestamp_property(std::int64_t seconds) {
    constexpr std::int64_t most = std::int64_t{1} << 40;
    if (seconds < 0 || seconds > most)
      return wrong("timestamp", "it is out of range; it counts seconds since 1970");
    time_ = base::WallTime{std::chrono::seconds{seconds}};
  }

  void settle_id() {
    if (id_.empty())
      return wrong("message_id", "it is missing: without it a copy cannot be told from a new message");
    if (const auto own = base::Uuid::parse(id_); own && is_own_id(*own)) {
      envelope_.id = MessageId{*own};
      return;
    }
    if (!time_ || envelope_.source.empty()) {
      return wrong("message_id",
                   "it is no UUIDv7, and a foreign id needs the message's time and source beside it");
    }
    if (time_->time_since_epoch().count() < 0) {
      return wrong("time", "it is before 1970, which a message with a foreign id may not be");
    }
    envelope_.id = MessageId{uuid_of_foreign_id(*time_, envelope_.source, id_)};
    envelope_.foreign_id = std::move(id_);
  }

  void settle_saga() {
    if (attempt_) envelope_.attempt = *attempt_;
    const int parts = int{saga_.has_value()} + int{!saga_step_.empty()} + int{saga_epoch_.has_value()};
    if (parts == 3) envelope_.saga = SagaReference{*saga_, std::move(saga_step_), *saga_epoch_};
    if (parts == 1 || parts == 2)
      wrong("sagaid", "sagaid, sagastep and sagaepoch come together or not at all");
  }

  WireMessage wire_;
  Envelope envelope_;
  std::string id_;
  std::optional<base::WallTime> time_;
  std::optional<base::Uuid> saga_;
  std::string saga_step_;
  std::optional<std::uint32_t> saga_epoch_;
  std::optional<std::uint32_t> attempt_;
  std::optional<Malformed> problem_;
};

}  // namespace

Readable<Envelope> read_envelope(WireMessage&& wire) { return Reader(std::move(wire)).read(); }

Readable<Envelope> read_envelope(const WireMessage& wire) { return Reader(WireMessage(wire)).read(); }

void throw_exception_from_error(const Malformed& malformed, const boost::source_location&) {
  throw std::runtime_error("the message is malformed: " + malformed.to_string());
}

}  // namespace waybill::message
