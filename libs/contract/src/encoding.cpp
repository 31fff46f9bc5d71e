#include "waybill/contract/encoding.hpp"

#include <algorithm>

namespace waybill::contract {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view protobuf_type = "application/x-protobuf";

constexpr char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_same(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

std::string_view without_parameters(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ') || content_type.ends_with('\t')) content_type.remove_suffix(1);
  while (content_type.starts_with(' ') || content_type.starts_with('\t')) content_type.remove_prefix(1);
  return content_type;
}

}  // namespace

std::string_view content_type_of(Encoding encoding) {
  return encoding == Encoding::json ? json_type : protobuf_type;
}

std::optional<Encoding> encoding_of(std::string_view content_type) {
  const auto media_type = without_parameters(content_type);
  if (is_same(media_type, json_type)) return Encoding::json;
  if (is_same(media_type, protobuf_type)) return Encoding::protobuf;
  return std::nullopt;
}

}  // namespace waybill::contract
