#include "bare_http.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "bare_orders.hpp"

namespace waybill::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using Stream = beast::tcp_stream;

/// Comes back when the row is committed.
asio::awaitable<void> insert(BareOrders& orders, BareOrders::Order order) {
  const auto executor = co_await asio::this_coro::executor;
  // It takes references only: g++ 12 destroys twice what such a function owns.
  const auto begin = [&orders, &order, &executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    order.done = [executor, shared] { asio::post(executor, [shared] { std::move (*shared)(); }); };
    orders.insert(std::move(order));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(begin, asio::use_awaitable);
}

asio::awaitable<void> serve(tcp::socket socket, const std::string& body, BareOrders* orders) {
  Stream stream(std::move(socket));
  stream.socket().set_option(tcp::no_delay(true));
  beast::flat_buffer buffer;
  try {
    for (;;) {
      stream.expires_after(std::chrono::seconds{30});
      beast_http::request<beast_http::string_body> request;
      co_await beast_http::async_read(stream, buffer, request, asio::use_awaitable);
      const bool is_post = request.method() == beast_http::verb::post && request.target() == "/api/v1/orders";
      const bool is_get = request.method() == beast_http::verb::get && request.target() == "/api/v1/orders/7";
      beast_http::response<beast_http::string_body> response{
          is_post ? beast_http::status::accepted
                  : (is_get ? beast_http::status::ok : beast_http::status::not_found),
          request.version()};
      response.set(beast_http::field::content_type, "application/json");
      response.keep_alive(request.keep_alive());
      if (is_post) {
        BareOrders::Order order{std::string(request["Idempotency-Key"]), "an order", {}};
        co_await insert(*orders, std::move(order));
      }
      response.body() = body;
      response.prepare_payload();
      co_await beast_http::async_write(stream, response, asio::use_awaitable);
      if (!response.keep_alive()) break;
    }
  } catch (const beast::system_error&) {
    // The client has gone.
  }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, const std::string& body, BareOrders* orders) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), body, orders), asio::detached);
  }
}

}  // namespace

BareHttp::BareHttp(std::string body, BareOrders* orders) {
  auto acceptor =
      std::make_shared<tcp::acceptor>(context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0});
  port_ = acceptor->local_endpoint().port();
  thread_ = runtime::Thread("floor", [this, acceptor, body = std::move(body), orders] {
    asio::co_spawn(context_, accept_all(*acceptor, body, orders), asio::detached);
    context_.run();
  });
}

BareHttp::~BareHttp() {
  context_.stop();
  thread_.join();
}

}  // namespace waybill::bench
