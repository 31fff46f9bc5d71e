#include "cursor.hpp"

#include <chrono>
#include <stdexcept>

#include "waybill/base/ensure.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/base/utf8.hpp"

namespace waybill::http {
namespace {

constexpr char cursor_version = '\x01';
constexpr std::size_t most_values = 16;
constexpr std::size_t longest_cursor_text = 1'000;

bool is_cursor_text(std::string_view text) {
  return text.size() <= longest_cursor_text && base::is_storable(text);
}

void append_number(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

struct CursorWriter {
  std::string& out;

  void operator()(const std::string& text) const {
    if (!is_cursor_text(text)) {
      throw std::invalid_argument("no cursor is made: a key of the listing is longer than " +
                                  std::to_string(longest_cursor_text) + " bytes, or not UTF-8 without NUL");
    }
    out.push_back('t');
    append_number(out, text.size(), 2);
    out.append(text);
  }
  void operator()(std::int64_t number) const {
    out.push_back('i');
    append_number(out, static_cast<std::uint64_t>(number), 8);
  }
  void operator()(base::WallTime time) const {
    out.push_back('w');
    append_number(out, static_cast<std::uint64_t>(time.time_since_epoch().count()), 8);
  }
  void operator()(const base::Uuid& id) const {
    out.push_back('u');
    for (const auto byte : id.bytes()) out.push_back(static_cast<char>(byte));
  }
};

class CursorReader {
 public:
  explicit CursorReader(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }

  std::optional<std::uint64_t> number(std::size_t bytes) {
    const auto part = take(bytes);
    if (!part) return std::nullopt;
    std::uint64_t number = 0;
    for (const char byte : *part) number = number << 8 | static_cast<std::uint8_t>(byte);
    return number;
  }

  std::optional<CursorValue> value() {
    const auto kind = take(1);
    if (!kind) return std::nullopt;
    switch (kind->front()) {
      case 't':
        return text();
      case 'i':
        if (const auto bits = number(8)) return static_cast<std::int64_t>(*bits);
        return std::nullopt;
      case 'w':
        return time();
      case 'u':
        return uuid();
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<std::string_view> take(std::size_t bytes) {
    if (rest_.size() < bytes) return std::nullopt;
    const auto part = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return part;
  }
  std::optional<CursorValue> text() {
    const auto length = number(2);
    const auto part = length ? take(*length) : std::nullopt;
    if (!part || !is_cursor_text(*part)) return std::nullopt;
    return std::string(*part);
  }
  // A time that nobody can write down is none that a listing had.
  std::optional<CursorValue> time() {
    const auto bits = number(8);
    if (!bits) return std::nullopt;
    const base::WallTime time(std::chrono::microseconds(static_cast<std::int64_t>(*bits)));
    if (!base::is_representable(time)) return std::nullopt;
    return time;
  }
  std::optional<CursorValue> uuid() {
    base::Uuid::Bytes bytes{};
    const auto part = take(bytes.size());
    if (!part) return std::nullopt;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>((*part)[i]);
    return base::Uuid(bytes);
  }

  std::string_view rest_;
};

}  // namespace

std::string cursor_bytes(std::uint64_t fingerprint, const CursorValues& values) {
  ENSURE(values.size() <= most_values, "a listing is ordered by a few keys");
  std::string bytes(1, cursor_version);
  append_number(bytes, fingerprint, 8);
  for (const auto& value : values) std::visit(CursorWriter{bytes}, value);
  return bytes;
}

std::optional<CursorValues> values_in_cursor(std::string_view bytes, std::uint64_t fingerprint) {
  CursorReader reader(bytes);
  if (reader.number(1) != static_cast<std::uint64_t>(cursor_version)) return std::nullopt;
  if (reader.number(8) != fingerprint) return std::nullopt;
  CursorValues values;
  while (!reader.is_at_end()) {
    auto value = reader.value();
    if (!value || values.size() == most_values) return std::nullopt;
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace waybill::http
