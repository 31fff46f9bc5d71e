#pragma once

#include <string>

namespace waybill::postgres {

/// Where a connection goes, as errors say it. Never the password.
struct Endpoint {
  std::string host;
  std::string port;
  std::string database;
  std::string user;

  /// 127.0.0.1:5432, database "shop", user "order"
  std::string to_string() const;
};

}  // namespace waybill::postgres
