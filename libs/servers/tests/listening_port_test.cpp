#include "waybill/servers/listening_port.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <set>
#include <utility>
#include <vector>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::servers {
namespace {

using ::testing::Lt;
using ::testing::SizeIs;

runtime::FileDescriptor listen_at(std::uint16_t port) {
  runtime::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (::bind(socket.get(), generic, sizeof(address)) != 0 || ::listen(socket.get(), 1) != 0) socket.reset();
  return socket;
}

TEST(FreePort, is_another_each_time_and_never_one_of_those_that_connections_get) {
  std::uint32_t first_of_connections = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first_of_connections;
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 100; ++i) ports.insert(free_port());
  EXPECT_THAT(ports, SizeIs(100));
  EXPECT_THAT(*ports.rbegin(), Lt(first_of_connections));
}

TEST(FreePort, can_be_listened_at_and_is_passed_by_while_it_is) {
  std::set<std::uint16_t> taken;
  std::vector<runtime::FileDescriptor> listeners;
  // All of them once round: those that are taken do not come again.
  for (int i = 0; i < 50; ++i) {
    const auto port = free_port();
    auto listener = listen_at(port);
    ASSERT_TRUE(listener) << port;
    listeners.push_back(std::move(listener));
    taken.insert(port);
  }
  for (int i = 0; i < 5'000; ++i) ASSERT_FALSE(taken.contains(free_port()));
}

}  // namespace
}  // namespace waybill::servers
