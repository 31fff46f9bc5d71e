#include "waybill/servers/listening_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

namespace waybill::servers {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

sockaddr* generic(sockaddr_in& address) { return static_cast<sockaddr*>(static_cast<void*>(&address)); }

}  // namespace

ListeningPort::ListeningPort(int room) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(socket_.get(), generic(address), size) != 0 || ::listen(socket_.get(), room) != 0 ||
      ::getsockname(socket_.get(), generic(address), &size) != 0) {
    throw std::runtime_error("no port of this host can be listened on");
  }
  number_ = ntohs(address.sin_port);
}

FullPort::FullPort() : port_(0) {
  auto address = loopback(number());
  for (auto& filler : fillers_) {
    filler.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(filler.get(), generic(address), sizeof(address));
  }
}

}  // namespace waybill::servers
