#include "waybill/servers/listening_port.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <set>

namespace waybill::servers {
namespace {

using ::testing::Lt;
using ::testing::SizeIs;

TEST(FreePort, is_another_each_time_and_never_one_of_those_that_connections_get) {
  std::uint32_t first_of_connections = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first_of_connections;
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 100; ++i) ports.insert(free_port());
  EXPECT_THAT(ports, SizeIs(100));
  EXPECT_THAT(*ports.rbegin(), Lt(first_of_connections));
}

/// Whether who does not share an address, as no claim does at first, gets the port.
bool is_to_be_had(std::uint16_t port) {
  const runtime::FileDescriptor other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return ::bind(other.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof(address)) == 0;
}

TEST(FreePort, can_be_listened_at_again_and_again_and_is_kept_from_others_all_the_time) {
  const auto port = free_port();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(is_to_be_had(port));
    const ListeningPort listener(1, port);
    EXPECT_EQ(listener.number(), port);
    EXPECT_FALSE(is_to_be_had(port));
  }
  EXPECT_FALSE(is_to_be_had(port));
}

}  // namespace
}  // namespace waybill::servers
