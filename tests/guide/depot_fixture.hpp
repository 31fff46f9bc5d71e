#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "raw_client.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::guide {

using namespace std::chrono_literals;

/// Runs the program to its end. What it wrote to standard output is in `text`.
struct Ended {
  int status = -1;
  std::string text;
};

/// The service of docs/guide/service-in-40-lines.md with a database, a virtual host with its topology, and a
/// client who may do everything.
class DepotFixture : public ::testing::Test {
 protected:
  DepotFixture();

  std::map<std::string, std::string> variables() const;
  Ended run(const std::vector<std::string>& words) const { return run(words, variables()); }
  static Ended run(const std::vector<std::string>& words,
                   const std::map<std::string, std::string>& variables);
  void migrate() const;
  std::unique_ptr<servers::Program> start(std::map<std::string, std::string> more = {}) const;
  /// Nothing while nobody listens.
  std::optional<http::testing::RawAnswer> ask_admin(const std::string& path) const;
  std::optional<http::testing::RawAnswer> ask_api(const std::string& request) const;
  bool is_ready() const;
  std::string readiness() const;

  std::optional<http::testing::RawAnswer> deliver(const std::string& key, const std::string& sku,
                                                  int quantity) const;
  std::int64_t available(const std::string& sku) const;
  std::string bearer() const { return "Authorization: Bearer " + client_.text + "\r\n"; }

  servers::TestDatabase database_;
  servers::TestVirtualHost broker_;
  testkit::TemporaryDirectory directory_;
  const http::NewApiKey client_ = http::new_api_key("shop");
  std::uint16_t http_port_ = 0;
  std::uint16_t admin_port_ = 0;
};

}  // namespace waybill::guide
