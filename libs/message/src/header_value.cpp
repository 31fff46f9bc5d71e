#include <algorithm>
#include <array>
#include <charconv>

#include "waybill/message/wire_message.hpp"

namespace waybill::message {
namespace {

struct ValueText {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(double number) const {
    std::array<char, 32> out{};
    const auto end = std::to_chars(out.data(), out.data() + out.size(), number).ptr;
    return {out.data(), end};
  }
};

}  // namespace

std::string to_text(const HeaderValue& value) { return std::visit(ValueText{}, value); }

const HeaderValue* find_header(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &Headers::value_type::first);
  return found == headers.end() ? nullptr : &found->second;
}

}  // namespace waybill::message
