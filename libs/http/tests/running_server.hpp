#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "waybill/http/server.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::http::testing {

/// A server on a loop and a thread of its own, with a few routes:
///   GET /hello, GET /items/{id}, POST /items (says how long the body was), PUT /items/{id},
///   POST /large (takes 1 MiB), GET /held (answers when release() is called), GET /broken (throws),
///   GET /split (answers with a line break in a header field), POST /text (text/plain).
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {}, const std::function<void(Router&)>& more = {},
                         const ServerProbe& probe = {});
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port() const { return server_->port(); }
  Server::Load load();
  /// Comes to have none.
  bool has_no_connection();
  /// Lets the handlers of /held answer.
  void release();
  /// Drains, and says whether it took less than the time.
  bool drain(std::chrono::milliseconds within);
  std::future<void> begin_drain(std::chrono::milliseconds within);
  runtime::EventLoop& loop() { return loop_; }

 private:
  Router routes();
  boost::asio::awaitable<Response> hold(const Request& request);

  runtime::EventLoop loop_;
  bool is_released_ = false;
  std::unique_ptr<Server> server_;
  runtime::Thread thread_;
};

}  // namespace waybill::http::testing
