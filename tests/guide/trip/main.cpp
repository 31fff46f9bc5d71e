#include <array>
#include <cstdlib>
#include <iostream>

#include "book_trip.hpp"
#include "trip/v1/trip.contract.hpp"
#include "trip/v1/trip.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/inbox/migrations.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/runtime/shutdown.hpp"
#include "waybill/saga/deadlines.hpp"
#include "waybill/saga/engine.hpp"
#include "waybill/saga/migrations.hpp"

using namespace std::chrono_literals;
using namespace waybill;

std::string setting(const char* name) {
  if (const char* value = std::getenv(name)) return value;
  throw std::runtime_error(std::string(name) + " is not set");
}

int main() try {
  runtime::EventLoop loop;
  runtime::Shutdown shutdown(loop);
  postgres::Options database;
  database.url = setting("TRIP_DATABASE");
  const auto broker = amqp::Options::for_urls({setting("TRIP_BROKER")});
  const auto manifest = amqp::load_manifest(setting("TRIP_TOPOLOGY")).value();
  postgres::migrate_up(database, std::array{outbox::migrations(), inbox::migrations(), saga::migrations()},
                       base::Deadline::after(1min));
  postgres::Pool pool(database);
  const amqp::TopologySetup topology{manifest.topology_of(amqp::ServiceName{"trip"})};
  amqp::ConfirmingPublisher publisher({.connection = broker, .topology = topology});
  outbox::Relay relay({.name = "trip", .database = database}, publisher);
  const outbox::Sender sender{.service = "trip", .committed = [&] { relay.wake(); }};

  const auto definition = book_trip();
  saga::Engine engine({}, sender);
  engine.add(definition);

  inbox::Handlers commands;
  commands.on<trip::v1::BookTrip>([&](const trip::v1::BookTrip& command, inbox::Scope& scope) {
    engine.begin(scope, definition, command.trip_id(),
                 Trip{.id = command.trip_id(), .train = command.train(), .card = command.card()});
  });
  inbox::Handlers answers;
  engine.receive_cancellations(commands, message::Queue{"trip.commands"});
  engine.receive_answers(answers, message::Queue{"trip.replies"});
  saga::Deadlines deadlines(engine, pool);

  const auto consume = [&](const std::string& queue, inbox::Handlers handlers) {
    return std::make_unique<inbox::Consumer>(
        inbox::ConsumerOptions{.consumer = queue, .queue = message::Queue{queue}}, pool, sender,
        std::move(handlers), [&broker, queue] {
          return std::make_unique<amqp::QueueSubscriber>(
              amqp::SubscriberOptions{.connection = broker, .queue = message::Queue{queue}});
        });
  };
  const std::array consumers{consume("trip.commands", std::move(commands)),
                             consume("trip.replies", std::move(answers))};
  shutdown.on_stop([&] { loop.stop(); });
  loop.run();
  for (const auto& consumer : consumers) consumer->stop();
  deadlines.stop();
  relay.stop(base::Deadline::after(10s));
} catch (const std::exception& fault) {
  std::cerr << "trip: " << fault.what() << "\n";
  return EXIT_FAILURE;
}
