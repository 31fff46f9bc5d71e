#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"

namespace waybill::inbox::testing {

using namespace std::chrono_literals;
using shop::inventory::v1::ReleaseStock;
using shop::inventory::v1::StockReleased;

inline base::Deadline soon() { return base::Deadline::after(30s); }

/// A database with an inbox, an outbox, and a table `effect` that a handler writes to; a virtual host with
/// the queues `stock` (no order), `ledger` (an order by key) and `watch` (events), made by the manifest's
/// rules.
class InboxFixture : public ::testing::Test {
 protected:
  InboxFixture();

  postgres::Options database_options(const std::string& url, std::size_t connections = 4) const;
  std::unique_ptr<amqp::ConfirmingPublisher> publisher() const;
  Subscribe subscribe(const std::string& queue, std::uint16_t prefetch = 256) const;
  static ConsumerOptions options(const std::string& queue);
  /// A relay over this database, with a publisher of its own.
  struct Relaying {
    std::unique_ptr<amqp::ConfirmingPublisher> publisher;
    std::unique_ptr<outbox::Relay> relay;
  };
  Relaying relay() const;

  /// The command that the tests' handler takes: its effect is a row of `effect` with this text.
  static message::Envelope command(const std::string& text, const std::string& key = {});
  /// Publishes and waits for the confirms.
  void send(const std::string& queue, const std::vector<message::Envelope>& envelopes);
  void send_raw(const std::string& queue, std::vector<message::WireMessage> messages);

  /// Writes the effect; answers.
  static Handlers effects();
  static void write_effect(const ReleaseStock& command, Scope& scope);

  std::int64_t count(const std::string& what) const;
  std::int64_t effects_written() const { return count("effect"); }
  /// Soon `query` prints that.
  ::testing::AssertionResult comes_to(const std::string& query, const std::string& printed) const;
  ::testing::AssertionResult have_effects(std::int64_t effects) const;
  /// Nothing is in the queue, in nobody's hand either.
  ::testing::AssertionResult is_drained(const std::string& queue) const;
  std::vector<message::WireMessage> dead_letters(const std::string& queue, std::size_t count) const;
  static std::string header(const message::WireMessage& message, const std::string& name);

  servers::TestDatabase database_;
  servers::TestVirtualHost broker_;
  postgres::Pool pool_{database_options(database_.url(), 8)};
  outbox::Sender sender_{.service = "inventory"};
};

}  // namespace waybill::inbox::testing
