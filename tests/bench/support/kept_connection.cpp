#include "kept_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace waybill::bench {
namespace {

std::size_t body_length_in(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const auto found = head.find(name);
  return found == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(found + name.size(), 8)));
}

}  // namespace

KeptConnection::KeptConnection(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    throw std::runtime_error("cannot connect to the server");
  }
  const int yes = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void KeptConnection::send(const std::string& request) {
  if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    throw std::runtime_error("a request was not sent whole");
  }
}

std::optional<HttpAnswer> KeptConnection::receive() {
  std::array<char, 4096> room{};
  const auto read = ::recv(socket_.get(), room.data(), room.size(), 0);
  if (read <= 0) throw std::runtime_error("the server has closed a connection");
  bytes_.append(room.data(), static_cast<std::size_t>(read));
  const auto head = bytes_.find("\r\n\r\n");
  if (head == std::string::npos) return std::nullopt;
  const auto end = head + 4 + body_length_in(std::string_view(bytes_).substr(0, head));
  if (bytes_.size() < end) return std::nullopt;
  constexpr std::string_view version = "HTTP/1.1 ";
  HttpAnswer answer{.status = std::stoi(bytes_.substr(version.size(), 3)), .text = bytes_.substr(0, end)};
  bytes_.erase(0, end);
  return answer;
}

}  // namespace waybill::bench
