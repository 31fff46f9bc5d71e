#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::relay::testing {

using namespace std::chrono_literals;

inline base::Deadline soon() { return base::Deadline::after(30s); }

/// A service's database with an outbox.
class Database {
 public:
  Database();
  const std::string& url() const { return database_.url(); }
  std::string sql(const std::string& statements) const { return database_.sql(statements); }
  void commit(const std::vector<outbox::Message>& messages);
  bool is_at_rest() const;
  /// How many rows are to be sent, those not counted that are blocked.
  int waiting() const;

 private:
  servers::TestDatabase database_;
  postgres::Pool pool_;
};

/// Takes what comes to a queue, and remembers what came first.
class Consumer {
 public:
  Consumer(const servers::TestVirtualHost& broker, const std::string& queue);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  std::set<std::string> payloads() const;
  /// The numbers of the payloads "key:number", in the order of their first arrival.
  std::map<std::string, std::vector<int>> numbers_by_key() const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> payloads_;
  std::map<std::string, std::vector<int>> numbers_;
  amqp::QueueSubscriber subscriber_;
  runtime::Thread thread_;
};

/// Two databases, a virtual host with the manifest's topology (`events`, a fanout, to `all` and `other`;
/// `commands`, direct, to `stock`), and the program.
class RelayFixture : public ::testing::Test {
 protected:
  RelayFixture();

  /// Starts the program, to be killed at a crash point unless that is empty.
  std::unique_ptr<servers::Program> start(const std::string& crash_at = "") const;
  std::unique_ptr<servers::Program> start_with(std::map<std::string, std::string> more) const;
  std::map<std::string, std::string> environment() const;

  static outbox::Message event(const std::string& key, const std::string& payload);
  static outbox::Message command(const std::string& to, const std::string& payload);
  bool leads_both() const;

  servers::TestVirtualHost broker_;
  testkit::TemporaryDirectory directory_;
  Database order_;
  Database payment_;
  const std::uint16_t admin_port_;  // free until the program takes it
};

}  // namespace waybill::relay::testing
