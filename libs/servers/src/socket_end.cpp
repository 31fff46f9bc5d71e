#include "socket_end.hpp"

#include <array>
#include <boost/asio/buffer.hpp>

namespace waybill::servers {
namespace {

using boost::asio::ip::tcp;

/// A socket that is closed with unread bytes sends a reset, whatever was intended.
void drop_what_has_arrived(tcp::socket& socket) {
  constexpr int most_reads = 1'000;
  std::array<char, 16 * 1024> dropped;
  boost::system::error_code error;
  socket.non_blocking(true, error);
  for (int reads = 0; !error && reads < most_reads; ++reads)
    socket.read_some(boost::asio::buffer(dropped), error);
}

}  // namespace

void end(tcp::socket& socket, Cut how) {
  if (!socket.is_open()) return;
  boost::system::error_code ignored;
  if (how == Cut::reset) {
    socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  } else {
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    drop_what_has_arrived(socket);
  }
  socket.close(ignored);
}

void set_proxy_options(tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(boost::asio::socket_base::send_buffer_size(kernel_buffer_bytes), ignored);
  socket.set_option(boost::asio::socket_base::receive_buffer_size(kernel_buffer_bytes), ignored);
}

}  // namespace waybill::servers
