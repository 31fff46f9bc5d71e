#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "waybill/base/deadline.hpp"
#include "waybill/outbound/options.hpp"
#include "waybill/outbound/probe.hpp"
#include "waybill/outbound/request.hpp"
#include "waybill/outbound/response.hpp"

namespace waybill::outbound {

/// Sends HTTP/1.1 requests, over connections that it keeps.
///
/// Promises: send() ends once, with the response or a Fault, within 100 ms of its deadline, whatever the
/// other side, the network or the resolver does. Each request is sent at most once; a Fault says whether it
/// may have had an effect, and says that it had none only when no byte of it was sent. Any status is a
/// response. Requests that find no connection free wait, the oldest first of those whose host has room.
/// Certificates and host names are verified, by TLS 1.2 or later. No proxy is used, whatever the environment
/// says; no cookie is kept, no encoding undone, no other protocol spoken. A redirect is followed when the
/// request asks for it, never from https to http, and credentials are not sent on to another host.
/// Nothing secret of a request is in a Fault's text.
///
/// Does not promise: that a response without a length is whole (it says so), that a revoked certificate is
/// refused, or that a name look-up which was given up has ended: the system's resolver goes on in a thread of
/// its own until its own limit.
///
/// Concurrency: the executor runs one handler at a time, as runtime::EventLoop's does; everything is called
/// from its thread, or while nothing runs it. The executor's loop outlives the client. Asio's cancellation
/// of the awaiting coroutine ends a request as `cancelled`.
class HttpClient {
 public:
  /// Throws std::invalid_argument, see check().
  HttpClient(boost::asio::any_io_executor executor, Options options, const ClientProbe& probe = {});
  /// Closes it.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Throws Fault when there is no response.
  [[nodiscard]] boost::asio::awaitable<Response> send(Request request, base::Deadline deadline);

  /// Ends every request under way, and each later one, as `closed`; ends all connections. A loop that is to
  /// finish() waits for idle connections unless their client is closed.
  void close();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::outbound
