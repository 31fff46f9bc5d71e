#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_input.hpp"
#include "request_parser.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/base/utf8.hpp"
#include "waybill/http/json_body.hpp"
#include "waybill/http/router.hpp"

namespace waybill::http {
namespace {

ServerLimits limits() {
  ServerLimits limits;
  limits.header_bytes = 1024;
  limits.header_fields = 16;
  limits.body_bytes = 512;
  return limits;
}

/// What a server would take from a connection on which these bytes come in pieces of that size.
std::vector<Request> requests_in(std::string_view bytes, std::size_t piece) {
  static const auto known = limits();
  std::vector<Request> requests;
  std::string unread;
  for (;;) {
    Request request;
    RequestParser parser(known, request);
    for (bool is_limited = false; !parser.is_done();) {
      if (!unread.empty()) {
        if (parser.is_head_done() && !is_limited) {
          is_limited = true;
          if (parser.limit_body(known.body_bytes)) return requests;
        }
        unread.erase(0, parser.is_head_done() ? parser.read_body(unread) : parser.read_head(unread));
        if (parser.refusal()) return requests;
        if (parser.is_done()) break;
        if (!unread.empty() && parser.is_head_done() && !is_limited) continue;
        ENSURE(unread.size() <= 4 * known.header_bytes + piece,
               "what cannot be taken is refused before it is kept");
      }
      if (bytes.empty()) return requests;
      unread.append(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    const bool goes_on = parser.keeps_alive();
    requests.push_back(std::move(request));
    if (!goes_on) return requests;
  }
}

void check_taken(Request& request) {
  ENSURE(request.body.size() <= limits().body_bytes, "no more of a body is taken than its limit");
  ENSURE(request.headers.size() <= limits().header_fields, "no more fields are taken than their limit");
  ENSURE(request.target.starts_with('/') || request.target == "*", "a target is a path");
  ENSURE(request.headers.count("Content-Length") <= 1, "there is one length");
  ENSURE(!request.headers.find("Content-Length") || !request.headers.find("Transfer-Encoding"),
         "a body has one end");
  for (std::size_t n = 0; n < request.headers.size(); ++n) {
    ENSURE(request.headers.value(n).find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
           "a value is one line");
  }
}

void route(Request& request) {
  static const Router router = [] {
    Router routes;
    const auto nothing = [](const Request&) { return Response{}; };
    routes.add(Method::get, "/", nothing);
    routes.add(Method::get, "/orders/{id}", nothing);
    routes.add(Method::post, "/orders", nothing);
    routes.add(Method::put, "/orders/{id}/lines/{line}", nothing);
    return routes;
  }();
  auto found = router.find(request);
  if (const auto* response = std::get_if<Response>(&found)) {
    ENSURE(response->status >= 200 && response->status < 500,
           "what finds no route is the client's own fault");
    return;
  }
  for (const auto& [name, value] : request.path_parameters) {
    ENSURE(!value.empty() && base::is_utf8(value), "a parameter is text");
    ENSURE(value.find('\0') == std::string::npos, "a parameter holds no NUL");
  }
}

void decode(const Request& request) {
  JsonBody body(request.body);
  body.text("customer_id", {.min = 1, .max = 64});
  const auto problem = body.problem();
  ENSURE(!problem || problem->status == 400 || problem->status == 422,
         "a bad body is the client's own fault");
}

}  // namespace
}  // namespace waybill::http

// What is read in another way when it comes in other pieces is a request that somebody can smuggle.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 64 + 1U;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto whole = waybill::http::requests_in(bytes, bytes.size());
  const auto in_pieces = waybill::http::requests_in(bytes, piece);
  ENSURE(whole.size() == in_pieces.size(), "the same requests, whatever pieces they come in");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ENSURE(whole[n].target == in_pieces[n].target && whole[n].body == in_pieces[n].body &&
               whole[n].method == in_pieces[n].method &&
               whole[n].headers.size() == in_pieces[n].headers.size(),
           "a request is the same, whatever pieces it comes in");
    waybill::http::check_taken(whole[n]);
    waybill::http::route(whole[n]);
    waybill::http::decode(whole[n]);
  }
  return 0;
}
