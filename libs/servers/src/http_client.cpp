#include "http_client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <iterator>
#include <stdexcept>

#include "base64.hpp"

namespace waybill::servers {
namespace {

constexpr std::chrono::seconds patience{30};

std::string address(const ServerUrl& server) { return server.host + ":" + std::to_string(server.port); }

void skip_headers(std::istream& stream) {
  for (std::string line; std::getline(stream, line) && line != "\r";) {
  }
}

}  // namespace

HttpAnswer http_request(const ServerUrl& server, const std::string& method, const std::string& target,
                        const std::string& json) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(patience);
  stream.connect(server.host, std::to_string(server.port));
  if (!stream) {
    throw std::runtime_error("RabbitMQ's management API at " + address(server) + " cannot be reached (" +
                             stream.error().message() + "): look at `scripts/stack status`");
  }
  stream << method << " " << target << " HTTP/1.0\r\nHost: " << address(server) << "\r\nAuthorization: Basic "
         << to_base64(server.user + ":" + server.password)
         << "\r\nContent-Type: application/json\r\nContent-Length: " << json.size() << "\r\n\r\n"
         << json << std::flush;
  std::string version;
  HttpAnswer answer;
  stream >> version >> answer.status;
  skip_headers(stream);
  if (!stream) {
    throw std::runtime_error("RabbitMQ's management API at " + address(server) + " gave no answer to " +
                             method + " " + target + " (" + stream.error().message() +
                             "): look at `scripts/stack logs rabbitmq`");
  }
  answer.body.assign(std::istreambuf_iterator<char>(stream), {});
  return answer;
}

}  // namespace waybill::servers
