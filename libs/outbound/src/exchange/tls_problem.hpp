#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "exchange/address.hpp"
#include "waybill/outbound/tls_files.hpp"

namespace waybill::outbound {

/// What is wrong between the two sides of a TLS connection, and what to do. Pure.
std::string tls_problem(CURLcode code, long verify_result, std::string_view said, const Address& to,
                        const TlsFiles& files);

}  // namespace waybill::outbound
