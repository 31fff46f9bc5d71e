#pragma once

#include <sys/types.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "waybill/servers/program.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::bench {

inline constexpr std::array shop_services{"order", "inventory", "payment", "notification", "analytics"};
inline constexpr int shop_skus = 100;

/// Ours and the floor begin with the same: a database for each service, whose tables the service itself has
/// made, a virtual host where the whole topology is, and goods that never run out. `sku-0` and so on.
class ShopDatabases {
 public:
  ShopDatabases();

  const servers::TestDatabase& of(const std::string& service) const { return databases_.at(service); }
  /// What autovacuum would do in its first minutes: statements that were planned for empty tables are planned
  /// anew. The outbox is left out, since what it holds when nothing happens says nothing of it.
  void analyze() const;
  /// Which processes of the server are sessions, and whose: the service's, or its relay's.
  std::map<pid_t, std::string> sessions() const;
  std::string broker_url() const { return broker_.url(); }

  /// A program of a service with its settings, and these before them. What it says is in a file of its own,
  /// log_of().
  servers::Program start(const std::string& service, const std::vector<std::string>& words,
                         std::map<std::string, std::string> more = {}) const;
  /// The end of it.
  std::string log_of(const std::string& service) const;
  const testkit::TemporaryDirectory& directory() const { return directory_; }

 private:
  std::string log_file(const std::string& service) const;

  std::map<std::string, servers::TestDatabase> databases_;
  servers::TestVirtualHost broker_;
  testkit::TemporaryDirectory directory_;
};

}  // namespace waybill::bench
