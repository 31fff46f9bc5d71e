#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "server_core.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/http/router.hpp"

namespace waybill::http {

/// Fills what a request has beside its bytes: its id, its place in a trace.
void introduce(Request& request);

/// What stands between a request's head and its handler, before its body is read: whose it is, whether that
/// client may, how often, and whether the server has room. What to answer instead; header fields that the
/// answer gets in any case are added to `fields`.
std::optional<Response> refuse_at_gate(ServerCore& core, const Router::Route& route, Request& request,
                                       std::vector<std::pair<std::string, std::string>>& fields);

/// The same once more, for who came while its body was on the way.
std::optional<Response> refuse_beyond_limit(ServerCore& core, const Router::Route& route);

}  // namespace waybill::http
