#include "waybill/servers/test_authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace waybill::servers {
namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <class Thing>
using Owned = std::unique_ptr<Thing, Free>;

void require(bool succeeded, const std::string& what) {
  if (!succeeded) throw std::runtime_error("test authority: " + what + " failed");
}

Owned<std::FILE> open(const std::string& file, const char* mode) {
  Owned<std::FILE> opened{std::fopen(file.c_str(), mode)};
  require(opened != nullptr, "opening " + file);
  return opened;
}

Owned<X509> read_certificate(const std::string& file) {
  return Owned<X509>{PEM_read_X509(open(file, "r").get(), nullptr, nullptr, nullptr)};
}

Owned<EVP_PKEY> read_key(const std::string& file) {
  return Owned<EVP_PKEY>{PEM_read_PrivateKey(open(file, "r").get(), nullptr, nullptr, nullptr)};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  const Owned<X509_EXTENSION> extension{X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "the extension " + value);
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    const bool is_address = name.find_first_not_of("0123456789.:") == std::string::npos;
    text += (text.empty() ? "" : ",") + std::string{is_address ? "IP:" : "DNS:"} + name;
  }
  return text;
}

Owned<X509> blank(EVP_PKEY* key, int serial, const std::string& name, const TestAuthority::Request& request) {
  Owned<X509> made{X509_new()};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), request.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(made.get()), request.valid_until.count());
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, text, -1, -1, 0);
  X509_set_pubkey(made.get(), key);
  return made;
}

void save(const Identity& identity, X509* certificate, EVP_PKEY* key) {
  require(PEM_write_X509(open(identity.certificate_file, "w").get(), certificate) == 1, "writing");
  require(PEM_write_PrivateKey(open(identity.key_file, "w").get(), key, nullptr, nullptr, 0, nullptr,
                               nullptr) == 1,
          "writing");
}

}  // namespace

TestAuthority::TestAuthority() : own_(write("authority", nullptr)) {}

Identity TestAuthority::issue(const Request& request) {
  return write("identity-" + std::to_string(++issued_), &request);
}

// Without a request it is the authority itself, which vouches for itself.
Identity TestAuthority::write(const std::string& name, const Request* request) {
  Identity identity{directory_.path() / (name + ".crt"), directory_.path() / (name + ".key")};
  const Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  // Two authorities of one name could not be told apart.
  const auto subject = directory_.path().filename().string() + " " + name;
  const auto certificate = blank(key.get(), issued_ + 1, subject, request != nullptr ? *request : Request{});
  Owned<X509> issuer;
  Owned<EVP_PKEY> issuer_key;
  if (request == nullptr) {
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  } else {
    add_extension(certificate.get(), NID_subject_alt_name, alternative_names(request->names));
    issuer = read_certificate(own_.certificate_file);
    issuer_key = read_key(own_.key_file);
  }
  const X509* signer = issuer ? issuer.get() : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  require(X509_sign(certificate.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) > 0,
          "signing");
  save(identity, certificate.get(), key.get());
  return identity;
}

}  // namespace waybill::servers
