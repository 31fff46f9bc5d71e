#include "messaging_rates.hpp"

#include <stdexcept>
#include <vector>

#include "figures.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::bench {

using namespace std::chrono_literals;
using shop::inventory::v1::ReleaseStock;
using shop::inventory::v1::StockReleased;

namespace {

constexpr int keys = 20'000;
constexpr std::uint16_t prefetch = 256;

}  // namespace

void Countdown::done(int count) {
  const std::lock_guard lock(mutex_);
  left_ -= count;
  if (left_ <= 0) changed_.notify_one();
}

void Countdown::wait() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, 240s, [&] { return left_ <= 0; })) {
    throw std::runtime_error(std::to_string(left_) + " messages were not handled");
  }
}

WaitingRows::WaitingRows(const MessagingDatabase& database, int count, int times)
    : database_(database), count_(count * times) {
  admin_.declare_quorum_queue(queue_);
  postgres::Pool pool(database_.options(1));
  std::vector<outbox::Message> messages;
  for (int i = 0; i < count; ++i) {
    auto envelope = sample_command(std::to_string(i));
    envelope.subject = std::to_string(i % keys);
    messages.push_back(
        {outbox::Kind::command, {message::Exchange{""}, message::RoutingKey{queue_}}, std::move(envelope)});
    if (messages.size() < 1'000 && i + 1 < count) continue;
    pool.transact([&](postgres::Tx& tx) { outbox::add(tx, messages); }, base::Deadline::after(60s));
    messages.clear();
  }
  for (int more = 1; more < times; ++more) {
    database_.sql(
        "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, payload) "
        "SELECT key, gen_random_uuid(), kind, type, exchange, routing_key, headers, payload "
        "FROM waybill.outbox ORDER BY id LIMIT " +
        std::to_string(count));
  }
  database_.sql("VACUUM ANALYZE waybill.outbox");
}

double relay_rate(const WaitingRows& waiting, std::chrono::seconds most) {
  amqp::PublisherOptions publishing;
  publishing.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
  amqp::ConfirmingPublisher publisher(publishing);
  outbox::RelayOptions options;
  options.database = waiting.database().options(1);
  const double seconds = seconds_of([&] {
    outbox::Relay relay(options, publisher);
    relay.stop(base::Deadline::after(most));
  });
  return (waiting.count() - waiting.left()) / seconds;
}

std::unique_ptr<message::Subscriber> subscribe_to(const std::string& queue) {
  amqp::SubscriberOptions subscribing;
  subscribing.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
  subscribing.queue = message::Queue{queue};
  subscribing.prefetch = prefetch;
  return std::make_unique<amqp::QueueSubscriber>(subscribing);
}

double one_row_rate(const MessagingDatabase& database, int count) {
  const FilledQueue queue(count);
  postgres::Pool pool(database.options(2));
  const outbox::Sender sender{.service = "inventory",
                              .codec = contract::Codec({.encoding = contract::Encoding::protobuf})};
  Countdown countdown(count);
  inbox::Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, inbox::Scope& scope) {
    scope.tx().execute("INSERT INTO effect (text) VALUES ($1)", command.order_id());
    StockReleased released;
    released.set_order_id(command.order_id());
    scope.reply(released);
    scope.tx().on_commit([&countdown] { countdown.done(1); });
  });
  inbox::ConsumerOptions options;
  options.consumer = "stock";
  options.queue = message::Queue{queue.name()};
  const double seconds = seconds_of([&] {
    inbox::Consumer consumer(options, pool, sender, handlers, [&] { return subscribe_to(queue.name()); });
    countdown.wait();
  });
  return count / seconds;
}

}  // namespace waybill::bench
