#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "waybill/servers/fault.hpp"

namespace waybill::servers {

/// Closes the socket so that the peer sees a reset or an end.
void end(boost::asio::ip::tcp::socket& socket, Cut how);

/// No waiting to fill packets, and small buffers in the kernel.
void set_proxy_options(boost::asio::ip::tcp::socket& socket);

/// For one that listens; what it accepts inherits it.
inline constexpr int kernel_buffer_bytes = 256 * 1024;

}  // namespace waybill::servers
