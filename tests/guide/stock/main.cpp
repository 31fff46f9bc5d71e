#include <array>
#include <cstdlib>
#include <iostream>

#include "stock/v1/stock.contract.hpp"
#include "stock/v1/stock.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/inbox/migrations.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/runtime/shutdown.hpp"

using namespace std::chrono_literals;
using namespace waybill;

void take_stock(const stock::v1::TakeStock& command, inbox::Scope& scope) {
  if (command.quantity() < 1) throw inbox::Permanent("nobody takes less than one");
  const auto left = scope.tx().query_optional<std::int32_t>(
      "UPDATE stock SET available = available - $2 WHERE sku = $1 AND available >= $2 RETURNING available",
      command.sku(), command.quantity());
  if (!left) {
    stock::v1::StockShort refusal;
    refusal.set_sku(command.sku());
    return scope.reply(refusal);
  }
  stock::v1::StockTaken taken;
  taken.set_sku(command.sku());
  taken.set_left(*left);
  scope.reply(taken);
  if (*left >= 3) return;
  stock::v1::StockRanLow low;
  low.set_sku(command.sku());
  low.set_left(*left);
  scope.publish(low, {.subject = command.sku()});
}

postgres::Migrations tables() {
  constexpr std::array files{std::pair<std::string_view, std::string_view>{
      "0001_stock.sql", "CREATE TABLE stock (sku text PRIMARY KEY, available integer NOT NULL)"}};
  return postgres::make_migrations("stock", files);
}

std::string setting(const char* name) {
  if (const char* value = std::getenv(name)) return value;
  throw std::runtime_error(std::string(name) + " is not set");
}

int main() try {
  runtime::EventLoop loop;
  runtime::Shutdown shutdown(loop);  // before there are threads: SIGTERM is for it alone
  postgres::Options database;
  database.url = setting("STOCK_DATABASE");
  const auto broker = amqp::Options::for_urls({setting("STOCK_BROKER")});
  const auto manifest = amqp::load_manifest(setting("STOCK_TOPOLOGY")).value();
  const message::Queue queue{"stock.commands"};

  postgres::migrate_up(database, std::array{outbox::migrations(), inbox::migrations(), tables()},
                       base::Deadline::after(1min));
  postgres::Pool pool(database);

  const amqp::TopologySetup topology{manifest.topology_of(amqp::ServiceName{"stock"})};
  amqp::ConfirmingPublisher publisher({.connection = broker, .topology = topology});
  outbox::Relay relay({.name = "stock", .database = database}, publisher);
  const outbox::Sender sender{.service = "stock", .committed = [&] { relay.wake(); }};

  inbox::Handlers handlers;
  handlers.on<stock::v1::TakeStock>(take_stock);
  inbox::Consumer consumer({.consumer = queue.value(), .queue = queue}, pool, sender, handlers, [&] {
    return std::make_unique<amqp::QueueSubscriber>(
        amqp::SubscriberOptions{.connection = broker, .queue = queue});
  });

  shutdown.on_stop([&] { loop.stop(); });
  loop.run();
  consumer.stop();
  relay.stop(base::Deadline::after(10s));
} catch (const std::exception& fault) {
  std::cerr << "stock: " << fault.what() << "\n";
  return EXIT_FAILURE;
}
