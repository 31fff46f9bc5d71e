#pragma once

#include <string>

#include "waybill/amqp/endpoint.hpp"

namespace waybill::amqp {

/// What OpenSSL's oldest error says, in its words; empties its list of errors.
std::string take_openssl_error();

/// Why the broker's certificate is not accepted, and what to do; from OpenSSL's X509_V_ERR_… .
std::string certificate_problem(long verify_result, const Endpoint& endpoint);

/// Why a TLS session could not begin or go on, and what to do, when it was not for the broker's certificate.
/// Reads OpenSSL's list of errors and empties it.
std::string session_problem(const Endpoint& endpoint);

}  // namespace waybill::amqp
