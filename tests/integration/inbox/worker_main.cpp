#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/crash_point.hpp"

// A service for tests to kill: consumers of one queue, and the relay of its outbox. What a command's text
// begins with says how its handler behaves.

namespace waybill::inbox::testing {
namespace {

using namespace std::chrono_literals;
using shop::inventory::v1::ReleaseStock;
using shop::inventory::v1::StockReleased;

std::string variable(const char* name, const char* otherwise = nullptr) {
  const char* value = std::getenv(name);
  if (value == nullptr && otherwise == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value != nullptr ? value : otherwise;
}

void handle(const ReleaseStock& command, Scope& scope) {
  const auto& text = command.order_id();
  scope.tx().execute("INSERT INTO effect (text, key) VALUES ($1, $2)", text, scope.message().subject);
  if (text.starts_with("abort")) std::abort();
  while (text.starts_with("hang")) pause();
  if (text.starts_with("bad")) throw std::runtime_error("it never works");
  if (text.starts_with("slow")) scope.tx().execute("SELECT pg_sleep(0.4)");
  if ((text.starts_with("twice") || text.starts_with("slow-twice")) && scope.attempt() <= 2)
    throw std::runtime_error("not yet");
  StockReleased answer;
  answer.set_order_id(text);
  scope.reply(answer);
}

int run() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  runtime::arm_crash_point(variable("WAYBILL_CRASH_AT", ""));
  const auto broker = variable("WORKER_BROKER");
  const auto queue = variable("WORKER_QUEUE");

  postgres::Options database;
  database.url = variable("WORKER_DATABASE");
  database.connections = 5;
  database.allow_unsafe_durability = true;
  postgres::Pool pool(database);

  amqp::PublisherOptions publishing;
  publishing.connection = amqp::Options::for_urls({broker});
  amqp::ConfirmingPublisher publisher(publishing);
  outbox::RelayOptions relaying;
  relaying.database = database;
  relaying.limits.promote_every = 20ms;
  relaying.stand_by = 50ms;
  outbox::Relay relay(relaying, publisher);
  const outbox::Sender sender{.service = "inventory", .committed = [&] { relay.wake(); }};

  ConsumerOptions options;
  options.consumer = queue;
  options.queue = message::Queue{queue};
  options.order = queue == "ledger" ? Order::by_key : Order::none;
  options.batch = 16;
  options.retries = {.attempts = 3, .initial = 20ms, .maximum = 100ms, .multiplier = 2.0};
  options.handle_within = std::chrono::milliseconds{std::stoi(variable("WORKER_HANDLE_WITHIN_MS", "30000"))};
  options.crashes = static_cast<std::uint32_t>(std::stoi(variable("WORKER_CRASHES", "3")));
  const auto subscribe = [&] {
    amqp::SubscriberOptions subscribing;
    subscribing.connection = amqp::Options::for_urls({broker});
    subscribing.queue = message::Queue{queue};
    subscribing.prefetch = 32;
    return std::make_unique<amqp::QueueSubscriber>(subscribing);
  };
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (int i = 0; i < 2; ++i) {
    Handlers handlers;
    handlers.on<ReleaseStock>(handle);
    consumers.push_back(std::make_unique<Consumer>(options, pool, sender, std::move(handlers), subscribe));
  }
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}

}  // namespace
}  // namespace waybill::inbox::testing

int main() {
  try {
    return waybill::inbox::testing::run();
  } catch (const std::exception& fault) {
    std::cerr << "worker: " << fault.what() << "\n";
    return 1;
  }
}
