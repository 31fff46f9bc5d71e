#include "net/tls_fault.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace waybill::amqp {
namespace {

std::string advice_for(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return {};
  switch (ERR_GET_REASON(error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return "what listens there does not speak TLS; use amqp:// for a plain port, or correct the port in "
             "the "
             "broker's URL";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return "it may want a certificate of this side: set tls.certificate and tls.key";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
      return "it does not accept this side's certificate: renew tls.certificate, or have the broker trust "
             "its "
             "authority";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "it speaks no TLS of version 1.2 or later: update or reconfigure the broker";
    default:
      return {};
  }
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long error = ERR_peek_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "no reason was given";
}

std::string certificate_problem(long verify_result, const Endpoint& endpoint) {
  const std::string broker = "the certificate of the broker at " + endpoint.address();
  const std::string said =
      std::string{" (OpenSSL says: "} + X509_verify_cert_error_string(verify_result) + ")";
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return broker + " has expired; renew it" + said;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return broker + " is not valid yet; check the clocks of both machines" + said;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return broker + " is not for '" + endpoint.host +
             "'; use a name of the certificate in the broker's URL, or give the broker one for this name" +
             said;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return broker +
             " is signed by nobody who is trusted here; name its authority's certificate in "
             "tls.authority, unless somebody stands between" +
             said;
    default:
      return broker + " is not accepted" + said;
  }
}

std::string session_problem(const Endpoint& endpoint) {
  const unsigned long error = ERR_peek_error();
  const std::string what = "the broker at " + endpoint.address() +
                           " and this side agree on no TLS session (" + take_openssl_error() + ")";
  const std::string advice = advice_for(error);
  return advice.empty() ? what : what + ": " + advice;
}

}  // namespace waybill::amqp
