#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/runtime/unfit.hpp"

namespace waybill::runtime {

/// scheme://user:password@host:port/path?name=value, taken apart. Texts are percent-decoded, but for `path`
/// and `text`. Printing it masks the password, and the values of query parameters whose name says that they
/// are secret.
struct Url {
  struct Host {
    std::string name;  ///< an IPv6 address has no brackets here
    std::optional<std::uint16_t> port;
    friend bool operator==(const Host&, const Host&) = default;
  };

  std::string text;  ///< as it was given, with the password in it
  std::string scheme;
  std::string user;
  std::optional<std::string> password;
  std::vector<Host> hosts;  ///< one or, as PostgreSQL's have them, more: host1:port1,host2:port2
  std::string path;         ///< from its slash on, still encoded; empty when there is none
  std::vector<std::pair<std::string, std::string>> query;

  static boost::system::result<Url, Unfit> parse(std::string_view text);

  const Host& host() const { return hosts.front(); }
  std::string masked() const;
  friend bool operator==(const Url&, const Url&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Url& url) { return out << url.masked(); }
};

/// Undoes %XX; nothing when an escape is malformed.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace waybill::runtime
