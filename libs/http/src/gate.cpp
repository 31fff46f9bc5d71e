#include "gate.hpp"

#include <algorithm>
#include <string>

#include "characters.hpp"
#include "own_answers.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/http/query.hpp"
#include "waybill/http/status.hpp"

namespace waybill::http {
namespace {

bool is_sound_id(std::string_view id) {
  constexpr std::size_t longest = 128;
  const auto is_sound = [](char letter) {
    return is_letter_or_digit(letter) || letter == '-' || letter == '_' || letter == '.';
  };
  return !id.empty() && id.size() <= longest && std::ranges::all_of(id, is_sound);
}

bool has_body(const Request& request) {
  const auto length = request.headers.find("Content-Length");
  return request.headers.find("Transfer-Encoding") ||
         (length && length->find_first_not_of('0') != length->npos);
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// "application/json; charset=utf-8" for "application/json": no other character set is known here.
bool is_of_type(std::string_view field, std::string_view wanted) {
  const auto end = field.find(';');
  if (!is_same_name(trimmed(field.substr(0, end)), wanted)) return false;
  if (end == std::string_view::npos) return true;
  const auto parameter = trimmed(field.substr(end + 1));
  return is_same_name(parameter, "charset=utf-8") || is_same_name(parameter, "charset=\"utf-8\"");
}

std::optional<Response> refuse_query(const Router::Route& route, const Request& request) {
  if (route.options.has_query || request.query().empty()) return std::nullopt;
  const auto problem = Query(request.query()).problem();
  return problem ? std::optional(to_response(*problem)) : std::nullopt;
}

std::optional<Response> refuse_body(const Router::Route& route, const Request& request) {
  if (!has_body(request)) return std::nullopt;
  if (is_safe(request.method) || request.method == Method::delete_) {
    return to_response({.status = status::bad_request,
                        .name = "body-unexpected",
                        .title = "Unexpected body",
                        .detail = std::string(to_string(request.method)) + " takes no body here"});
  }
  const auto type = request.headers.find("Content-Type");
  const auto encoding = request.headers.find("Content-Encoding");
  const bool is_known = type && request.headers.count("Content-Type") == 1 &&
                        is_of_type(*type, route.options.content_type) &&
                        (!encoding || is_same_name(*encoding, "identity"));
  if (is_known) return std::nullopt;
  return to_response(
      {.status = status::unsupported_media_type,
       .name = "content-type-unknown",
       .title = "Unknown type of content",
       .detail = "this path takes " + route.options.content_type + ", in UTF-8, not compressed"});
}

Response unauthorized_response(std::string detail) {
  return to_response({.status = status::unauthorized,
                      .name = "unauthorized",
                      .title = "No valid key",
                      .detail = std::move(detail)})
      .with("WWW-Authenticate", "Bearer");
}

/// Nothing when the request comes from a client that may make it, now.
std::optional<Response> refuse_client(ServerCore& core, const Router::Route& route, Request& request,
                                      const ApiKey*& client) {
  const auto& keys = core.options().keys;
  const auto presented = presented_key(request.headers);
  if (!presented) {
    core.probe().turned_away(Turned::unauthorized);
    return to_response(presented.error());
  }
  const auto* key = *presented && keys ? keys->find(**presented) : nullptr;
  if (key == nullptr) {
    core.probe().turned_away(Turned::unauthorized);
    return unauthorized_response(*presented ? "the key is not known here"
                                            : "send a key: 'Authorization: Bearer …' or 'X-API-Key: …'");
  }
  request.client = key->id;
  if (!key->has_scope(route.options.scope)) {
    core.probe().turned_away(Turned::unauthorized);
    return to_response({.status = status::forbidden,
                        .name = "forbidden",
                        .title = "Not allowed",
                        .detail = "this takes a key with the scope '" + route.options.scope + "'"});
  }
  client = key;
  return std::nullopt;
}

std::optional<Response> refuse_load(ServerCore& core, const Router::Route& route, const Request& request) {
  if (route.options.is_never_shed) return std::nullopt;
  if (!is_safe(request.method) && core.options().overload) {
    if (const auto overload = core.options().overload(request)) {
      core.probe().turned_away(Turned::shed);
      return overload_response(*overload);
    }
  }
  return refuse_beyond_limit(core, route);
}

std::optional<Response> refuse_rate(ServerCore& core, const ApiKey& client,
                                    std::vector<std::pair<std::string, std::string>>& fields) {
  const auto verdict = core.take_of_rate(client);
  fields = verdict.fields;
  if (verdict.is_allowed) return std::nullopt;
  core.probe().turned_away(Turned::throttled);
  return to_response(rate_problem(verdict));
}

}  // namespace

void introduce(Request& request) {
  const auto id = request.headers.find("X-Request-Id");
  request.id = id && is_sound_id(*id) ? std::string(*id) : base::new_uuid_v7().to_string();
  const auto parent = request.headers.find("traceparent");
  if (parent && request.headers.count("traceparent") == 1) {
    const auto state = request.headers.find("tracestate");
    request.trace = telemetry::TraceContext::parse(*parent, state.value_or(std::string_view{}));
  }
  // The span of this request is a child of the client's.
  request.trace = request.trace ? request.trace->child() : telemetry::TraceContext::root(true);
}

std::optional<Response> refuse_beyond_limit(ServerCore& core, const Router::Route& route) {
  if (core.load().requests < core.limits().requests || route.options.is_never_shed) return std::nullopt;
  core.probe().turned_away(Turned::shed);
  return overload_response({.why = "too many requests are being answered"});
}

std::optional<Response> refuse_at_gate(ServerCore& core, const Router::Route& route, Request& request,
                                       std::vector<std::pair<std::string, std::string>>& fields) {
  const ApiKey* client = nullptr;
  if (!route.options.scope.empty()) {
    if (auto response = refuse_client(core, route, request, client)) return response;
  }
  // What is not taken costs nothing of the client's rate.
  if (auto response = refuse_load(core, route, request)) return response;
  if (client != nullptr) {
    if (auto response = refuse_rate(core, *client, fields)) return response;
  }
  auto response = refuse_query(route, request);
  if (!response) response = refuse_body(route, request);
  if (response) core.probe().turned_away(Turned::malformed);
  return response;
}

}  // namespace waybill::http
