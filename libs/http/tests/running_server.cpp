#include "running_server.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "waybill/testkit/eventually.hpp"

namespace waybill::http::testing {
namespace {

boost::asio::awaitable<void> drain_server(Server& server, base::Deadline deadline,
                                          std::promise<void>& ended) {
  co_await server.drain(deadline);
  ended.set_value();
}

}  // namespace

RunningServer::RunningServer(ServerOptions options, const std::function<void(Router&)>& more,
                             const ServerProbe& probe) {
  auto router = routes();
  if (more) more(router);
  server_ = std::make_unique<Server>(loop_, std::move(options), std::move(router), probe);
  thread_ = runtime::Thread("http", [this] { loop_.run(); });
}

RunningServer::~RunningServer() {
  loop_.stop();
  thread_.join();
}

Router RunningServer::routes() {
  Router router;
  router.add(Method::get, "/hello", [](const Request&) { return json_response(200, "\"hello\""); });
  router.add(Method::get, "/items/{id}", [](const Request& request) {
    return json_response(200, "\"" + request.path_parameter("id") + "\"");
  });
  const auto measure = [](const Request& request) {
    return json_response(201, std::to_string(request.body.size()));
  };
  router.add(Method::post, "/items", measure);
  router.add(Method::put, "/items/{id}", measure);
  router.add(Method::post, "/large", measure, {.body_bytes = 1024 * 1024});
  router.add(Method::post, "/text", measure, {.content_type = "text/plain"});
  const auto search = [](const Request& request) { return json_response(200, std::string(request.query())); };
  router.add(Method::get, "/search", search, {.has_query = true});
  router.add(Method::get, "/held", [this](const Request& request) { return hold(request); });
  router.add(Method::get, "/broken",
             [](const Request&) -> Response { throw std::runtime_error("secret of the house"); });
  router.add(Method::get, "/split",
             [](const Request&) { return empty_response(200).with("Location", "/a\r\nSet-Cookie: evil=1"); });
  router.add(Method::get, "/framed",
             [](const Request&) { return json_response(200, "{}").with("content-length", "9"); });
  router.add(Method::get, "/split-stream", [](const Request&) {
    return stream_response(
               [](base::Deadline) -> boost::asio::awaitable<std::variant<Event, Quiet, EndOfEvents>> {
                 co_return EndOfEvents{};
               })
        .with("X-Thing", "a\nb");
  });
  router.add(Method::get, "/statusless", [](const Request&) { return empty_response(-1); });
  return router;
}

boost::asio::awaitable<Response> RunningServer::hold(const Request& request) {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  while (!is_released_) {
    pause.expires_after(std::chrono::milliseconds{1});
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  co_return json_response(200, "\"held " + std::string(request.path()) + "\"");
}

void RunningServer::release() {
  loop_.post([this] { is_released_ = true; });
}

Server::Load RunningServer::load() {
  std::promise<Server::Load> load;
  loop_.post([&] { load.set_value(server_->load()); });
  return load.get_future().get();
}

bool RunningServer::has_no_connection() {
  return testkit::eventually([&] { return load().connections == 0; });
}

std::future<void> RunningServer::begin_drain(std::chrono::milliseconds within) {
  auto ended = std::make_shared<std::promise<void>>();
  auto future = ended->get_future();
  loop_.post([this, ended, within] {
    struct Drain {
      static boost::asio::awaitable<void> run(Server& server, base::Deadline deadline,
                                              std::shared_ptr<std::promise<void>> ended) {
        co_await drain_server(server, deadline, *ended);
      }
    };
    loop_.spawn("drain", Drain::run(*server_, base::Deadline::after(within), ended));
  });
  return future;
}

bool RunningServer::drain(std::chrono::milliseconds within) {
  return begin_drain(2 * within).wait_for(within) == std::future_status::ready;
}

}  // namespace waybill::http::testing
