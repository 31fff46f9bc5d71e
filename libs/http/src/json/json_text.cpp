#include "json/json_text.hpp"

#include <cstdint>

namespace waybill::http {
namespace {

constexpr std::uint32_t not_a_unit = 0x10000;

// Four hex digits; not_a_unit for anything else.
std::uint32_t code_unit_at(std::string_view source, std::size_t at) {
  if (source.size() - at < 4) return not_a_unit;
  std::uint32_t unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char digit = source[i];
    unit <<= 4;
    if (digit >= '0' && digit <= '9') {
      unit |= static_cast<std::uint32_t>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      unit |= static_cast<std::uint32_t>(digit - 'a' + 10);
    } else if (digit >= 'A' && digit <= 'F') {
      unit |= static_cast<std::uint32_t>(digit - 'A' + 10);
    } else {
      return not_a_unit;
    }
  }
  return unit;
}

void append_utf8(std::vector<char>& out, std::uint32_t character) {
  const auto continuation = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((character >> shift) & 0x3F)));
  };
  if (character < 0x80) {
    out.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (character >> 6)));
    continuation(0);
  } else if (character < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (character >> 12)));
    continuation(6);
    continuation(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | (character >> 18)));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

// What an escape of one letter stands for; NUL for none.
char short_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

/// Reads one escape from behind its backslash, and says where it ends; what is wrong becomes `flaw`.
class Escape {
 public:
  Escape(std::string_view source, std::size_t at, std::vector<char>& out)
      : source_(source), at_(at), out_(out) {}

  std::string_view read() {
    if (at_ == source_.size()) return "the text has no end";
    if (source_[at_] == 'u') return read_units();
    const char meant = short_escape(source_[at_]);
    if (meant == '\0') return "there is no such escape";
    ++at_;
    out_.push_back(meant);
    return {};
  }
  std::size_t end() const { return at_; }

 private:
  std::string_view read_units() {
    constexpr std::string_view unpaired = "half of a surrogate pair stands alone";
    const auto unit = code_unit_at(source_, at_ + 1);
    if (unit == not_a_unit) return "four hex digits are expected behind \\u";
    if (unit >= 0xDC00 && unit <= 0xDFFF) return unpaired;
    at_ += 5;
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_utf8(out_, unit);
      return {};
    }
    if (source_.substr(at_, 2) != "\\u") return unpaired;
    const auto low = code_unit_at(source_, at_ + 2);
    if (low < 0xDC00 || low > 0xDFFF) return unpaired;
    at_ += 6;
    append_utf8(out_, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
    return {};
  }

  std::string_view source_;
  std::size_t at_;
  std::vector<char>& out_;
};

// The next byte that is not simply a part of the text.
std::size_t plain_end(std::string_view source, std::size_t at) {
  while (at < source.size() && source[at] != '"' && source[at] != '\\' &&
         static_cast<std::uint8_t>(source[at]) >= 0x20) {
    ++at;
  }
  return at;
}

}  // namespace

JsonLiteral read_json_literal(std::string_view source, std::size_t at, std::vector<char>& room) {
  const auto first = at;
  at = plain_end(source, at);
  if (at < source.size() && source[at] == '"') return {source.substr(first, at - first), at + 1, {}};
  const auto begin = room.size();
  room.insert(room.end(), source.begin() + static_cast<std::ptrdiff_t>(first),
              source.begin() + static_cast<std::ptrdiff_t>(at));
  while (at < source.size() && source[at] == '\\') {
    Escape escape(source, at + 1, room);
    if (const auto flaw = escape.read(); !flaw.empty()) return {{}, at, flaw};
    const auto next = plain_end(source, escape.end());
    room.insert(room.end(), source.begin() + static_cast<std::ptrdiff_t>(escape.end()),
                source.begin() + static_cast<std::ptrdiff_t>(next));
    at = next;
  }
  if (at == source.size()) return {{}, at, "the text has no end"};
  if (source[at] != '"') return {{}, at, "a control character in a text must be escaped"};
  return {std::string_view(room.data() + begin, room.size() - begin), at + 1, {}};
}

}  // namespace waybill::http
