#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "waybill/base/deadline.hpp"
#include "waybill/http/probe.hpp"
#include "waybill/http/router.hpp"
#include "waybill/http/server_options.hpp"
#include "waybill/runtime/event_loop.hpp"

namespace waybill::http {

/// HTTP/1.1 for clients that nobody knows.
///
/// Promises: every request that was read gets one answer, every error a problem document
/// (application/problem+json). What is malformed, or could be read in two ways, is refused with its status
/// and closes the connection. Nothing of a client's is kept beyond the limits, and no wait is without one;
/// slow clients cost quick ones nothing but their places. Requests of one connection are answered in their
/// order. A handler that is not back by its deadline is answered for with 504, goes on, and its answer is
/// dropped. Does not promise: HTTP/2, compression, to interrupt a handler, to notice a client's going before
/// it is written to. Faults: the constructor throws std::system_error if it cannot listen, and
/// std::invalid_argument for options that cannot be right. Concurrency: made before the loop runs or on its
/// thread; drain() and load() on its thread. Handlers run there too. The loop outlives the server, and the
/// server its requests: destroy it after the loop has ended, or drained.
class Server {
 public:
  struct Load {
    std::size_t connections = 0;
    std::size_t requests = 0;  ///< that handlers are at
    std::size_t streams = 0;
  };

  /// Listens at once.
  Server(runtime::EventLoop& loop, ServerOptions options, Router router, const ServerProbe& probe = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  Load load() const;

  /// Takes no more connections and no more requests of those there are, lets the requests that were begun end
  /// and be answered with "Connection: close", and closes; at the deadline whatever is left. One whose bytes
  /// are still on their way has a second for them. Streams are closed: their clients come back elsewhere.
  boost::asio::awaitable<void> drain(base::Deadline deadline);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::http
