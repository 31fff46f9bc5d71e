#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "participants.hpp"
#include "quick_trip.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/saga/deadlines.hpp"

// For tests to kill: the sagas' service, its participants, and the relay of the database that they share.

namespace waybill::saga::testing {
namespace {

using namespace std::chrono_literals;

std::string variable(const char* name, const char* otherwise = nullptr) {
  const char* value = std::getenv(name);
  if (value == nullptr && otherwise == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value != nullptr ? value : otherwise;
}

std::unique_ptr<inbox::Consumer> consumer(const std::string& queue, postgres::Pool& pool,
                                          const outbox::Sender& sender, inbox::Handlers handlers) {
  inbox::ConsumerOptions options;
  options.consumer = queue;
  options.queue = message::Queue{queue};
  options.crashes = 1'000;
  options.retries = {.attempts = 5, .initial = 20ms, .maximum = 200ms, .multiplier = 2.0};
  return std::make_unique<inbox::Consumer>(options, pool, sender, std::move(handlers), [queue] {
    amqp::SubscriberOptions subscribing;
    subscribing.connection = amqp::Options::for_urls({variable("WORKER_BROKER")});
    subscribing.queue = message::Queue{queue};
    return std::make_unique<amqp::QueueSubscriber>(subscribing);
  });
}

int run() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  runtime::arm_crash_point(variable("WAYBILL_CRASH_AT", ""));

  postgres::Options database;
  database.url = variable("WORKER_DATABASE");
  database.connections = 6;
  database.allow_unsafe_durability = true;
  postgres::Pool pool(database);
  amqp::PublisherOptions publishing;
  publishing.connection = amqp::Options::for_urls({variable("WORKER_BROKER")});
  amqp::ConfirmingPublisher publisher(publishing);
  outbox::RelayOptions relaying;
  relaying.database = database;
  relaying.limits.promote_every = 20ms;
  relaying.stand_by = 50ms;
  outbox::Relay relay(relaying, publisher);
  const auto wake = [&] { relay.wake(); };
  const outbox::Sender trips{.service = "trip", .committed = wake};
  const outbox::Sender trains{.service = "rail", .committed = wake};
  const outbox::Sender banks{.service = "bank", .committed = wake};

  Engine engine({.again_after = 100ms}, trips);
  engine.add(quick_trip(1'500ms, 400ms, 3));
  if (variable("WORKER_KNOWS_PATIENT_ONES") == "yes") {
    engine.add(quick_trip(10min, 400ms, 2)).add(quick_trip(10min, 10min, 4));
  }
  inbox::Handlers answers;
  engine.receive_answers(answers, message::Queue{"trip.replies"});
  std::vector<std::unique_ptr<inbox::Consumer>> consumers;
  consumers.push_back(consumer("trip.replies", pool, trips, std::move(answers)));
  consumers.push_back(consumer("rail.commands", pool, trains, railway()));
  consumers.push_back(consumer("bank.commands", pool, banks, bank()));
  Deadlines deadlines(engine, pool, {.look_every = 20ms, .most = 16});
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}

}  // namespace
}  // namespace waybill::saga::testing

int main() {
  try {
    return waybill::saga::testing::run();
  } catch (const std::exception& fault) {
    std::cerr << "worker: " << fault.what() << "\n";
    return 1;
  }
}
