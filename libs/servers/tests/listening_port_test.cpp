#include "waybill/servers/listening_port.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <list>
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

TEST(FreePort, can_be_listened_at_and_is_passed_by_while_it_is) {
  std::set<std::uint16_t> taken;
  std::list<ListeningPort> listeners;
  for (int i = 0; i < 50; ++i) {
    listeners.emplace_back(1, free_port());
    taken.insert(listeners.back().number());
  }
  // All of them once round.
  for (int i = 0; i < 5'000; ++i) ASSERT_FALSE(taken.contains(free_port()));
}

}  // namespace
}  // namespace waybill::servers
