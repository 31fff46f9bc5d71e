#include "exchange/address.hpp"

#include <curl/curl.h>

#include <charconv>
#include <memory>

#include "letter_case.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::outbound {
namespace {

struct CloseUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, CloseUrl>;

UrlHandle new_url() {
  UrlHandle url(curl_url());
  ENSURE(url != nullptr, "curl has memory for a URL");
  return url;
}

CURLUcode put(CURLU* url, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return CURLUE_MALFORMED_INPUT;
  return curl_url_set(url, CURLUPART_URL, std::string(text).c_str(), 0);
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

Address::Result unfit(CURLUcode code) {
  return Address::Unfit{std::string("the URL cannot be used: ") + curl_url_strerror(code)};
}

Address::Result read(CURLU* url) {
  Address address;
  address.scheme = part(url, CURLUPART_SCHEME);
  if (address.scheme != "http" && address.scheme != "https") {
    return Address::Unfit{"the URL cannot be used: it has to begin with http:// or https://"};
  }
  address.host = lower(part(url, CURLUPART_HOST));
  const std::string port = part(url, CURLUPART_PORT);
  std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (address.host.empty() || address.port == 0) {
    return Address::Unfit{"the URL cannot be used: it names no host, or port 0"};
  }
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
  // Without the default port, which a server may compare with the name it has.
  char* text = nullptr;
  const auto code = curl_url_get(url, CURLUPART_URL, &text, 0);
  if (code != CURLUE_OK) return unfit(code);
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  address.url = text;
  return address;
}

}  // namespace

Address::Result Address::parse(std::string_view url) {
  const auto handle = new_url();
  const auto code = put(handle.get(), url);
  return code == CURLUE_OK ? read(handle.get()) : unfit(code);
}

Address::Result Address::follow(std::string_view location) const {
  const auto handle = new_url();
  auto code = put(handle.get(), url);
  if (code == CURLUE_OK) code = put(handle.get(), location);
  if (code != CURLUE_OK) return unfit(code);
  auto there = read(handle.get());
  if (!there || there->origin() == origin()) return there;
  curl_url_set(handle.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(handle.get(), CURLUPART_PASSWORD, nullptr, 0);
  return read(handle.get());
}

}  // namespace waybill::outbound
