#include "exchange/tls_problem.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <utility>

namespace waybill::outbound {
namespace {

// What OpenSSL calls it, and what it means to the reader.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> session_advice{{
    {"wrong version number", "what listens there does not speak TLS; use http://, or correct the port"},
    {"packet length too long", "what listens there does not speak TLS; use http://, or correct the port"},
    {"certificate required", "it wants a certificate of this side; set tls.certificate and tls.key"},
    {"alert handshake failure", "it may want a certificate of this side; set tls.certificate and tls.key"},
    {"alert unknown ca", "it does not know who signed tls.certificate; have it trust that authority"},
    {"alert decrypt error", "it does not know who signed tls.certificate; have it trust that authority"},
    {"alert bad certificate", "it does not accept tls.certificate; renew or replace it"},
    {"certificate expired", "tls.certificate has expired; renew it"},
    {"certificate unknown", "it does not accept tls.certificate; renew or replace it"},
    {"protocol version", "it speaks no TLS of version 1.2 or later; update it or its configuration"},
    {"unsupported protocol", "it speaks no TLS of version 1.2 or later; update it or its configuration"},
}};

std::string certificate_problem(long verify_result, std::string_view curl_said, const Address& to) {
  const std::string said =
      std::string(" (OpenSSL says: ") + X509_verify_cert_error_string(verify_result) + ')';
  // curl compares the names itself, and OpenSSL has found nothing by then.
  if (curl_said.find("subject name") != std::string_view::npos) {
    return "its certificate is not for '" + to.host +
           "'; use a name of the certificate in the URL, or give the server one for this name";
  }
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired; renew it" + said;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet; check the clocks of both machines" + said;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "its certificate is signed by nobody who is trusted here; name its authority's certificate in "
             "tls.authority, unless somebody stands between" +
             said;
    default:
      return "its certificate is not accepted" + said;
  }
}

// OpenSSL's reason is the end of a line that begins with numbers.
std::string printable(std::string_view said) {
  static constexpr std::size_t most = 200;
  std::string text(said.substr(0, most));
  std::ranges::replace_if(
      text, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

}  // namespace

std::string tls_problem(CURLcode code, long verify_result, std::string_view said, const Address& to,
                        const TlsFiles& files) {
  if (code == CURLE_PEER_FAILED_VERIFICATION) return certificate_problem(verify_result, said, to);
  if (code == CURLE_SSL_CACERT_BADFILE) {
    return "tls.authority '" + files.authority + "' cannot be used; it has to be a PEM file of certificates";
  }
  if (code == CURLE_SSL_CERTPROBLEM) {
    return "tls.certificate '" + files.certificate + "' and tls.key '" + files.key +
           "' cannot be used; they have to be PEM files that belong together, the key without a passphrase";
  }
  std::string what = "both sides agree on no TLS session (" + printable(said) + ')';
  for (const auto& [name, advice] : session_advice) {
    if (said.find(name) != std::string_view::npos) return what + ": " + std::string(advice);
  }
  return what;
}

}  // namespace waybill::outbound
