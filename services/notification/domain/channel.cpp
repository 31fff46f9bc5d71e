#include "domain/channel.hpp"

#include <algorithm>

namespace shop::notification {
namespace {

bool is_control_or_space(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte <= 0x20 || byte == 0x7f;
}
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// With one '@' that something stands on both sides of, and nothing that would make it a list, a comment, a
/// name or a group in a header.
bool is_email_address(std::string_view text) {
  const auto at = text.find('@');
  return text.size() <= 254 && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(",;:<>()[]\"\\") == std::string_view::npos;
}

bool is_telephone_number(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::ranges::all_of(text.substr(1), is_digit);
}

}  // namespace

std::string_view to_string(Channel channel) {
  switch (channel) {
    case Channel::email:
      return "email";
    case Channel::sms:
      return "sms";
    case Channel::push:
      return "push";
  }
  return "";
}

bool is_address(Channel channel, std::string_view text) {
  if (text.empty() || std::ranges::any_of(text, is_control_or_space)) return false;
  switch (channel) {
    case Channel::email:
      return is_email_address(text);
    case Channel::sms:
      return is_telephone_number(text);
    case Channel::push:
      return text.size() <= 4096;
  }
  return false;
}

}  // namespace shop::notification
