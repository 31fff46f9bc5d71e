#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

namespace waybill::http::testing {
namespace {

/// A process that was stopped and goes on, as under a debugger, has its wait broken off without a result.
ssize_t receive_some(int socket, char* bytes, std::size_t size, int flags) {
  for (;;) {
    const auto received = ::recv(socket, bytes, size, flags);
    if (received >= 0 || errno != EINTR) return received;
  }
}

}  // namespace

std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\n" + host + fields + "\r\n";
}

std::string post(const std::string& target, const std::string& body, const std::string& fields) {
  return "POST " + target + " HTTP/1.1\r\n" + host +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot connect");
  }
}

RawClient& RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // The server may have closed already: then its answer says why.
    if (sent <= 0) return *this;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return *this;
}

void RawClient::end_sending() { ::shutdown(socket_.get(), SHUT_WR); }

bool RawClient::read_more() {
  char bytes[4096];
  const auto read = receive_some(socket_.get(), bytes, sizeof bytes, 0);
  if (read <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(read));
  return true;
}

std::string RawClient::receive_until(std::string_view end) {
  std::size_t found = 0;
  while ((found = received_.find(end)) == std::string::npos) {
    if (!read_more()) return std::exchange(received_, {});
  }
  auto text = received_.substr(0, found + end.size());
  received_.erase(0, text.size());
  return text;
}

std::optional<RawAnswer> RawClient::receive(bool of_head) {
  const auto head = receive_until("\r\n\r\n");
  if (!head.ends_with("\r\n\r\n") || !head.starts_with("HTTP/1.1 ")) return std::nullopt;
  RawAnswer answer;
  answer.status = std::stoi(head.substr(9, 3));
  for (auto line = head.find("\r\n") + 2; line < head.size() - 2;) {
    const auto end = head.find("\r\n", line);
    const auto colon = head.find(": ", line);
    auto name = head.substr(line, colon - line);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = head.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  const auto length = answer.header("content-length");
  if (of_head || length.empty()) return answer;
  while (received_.size() < std::stoul(length)) {
    if (!read_more()) return std::nullopt;
  }
  answer.body = received_.substr(0, std::stoul(length));
  received_.erase(0, answer.body.size());
  return answer;
}

std::string RawClient::receive_rest() {
  while (read_more()) {
  }
  return std::exchange(received_, {});
}

bool RawClient::is_closed() {
  char byte = 0;
  const auto read = receive_some(socket_.get(), &byte, 1, MSG_PEEK);
  return read == 0 || (read < 0 && errno == ECONNRESET);
}

std::optional<RawAnswer> ask(std::uint16_t port, std::string_view request, bool of_head) {
  RawClient client(port);
  client.send(request);
  return client.receive(of_head);
}

}  // namespace waybill::http::testing
