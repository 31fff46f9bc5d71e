#include "server_url.hpp"

#include <stdexcept>

#include "waybill/runtime/url.hpp"

namespace waybill::servers {

ServerUrl ServerUrl::parse(const std::string& text, const std::string& origin) {
  const auto url = runtime::Url::parse(text);
  if (!url || !url->host().port) {
    throw std::runtime_error(origin +
                             " is not of the form scheme://user:password@host:port, as `scripts/stack env` "
                             "prints it");
  }
  return {url->scheme, url->user, url->password.value_or(""), url->host().name, *url->host().port};
}

std::string ServerUrl::with_path(std::string_view path) const {
  return scheme + "://" + percent_encoded(user) + ":" + percent_encoded(password) + "@" + host + ":" +
         std::to_string(port) + "/" + percent_encoded(path);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char character : text) {
    if (plain.find(character) != std::string_view::npos) {
      encoded += character;
    } else {
      const auto byte = static_cast<unsigned char>(character);
      encoded += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
    }
  }
  return encoded;
}

}  // namespace waybill::servers
