#include "waybill/http/router.hpp"
#include "waybill/http/status.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

#include "percent.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::http {

/// One part of patterns, between two slashes.
struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
  std::unique_ptr<Node> any;  // a {name}; what it is called is the route's own matter
  std::map<Method, std::unique_ptr<Route>> routes;
};

namespace {

bool is_parameter(std::string_view part) { return part.starts_with('{') && part.ends_with('}'); }

[[noreturn]] void refuse(const std::string& pattern, const std::string& why) {
  throw std::invalid_argument("the route '" + pattern + "': " + why);
}

void check_part(const std::string& pattern, std::string_view part) {
  if (is_parameter(part)) {
    if (part.size() == 2) refuse(pattern, "a parameter has no name");
    part = part.substr(1, part.size() - 2);
  }
  if (part.find_first_of("{}?#% ") != std::string_view::npos) {
    refuse(pattern, "'" + std::string(part) + "' is neither text nor a {name}");
  }
}

/// The part of a path up to the next slash; the rest is what is behind it, nothing at the end.
std::pair<std::string_view, std::optional<std::string_view>> first_part(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return {path, std::nullopt};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

template <class EachPart>
void for_each_part(std::string_view path, EachPart each) {
  for (std::optional<std::string_view> rest = path.substr(1); rest;) {
    const auto [part, next] = first_part(*rest);
    each(part);
    rest = next;
  }
}

Response not_found_response() {
  return to_response({.status = status::not_found,
                      .name = "not-found",
                      .title = "Not found",
                      .detail = "there is nothing at this path"});
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string pattern, Handler handler, RouteOptions options) {
  add({std::move(pattern), method, std::move(options), std::move(handler)});
}

void Router::add(Method method, std::string pattern, PlainHandler handler, RouteOptions options) {
  add({std::move(pattern), method, std::move(options), std::move(handler)});
}

void Router::add(Route route) {
  const auto pattern = route.pattern;
  if (!pattern.starts_with('/')) refuse(pattern, "it does not begin with '/'");
  if (route.method == Method::head || route.method == Method::options) {
    refuse(pattern, "HEAD and OPTIONS are answered without a route of their own");
  }
  auto* node = root_.get();
  std::vector<std::string_view> names;
  for_each_part(pattern, [&](std::string_view part) {
    check_part(pattern, part);
    if (is_parameter(part) && std::ranges::find(names, part) != names.end()) {
      refuse(pattern, std::string(part) + " is there twice");
    }
    if (is_parameter(part)) names.push_back(part);
    auto& next = is_parameter(part) ? node->any : node->literal[std::string(part)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  });
  auto& place = node->routes[route.method];
  if (place) refuse(pattern, "a request that '" + place->pattern + "' takes would be its as well");
  place = std::make_unique<Route>(std::move(route));
}

namespace {

/// The node at which a path ends. What is given literally goes first, and where that leads nowhere, what
/// stands for anything.
template <class Node>
const Node* descend(const Node& node, std::optional<std::string_view> rest) {
  if (!rest) return node.routes.empty() ? nullptr : &node;
  const auto [part, next] = first_part(*rest);
  if (const auto found = node.literal.find(part); found != node.literal.end()) {
    if (const auto* end = descend(*found->second, next)) return end;
  }
  // An empty part is no value: "/orders/" is not an order.
  return node.any && !part.empty() ? descend(*node.any, next) : nullptr;
}

template <class Routes>
std::string allowed_methods(const Routes& routes) {
  std::string methods;
  for (const auto& [method, route] : routes) {
    if (!methods.empty()) methods += ", ";
    methods += to_string(method);
    if (method == Method::get) methods += ", HEAD";
  }
  return methods + ", OPTIONS";
}

/// False when a parameter cannot be read.
bool read_parameters(const Router::Route& route, Request& request) {
  request.path_parameters.clear();
  std::optional<std::string_view> rest = request.path().substr(1);
  bool is_readable = true;
  for_each_part(route.pattern, [&](std::string_view part) {
    const auto [value, next] = first_part(*rest);
    rest = next;
    if (!is_parameter(part)) return;
    auto decoded = percent_decoded(value, false);
    is_readable = is_readable && decoded;
    if (decoded) request.path_parameters.emplace_back(part.substr(1, part.size() - 2), *std::move(decoded));
  });
  return is_readable;
}

}  // namespace

Router::Found Router::find(Request& request) const {
  if (request.method == Method::options && request.target == "*") {
    return empty_response(status::no_content).with("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }
  const auto path = request.path();
  const auto* node = path.starts_with('/') ? descend(*root_, path.substr(1)) : nullptr;
  if (node == nullptr) return not_found_response();
  if (request.method == Method::options) {
    return empty_response(status::no_content).with("Allow", allowed_methods(node->routes));
  }
  const auto method = request.method == Method::head ? Method::get : request.method;
  const auto found = node->routes.find(method);
  if (found == node->routes.end()) {
    const auto methods = allowed_methods(node->routes);
    return to_response({.status = status::method_not_allowed,
                        .name = "method-not-allowed",
                        .title = "Method not allowed",
                        .detail = "this path takes " + methods})
        .with("Allow", methods);
  }
  const auto& route = *found->second;
  request.route = route.pattern;
  if (!read_parameters(route, request)) {
    return to_response({.status = status::bad_request,
                        .name = "path-invalid",
                        .title = "Invalid path",
                        .detail = "a part of the path is not UTF-8, or holds a control character, once its "
                                  "escapes are read"});
  }
  return &route;
}

std::vector<const Router::Route*> Router::routes() const {
  std::vector<const Route*> all;
  std::vector<const Node*> open{root_.get()};
  while (!open.empty()) {
    const auto* node = open.back();
    open.pop_back();
    for (const auto& [method, route] : node->routes) all.push_back(route.get());
    for (const auto& [part, next] : node->literal) open.push_back(next.get());
    if (node->any) open.push_back(node->any.get());
  }
  return all;
}

}  // namespace waybill::http
