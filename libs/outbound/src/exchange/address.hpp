#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::outbound {

/// Where a URL leads. Its `url` may hold secrets; origin() and place() hold none.
struct Address {
  /// Why a text is no address, in words that hold nothing of it.
  struct Unfit {
    std::string why;
  };
  using Result = boost::system::result<Address, Unfit>;

  std::string url;     ///< without a fragment
  std::string scheme;  ///< http or https
  std::string host;    ///< lower case; an IPv6 address has brackets
  std::uint16_t port = 0;

  static Result parse(std::string_view url);
  /// What `location`, absolute or not, means here. A user and password go along to the same origin only.
  Result follow(std::string_view location) const;

  std::string place() const { return host + ':' + std::to_string(port); }
  std::string origin() const { return scheme + "://" + place(); }
};

}  // namespace waybill::outbound
