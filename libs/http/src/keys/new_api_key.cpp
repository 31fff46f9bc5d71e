#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "base64url.hpp"
#include "keys/key_text.hpp"
#include "sha256.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/runtime/printable.hpp"

namespace waybill::http {

NewApiKey new_api_key(std::string_view id) {
  if (!is_key_id(id)) {
    throw std::invalid_argument("the id of a key is '" + runtime::printable(id) +
                                "'; it takes 1 to 32 lower-case letters, digits and '-', a letter first");
  }
  std::array<unsigned char, 32> secret{};
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1) {
    throw std::runtime_error("no key is made: OpenSSL has no random bytes to make it of");
  }
  NewApiKey key;
  key.text = "wb_" + std::string(id) + "_" +
             base64url_of({reinterpret_cast<const char*>(secret.data()), secret.size()});
  key.sha256 = hex_of(sha256(key.text));
  return key;
}

}  // namespace waybill::http
