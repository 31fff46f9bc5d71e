#include "request_mark.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/base/utf8.hpp"

namespace waybill::accept {
namespace {

constexpr std::size_t digest_bytes = 32;

/// SHA-256 over several texts, each with its length before it, so that no two lists of them look the same.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    // Looked up once: OpenSSL takes longer for that than for a small body.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    check(context_ != nullptr && EVP_DigestInit_ex2(context_.get(), algorithm, nullptr) == 1);
  }

  Digest& add(std::string_view text) {
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
      length.at(i) = static_cast<unsigned char>(text.size() >> (8 * i));
    }
    check(EVP_DigestUpdate(context_.get(), length.data(), length.size()) == 1);
    check(EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1);
    return *this;
  }

  std::array<unsigned char, digest_bytes> result() {
    std::array<unsigned char, digest_bytes> bytes{};
    check(EVP_DigestFinal_ex(context_.get(), bytes.data(), nullptr) == 1);
    return bytes;
  }

 private:
  static void check(bool done) { ENSURE(done, "OpenSSL always has SHA-256"); }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

RequestMark mark_of(const http::Request& request, std::string key) {
  if (!base::is_storable(request.client)) {
    throw std::invalid_argument("the client's name is no text that a database keeps: give it another one");
  }
  RequestMark mark;
  mark.client = request.client;
  mark.key = std::move(key);
  std::uint64_t hash = 0;
  const auto of_key = Digest().add("waybill.idempotency").add(mark.client).add(mark.key).result();
  for (std::size_t i = 0; i < sizeof(hash); ++i) hash = hash << 8 | of_key.at(i);
  mark.hash = static_cast<std::int64_t>(hash);
  const auto of_request = Digest()
                              .add(to_string(request.method))
                              .add(request.target)
                              .add(request.headers.find("Content-Type").value_or(""))
                              .add(request.body)
                              .result();
  mark.fingerprint.assign(of_request.begin(), of_request.end());
  return mark;
}

}  // namespace waybill::accept
