#pragma once

#include <optional>

#include "exchange/address.hpp"
#include "waybill/outbound/request.hpp"
#include "waybill/outbound/response.hpp"

namespace waybill::outbound {

/// What a request becomes by a redirect.
struct Redirected {
  Request request;
  Address to;
};

/// Nothing when the response is no redirect, or one that is not to be followed: none is left, it leads from
/// https to http, or to no address. Without the rights of RFC 9110 to change it, the method stays: 303 makes
/// any but HEAD a GET, 301 and 302 make POST one. To another origin, no header goes along but those that
/// say what is accepted and what the body is: any other may be a secret between two. Pure.
std::optional<Redirected> redirected(const Request& request, const Address& from, const Response& response);

}  // namespace waybill::outbound
