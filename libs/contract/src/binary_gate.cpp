#include "binary_gate.hpp"
#include "any_values.hpp"
#include "waybill/base/utf8.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

enum class WireType : std::uint8_t { varint, fixed64, bytes, group_begin, group_end, fixed32 };

struct Level {
  const pb::Descriptor* type = nullptr;  // none: nothing is known of what is inside
  std::size_t end = 0;
  std::uint32_t group = 0;                    // the field number that ends it; 0 when its length does
  const pb::Descriptor* any_value = nullptr;  // of an Any: what it holds
};

// The type may stand behind the value, and more than once: the last one counts. What is malformed ends the
// search; the gate's own pass finds it.
std::string type_url_of(std::string_view any) {
  using pb::internal::WireFormatLite;
  constexpr auto url_tag = WireFormatLite::MakeTag(any_url_number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  pb::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(any.data()),
                              static_cast<int>(any.size()));
  std::string url;
  for (auto tag = in.ReadTag(); tag != 0; tag = in.ReadTag()) {
    if (tag == url_tag ? !WireFormatLite::ReadBytes(&in, &url) : !WireFormatLite::SkipField(&in, tag)) break;
  }
  return url;
}

class BinaryGate {
 public:
  BinaryGate(std::string_view bytes, const pb::Descriptor& type, std::size_t depth, UnknownAny unknown_any)
      : bytes_(bytes), depth_(depth), unknown_any_(unknown_any) {
    levels_.reserve(depth);
    enter({&type, bytes.size()});
  }

  std::optional<BadPayload> run() && {
    while (!levels_.empty() && !problem_) {
      if (at_ < levels_.back().end) {
        take_field();
      } else if (levels_.back().group != 0) {
        wrong("a group does not end");
      } else {
        levels_.pop_back();
      }
    }
    return std::move(problem_);
  }

 private:
  void fail(BadReason reason, std::string problem) {
    if (!problem_) problem_ = BadPayload{reason, {}, std::move(problem)};
  }

  void wrong(std::string_view what) {
    fail(BadReason::unreadable,
         std::string(what) + ", at byte " + std::to_string(at_) + " of " + std::to_string(bytes_.size()));
  }

  void enter(const Level& level) {
    if (levels_.size() >= depth_) {
      return fail(BadReason::too_deep,
                  "it nests deeper than the limit of " + std::to_string(depth_) + " messages");
    }
    levels_.push_back(level);
    if (level.type && is_any(*level.type)) find_any_value();
  }

  std::size_t remaining() const { return levels_.back().end - at_; }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    const auto most = std::min<std::size_t>(remaining(), 10);
    for (std::size_t i = 0; i < most; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes_[at_ + i]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) {
        at_ += i + 1;
        return value;
      }
    }
    wrong("a number does not end");
    return std::nullopt;
  }

  void skip(std::uint64_t length) {
    if (length > remaining()) return wrong("a field is cut short");
    at_ += static_cast<std::size_t>(length);
  }

  void take_field() {
    const auto tag = varint();
    if (!tag) return;
    const auto number = *tag >> 3;
    if (number == 0 || number > pb::FieldDescriptor::kMaxNumber)
      return wrong("a field has no possible number");
    const auto field_number = static_cast<std::uint32_t>(number);
    switch (static_cast<WireType>(*tag & 7)) {
      case WireType::varint:
        varint();
        return;
      case WireType::fixed64:
        return skip(8);
      case WireType::fixed32:
        return skip(4);
      case WireType::bytes:
        return take_bytes(field_number);
      case WireType::group_begin:
        return take_group(field_number);
      case WireType::group_end:
        return leave_group(field_number);
    }
    wrong("a field has no possible type");
  }

  const pb::FieldDescriptor* field(std::uint32_t number) const {
    const auto* type = levels_.back().type;
    return type ? type->FindFieldByNumber(static_cast<int>(number)) : nullptr;
  }

  void take_bytes(std::uint32_t number) {
    const auto length = varint();
    if (!length) return;
    if (*length > remaining()) return wrong("a field is cut short");
    const auto content = bytes_.substr(at_, static_cast<std::size_t>(*length));
    const auto* known = field(number);
    if (known && known->type() == pb::FieldDescriptor::TYPE_MESSAGE)
      return enter({known->message_type(), at_ + content.size()});
    if (known && known->type() == pb::FieldDescriptor::TYPE_STRING) check_text(*known, content);
    if (number == any_value_number && levels_.back().any_value)
      return enter({levels_.back().any_value, at_ + content.size()});
    at_ += content.size();
  }

  void check_text(const pb::FieldDescriptor& known, std::string_view content) {
    if (!base::is_utf8(content)) fail(BadReason::invalid_utf8, known.full_name() + " is not UTF-8");
  }

  void find_any_value() {
    auto& level = levels_.back();
    const auto url = type_url_of(bytes_.substr(at_, level.end - at_));
    level.any_value = any_value_type(*level.type, url);
    if (!url.empty() && !level.any_value && unknown_any_ == UnknownAny::refused)
      fail(BadReason::unreadable, "an Any holds what is not known here, and JSON would have to spell it out");
  }

  void take_group(std::uint32_t number) {
    const auto* known = field(number);
    const bool is_group = known && known->type() == pb::FieldDescriptor::TYPE_GROUP;
    enter({is_group ? known->message_type() : nullptr, levels_.back().end, number});
  }

  void leave_group(std::uint32_t number) {
    if (levels_.back().group != number) return wrong("a group ends that did not begin");
    levels_.pop_back();
  }

  std::string_view bytes_;
  std::size_t depth_;
  UnknownAny unknown_any_;
  std::size_t at_ = 0;
  std::vector<Level> levels_;
  std::optional<BadPayload> problem_;
};

}  // namespace

std::optional<BadPayload> check_binary(std::string_view bytes, const pb::Descriptor& type, std::size_t depth,
                                       UnknownAny unknown_any) {
  return BinaryGate(bytes, type, depth, unknown_any).run();
}

}  // namespace waybill::contract
