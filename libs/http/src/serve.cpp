#include "serve.hpp"

#include <boost/asio/ssl/context.hpp>

#include "served_connection_impl.hpp"

namespace waybill::http {
namespace {

/// Keeps what the stream refers to as long as the connection.
class TlsStream : public boost::asio::ssl::stream<boost::asio::ip::tcp::socket> {
 public:
  TlsStream(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : stream(std::move(socket), *context), context_(std::move(context)) {}

 private:
  std::shared_ptr<boost::asio::ssl::context> context_;
};

template <class Stream>
void begin(std::shared_ptr<ServerCore> core, Stream stream, std::string address) {
  const auto executor = stream.get_executor();
  auto connection =
      std::make_shared<ServedConnection<Stream>>(std::move(core), std::move(stream), std::move(address));
  boost::asio::co_spawn(executor, ServedConnection<Stream>::run(std::move(connection)), tell_fault);
}

}  // namespace

void serve(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket, std::string address) {
  begin(std::move(core), std::move(socket), std::move(address));
}

void serve_tls(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket, std::string address,
               std::shared_ptr<boost::asio::ssl::context> context) {
  begin(std::move(core), TlsStream(std::move(socket), std::move(context)), std::move(address));
}

}  // namespace waybill::http
