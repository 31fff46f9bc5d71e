#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "server_url.hpp"

namespace waybill::servers {

/// RabbitMQ's management API, spoken in JSON. Throws std::runtime_error with the broker's words for every
/// answer that is not a success.
class Management {
 public:
  explicit Management(const std::string& url) : server_(ServerUrl::parse(url, "the management API's URL")) {}

  /// Targets are made by path(), so that names may hold any character.
  nlohmann::json get(const std::string& target) const { return call("GET", target, nullptr); }
  nlohmann::json post(const std::string& target, const nlohmann::json& body) const {
    return call("POST", target, body);
  }
  void put(const std::string& target, const nlohmann::json& body) const { call("PUT", target, body); }
  void remove(const std::string& target) const { call("DELETE", target, nullptr); }
  /// The same, and what is not there is as good as removed.
  void remove_if_there(const std::string& target) const;

 private:
  nlohmann::json call(const std::string& method, const std::string& target, const nlohmann::json& body) const;

  ServerUrl server_;
};

/// /api/first/second …, each encoded.
std::string path(std::initializer_list<std::string_view> segments);

}  // namespace waybill::servers
