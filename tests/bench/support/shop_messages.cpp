#include "shop_messages.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "figures.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/inbox/migrations.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"

namespace waybill::bench {

using namespace std::chrono_literals;

MessagingDatabase::MessagingDatabase() {
  const std::array modules{outbox::migrations(), inbox::migrations()};
  postgres::migrate_up(options(1), modules, base::Deadline::after(60s));
  sql("CREATE TABLE effect (text text NOT NULL)");
}

postgres::Options MessagingDatabase::options(std::size_t connections) const {
  postgres::Options options;
  options.url = url();
  options.connections = connections;
  return options;
}

message::Envelope sample_command(const std::string& text) {
  static const contract::Codec codec({.encoding = contract::Encoding::protobuf});
  shop::inventory::v1::ReleaseStock command;
  command.set_order_id(text);
  message::Envelope envelope;
  codec.encode(command, envelope).value();
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.source = "order";
  envelope.time = base::system_clock().wall();
  envelope.reply_to = "order";
  envelope.correlation_id = text;
  envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  return envelope;
}

void fill_queue(const std::string& queue, int count) {
  amqp::PublisherOptions options;
  options.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
  amqp::ConfirmingPublisher publisher(options);
  const auto deadline = base::Deadline::after(120s);
  std::mutex mutex;
  std::condition_variable changed;
  int confirmed = 0;
  int failed = 0;
  for (int i = 0; i < count; ++i) {
    publisher.publish({{message::Exchange{""}, message::RoutingKey{queue}},
                       message::write_envelope(sample_command(std::to_string(i)))},
                      deadline, [&](const message::Outcome& outcome) {
                        const std::lock_guard lock(mutex);
                        ++(message::is_confirmed(outcome) ? confirmed : failed);
                        changed.notify_one();
                      });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return confirmed + failed == count; });
  if (failed > 0) throw std::runtime_error("the queue could not be filled");
}

}  // namespace waybill::bench
