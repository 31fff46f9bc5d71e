#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <string_view>

#include "exchange/address.hpp"
#include "waybill/outbound/fault.hpp"
#include "waybill/outbound/options.hpp"
#include "waybill/outbound/request.hpp"

namespace waybill::outbound {

/// How far a transfer had come.
enum class Progress { waiting, looking_up, connecting, sent };

/// What is known of a transfer that has ended without an answer.
struct Evidence {
  Progress progress = Progress::waiting;
  Method method = Method::get;
  const Address& to;
  const Options& options;
  CURLcode code = CURLE_OK;
  long system_error = 0;    ///< errno, of connecting
  long verify_result = 0;   ///< OpenSSL's, of the server's certificate
  std::string_view said{};  ///< curl's own words
};

/// The one place where failures get their meaning. Pure.
Failure failure_of(const Evidence& evidence);
Failure failure_at_deadline(const Evidence& evidence);
Failure failure_by(Trouble trouble, const std::string& why, const Evidence& evidence);

/// Of a request whose caller gave it up while nothing of it was under way.
Failure cancelled_unsent(Method method, const Address& to);

}  // namespace waybill::outbound
