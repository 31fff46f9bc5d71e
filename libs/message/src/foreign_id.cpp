#include "waybill/message/foreign_id.hpp"

#include <openssl/evp.h>

#include <memory>

#include "waybill/base/ensure.hpp"

namespace waybill::message {
namespace {

using Digest = std::array<unsigned char, 32>;

// The source's length goes in first, so that ("ab", "c") and ("a", "bc") do not meet.
Digest sha256_of(std::string_view source, std::string_view id) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const std::string length = std::to_string(source.size()) + ":";
  Digest digest{};
  const bool made = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), length.data(), length.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), source.data(), source.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), id.data(), id.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  ENSURE(made, "OpenSSL computes SHA-256");
  return digest;
}

}  // namespace

base::Uuid uuid_of_foreign_id(base::WallTime time, std::string_view source, std::string_view id) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  ENSURE(milliseconds >= 0 && milliseconds < (std::int64_t{1} << 48), "48 bits of milliseconds since 1970");
  const Digest digest = sha256_of(source, id);
  base::Uuid::Bytes bytes{};
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  for (std::size_t i = 6; i < 16; ++i) bytes[i] = digest[i];
  bytes[6] = static_cast<std::uint8_t>(0x80 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  return base::Uuid{bytes};
}

}  // namespace waybill::message
