#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "waybill/http/method.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"

namespace waybill::http {

/// Runs on the loop's thread and must not block: what blocks is awaited. What it throws becomes a 500 that
/// says nothing of it, and a line in the log. The request lives until it has ended.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;
/// For what is answered at once.
using PlainHandler = std::function<Response(const Request&)>;

struct RouteOptions {
  /// What a client's key has to be good for, "orders:write". Empty: nobody is asked for a key.
  std::string scope{};
  /// Of a request with a body. Anything else is answered with 415.
  std::string content_type = "application/json";
  /// Whether its handler reads a query. Else a parameter is refused as one that nobody asked for: 400
  /// "query-invalid".
  bool has_query = false;
  /// Instead of the server's limits, where given.
  std::optional<std::size_t> body_bytes{};
  std::optional<std::chrono::milliseconds> within{};
  /// Taken also when the server sheds load: what operators need then.
  bool is_never_shed = false;
};

/// Which handler takes which requests.
///
///   router.add(Method::post, "/api/v1/orders", place_order, {.scope = "orders:write"});
///   router.add(Method::get, "/api/v1/orders/{id}", show_order, {.scope = "orders:read"});
///
/// Promises: a part of a pattern that is given literally goes before a {name}. Patterns that cannot be told
/// apart, and malformed ones, are std::invalid_argument when they are added. HEAD is what GET is, without the
/// body. Does not promise: a second slash or one at the end to be ignored. Concurrency: any thread may look
/// once all are added.
class Router {
 public:
  struct Route {
    std::string pattern{};
    Method method = Method::get;
    RouteOptions options{};
    std::variant<Handler, PlainHandler> handler{};
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});
  void add(Method method, std::string pattern, PlainHandler handler, RouteOptions options = {});

  /// Finds the route of a request and sets its `route` and `path_parameters`; or what to answer instead: 404,
  /// 405 with the methods that there are, 400 for a path that cannot be read.
  using Found = std::variant<const Route*, Response>;
  Found find(Request& request) const;

  std::vector<const Route*> routes() const;

 private:
  struct Node;
  void add(Route route);
  std::unique_ptr<Node> root_;
};

}  // namespace waybill::http
