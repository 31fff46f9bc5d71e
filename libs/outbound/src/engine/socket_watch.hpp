#pragma once

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>

namespace waybill::outbound {

/// Waits for what curl wants of one of its sockets, until it is let go. The socket stays curl's.
class SocketWatch : public std::enable_shared_from_this<SocketWatch> {
 public:
  /// Told CURL_CSELECT_IN or CURL_CSELECT_OUT; it may let the watch go.
  using Ready = std::function<void(curl_socket_t socket, int events)>;

  SocketWatch(const boost::asio::any_io_executor& executor, Ready ready)
      : descriptor_(executor), ready_(std::move(ready)) {}

  /// False when the system watches no more sockets.
  bool begin(curl_socket_t socket);
  /// CURL_POLL_IN, CURL_POLL_OUT or both.
  void want(int events);
  /// Before curl closes the socket, whose number may be another's right after.
  void let_go();

 private:
  struct Side {
    boost::asio::posix::descriptor_base::wait_type wait;
    int wanted;
    int event;
    bool waiting = false;
  };
  void wait_for(Side& side);

  boost::asio::posix::stream_descriptor descriptor_;
  Ready ready_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  int wanted_ = 0;
  Side in_{boost::asio::posix::descriptor_base::wait_read, CURL_POLL_IN, CURL_CSELECT_IN};
  Side out_{boost::asio::posix::descriptor_base::wait_write, CURL_POLL_OUT, CURL_CSELECT_OUT};
};

}  // namespace waybill::outbound
