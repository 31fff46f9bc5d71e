#include "client_sockets.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace waybill::postgres::testing {
namespace {

constexpr const char* established = "01";

}  // namespace

std::set<std::uint64_t> client_sockets(std::uint16_t port) {
  std::set<std::uint64_t> found;
  std::ifstream table("/proc/net/tcp");
  std::string line;
  std::getline(table, line);  // the headings
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout;
    std::uint64_t socket = 0;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
        socket;
    const auto colon = remote.find(':');
    if (colon == std::string::npos || state != established) continue;
    if (std::stoul(remote.substr(colon + 1), nullptr, 16) == port) found.insert(socket);
  }
  return found;
}

}  // namespace waybill::postgres::testing
