#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpu_books.hpp"
#include "shop_databases.hpp"
#include "waybill/http/api_keys.hpp"

namespace waybill::bench {

/// The five services as processes, all ready, and a client's key that may do everything.
class ShopServices {
 public:
  explicit ShopServices(const ShopDatabases& databases);
  /// They are told to stop, and end in order; one that does not is said on standard error, with its log.
  ~ShopServices();
  ShopServices(const ShopServices&) = delete;
  ShopServices& operator=(const ShopServices&) = delete;

  std::uint16_t port(const std::string& service) const;
  const std::string& key() const { return client_.text; }
  void watch(CpuBooks& books) const;

 private:
  struct Service {
    std::string name;
    std::uint16_t http_port;
    std::uint16_t admin_port;
    servers::Program program;
  };
  void wait_until_ready(Service& service) const;

  const ShopDatabases& databases_;
  const http::NewApiKey client_ = http::new_api_key("bench");
  std::vector<Service> services_;
};

}  // namespace waybill::bench
