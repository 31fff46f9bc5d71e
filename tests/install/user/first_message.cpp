// A message through the installed library: committed in PostgreSQL, published to RabbitMQ with a confirm,
// consumed.
//   eval "$(scripts/stack env)" && first_message

#include <cstdlib>
#include <iostream>
#include <string>

#include "hello/v1/hello.contract.hpp"
#include "hello/v1/hello.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/postgres/pool.hpp"

using namespace std::chrono_literals;
namespace amqp = waybill::amqp;
namespace base = waybill::base;
namespace contract = waybill::contract;
namespace message = waybill::message;
namespace postgres = waybill::postgres;

namespace {

static_assert(contract::Event<hello::v1::Greeting>);

const contract::Codec codec;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; scripts/stack env prints it");
  return value;
}

message::Envelope commit_greeting(const std::string& text) {
  postgres::Options options;
  options.url = setting("WAYBILL_POSTGRES_URL");
  postgres::Pool database(options);
  message::Envelope greeting;
  greeting.id = message::MessageId{base::new_uuid_v7()};
  greeting.source = "first-message";
  greeting.time = base::system_clock().wall();
  hello::v1::Greeting payload;
  payload.set_text(text);
  codec.encode(payload, greeting).value();
  database.transact(
      [&](postgres::Tx& tx) {
        tx.execute("CREATE TABLE IF NOT EXISTS greeting (id uuid PRIMARY KEY, text text NOT NULL)");
        tx.execute("INSERT INTO greeting (id, text) VALUES ($1, $2)", greeting.id, text);
      },
      base::Deadline::after(10s));
  return greeting;
}

}  // namespace

int main() try {
  const message::Queue queue{"greetings"};
  const auto connection = amqp::Options::for_urls({setting("WAYBILL_RABBITMQ_URL")});
  amqp::TopologySetup setup;
  setup.topology.queues.push_back({.name = queue});
  amqp::ConfirmingPublisher publisher({.connection = connection, .topology = setup});
  amqp::QueueSubscriber subscriber({.connection = connection, .queue = queue, .topology = setup});

  const auto greeting = commit_greeting("hello");
  const message::Address to{message::Exchange{}, message::RoutingKey{queue.value()}};
  const auto outcome =
      publish_and_wait(publisher, {to, message::write_envelope(greeting)}, base::Deadline::after(10s));
  std::cout << "published: " << outcome << '\n';

  const auto deadline = base::Deadline::after(10s);
  while (!deadline.passed()) {
    for (const auto& delivery : subscriber.receive(64, deadline)) {
      const auto received = message::read_envelope(delivery.message);
      subscriber.settle(std::vector{delivery.tag}, message::Settlement::ack);
      if (!received || received->id != greeting.id) continue;
      const auto payload = codec.decode<hello::v1::Greeting>(*received).value();
      std::cout << "received: " << payload.text() << '\n';
      return EXIT_SUCCESS;
    }
  }
  std::cerr << "the message did not arrive within 10 s\n";
  return EXIT_FAILURE;
} catch (const std::exception& fault) {
  std::cerr << fault.what() << '\n';
  return EXIT_FAILURE;
}
