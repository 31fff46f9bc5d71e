#pragma once

#include <cstdint>
#include <set>

namespace waybill::postgres::testing {

/// The sockets of this machine that are connected to the port, as the connecting side sees them: one that was
/// closed or reset is none. A socket's number is never used again while the machine runs.
std::set<std::uint64_t> client_sockets(std::uint16_t port);

}  // namespace waybill::postgres::testing
