#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "server_core.hpp"

namespace boost::asio::ssl {
class context;
}

namespace waybill::http {

/// Serves the client at the other end until either has had enough. On the loop's thread, of which it takes
/// a task.
void serve(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket, std::string address);
/// The same over TLS; the context outlives the connection.
void serve_tls(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket, std::string address,
               std::shared_ptr<boost::asio::ssl::context> context);

}  // namespace waybill::http
