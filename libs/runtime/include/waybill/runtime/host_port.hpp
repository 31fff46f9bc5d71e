#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "waybill/runtime/unfit.hpp"

namespace waybill::runtime {

/// A host's name or address, and a port. An IPv6 address is written in brackets and kept without them.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;

  static boost::system::result<HostPort, Unfit> parse(std::string_view text);
  std::string to_string() const;
  friend bool operator==(const HostPort&, const HostPort&) = default;
  friend std::ostream& operator<<(std::ostream& out, const HostPort& at) { return out << at.to_string(); }
};

}  // namespace waybill::runtime
