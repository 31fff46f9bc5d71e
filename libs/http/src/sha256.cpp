#include "sha256.hpp"

#include <openssl/evp.h>

#include "waybill/base/ensure.hpp"

namespace waybill::http {

Sha256 sha256(std::string_view bytes) {
  Sha256 hash{};
  unsigned int length = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, EVP_sha256(), nullptr);
  ENSURE(done == 1 && length == hash.size(), "OpenSSL has SHA-256");
  return hash;
}

std::string hex_of(const Sha256& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(hash.size() * 2);
  for (const auto byte : hash) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

}  // namespace waybill::http
