#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"

namespace waybill::outbox::testing {

using namespace std::chrono_literals;

inline base::Deadline soon() { return base::Deadline::after(30s); }

/// An outbox in a database of its own, and a virtual host with the exchanges `events` (fanout, to the queue
/// `all`) and `commands` (direct, the key `stock` to the queue `stock`).
class RelayFixture : public ::testing::Test {
 protected:
  explicit RelayFixture(const servers::BrokerAddress& broker = servers::shared_broker());

  postgres::Options database_options(std::size_t connections = 4) const;
  amqp::Endpoint broker() const { return *amqp::parse_url(broker_.url()); }
  static std::unique_ptr<amqp::ConfirmingPublisher> publisher(const amqp::Endpoint& endpoint);
  std::unique_ptr<amqp::ConfirmingPublisher> publisher() const { return publisher(broker()); }
  RelayOptions relay_options() const;

  static Message event(const std::string& key, const std::string& payload);
  static Message command(const std::string& key, const std::string& payload);
  void commit(const std::vector<Message>& messages);
  /// The payloads that a queue comes to hold, in its order; fewer than so many only when they do not come.
  std::vector<std::string> arrived(const std::string& queue, std::size_t count) const;
  std::int64_t count(const std::string& table) const;
  /// Nothing waits and nothing is blocked.
  ::testing::AssertionResult comes_to_rest() const;

  servers::TestDatabase database_;
  servers::TestVirtualHost broker_;
  postgres::Pool pool_{database_options()};
};

}  // namespace waybill::outbox::testing
