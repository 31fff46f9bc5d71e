// How long one message takes from the call that commits it to the commit of what its handler did, one message
// at a time: the middle of many. The floor is the sum of a bare commit, a bare publish and delivery, and a
// bare commit.

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "bare_amqp.hpp"
#include "bare_sql.hpp"
#include "figures.hpp"
#include "sample_message.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "shop_messages.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/outbox/scope.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;
using shop::inventory::v1::ReleaseStock;

constexpr int full_count = 1'000;

void measure(bool quick, const std::function<void(int)>& hop) {
  const int count = quick ? full_count / 20 : full_count;
  for (int i = 0; i < count / 10; ++i) hop(i);
  std::vector<double> took;
  for (int i = 0; i < count; ++i) took.push_back(seconds_of([&] { hop(i); }));
  std::ranges::nth_element(took, took.begin() + count / 2);
  print_figure("p50", "us", took[static_cast<std::size_t>(count) / 2] * 1e6);
}

class Handled {
 public:
  void tell(std::string text) {
    const std::lock_guard lock(mutex_);
    last_ = std::move(text);
    changed_.notify_one();
  }
  void wait_for(const std::string& text) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 30s, [&] { return last_ == text; })) {
      throw std::runtime_error("a message was not handled");
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string last_;
};

void ours(bool quick) {
  const MessagingDatabase database;
  BareAmqp admin;
  const std::string queue = unique_queue("hop");
  admin.declare_quorum_queue(queue);
  postgres::Pool pool(database.options(3));
  amqp::PublisherOptions publishing;
  publishing.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
  amqp::ConfirmingPublisher publisher(publishing);
  outbox::RelayOptions relaying;
  relaying.database = database.options(1);
  outbox::Relay relay(relaying, publisher);
  const outbox::Sender sender{.service = "order",
                              .codec = contract::Codec({.encoding = contract::Encoding::protobuf}),
                              .routes = {.commands = message::Exchange{""}},
                              .committed = [&] { relay.wake(); }};
  Handled handled;
  inbox::Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, inbox::Scope& scope) {
    scope.tx().execute("INSERT INTO effect (text) VALUES ($1)", command.order_id());
    scope.tx().on_commit([&, text = command.order_id()] { handled.tell(text); });
  });
  inbox::ConsumerOptions consuming;
  consuming.consumer = "stock";
  consuming.queue = message::Queue{queue};
  inbox::Consumer consumer(consuming, pool, sender, handlers, [&] {
    amqp::SubscriberOptions subscribing;
    subscribing.connection = publishing.connection;
    subscribing.queue = message::Queue{queue};
    return std::make_unique<amqp::QueueSubscriber>(subscribing);
  });
  int number = 0;
  measure(quick, [&](int) {
    ReleaseStock command;
    command.set_order_id(std::to_string(number++));
    outbox::transact(
        pool, sender, [&](outbox::Scope& scope) { scope.send(queue, command); }, base::Deadline::after(30s));
    handled.wait_for(command.order_id());
  });
  consumer.stop();
  admin.delete_queue(queue);
}

void floor(bool quick) {
  const MessagingDatabase database;
  const std::string queue = unique_queue("hop");
  BareAmqp publisher;
  publisher.declare_quorum_queue(queue);
  publisher.confirm_mode();
  BareAmqp subscriber;
  subscriber.consume(queue, 1);
  BareSql sql(database.url());
  sql.prepare("effect", "INSERT INTO effect (text) VALUES ($1)");
  const std::array text{std::string("1")};
  const auto commit = [&] {
    sql.run("BEGIN");
    PQclear(sql.execute("effect", text));
    sql.run("COMMIT");
  };
  measure(quick, [&](int) {
    commit();
    publisher.publish_confirmed(queue, 1, 1);
    amqp_envelope_t delivery{};
    amqp_maybe_release_buffers(subscriber.get());
    if (amqp_consume_message(subscriber.get(), &delivery, nullptr, 0).reply_type != AMQP_RESPONSE_NORMAL) {
      throw std::runtime_error("bare rabbitmq-c: no delivery arrived");
    }
    amqp_destroy_envelope(&delivery);
    commit();
    amqp_basic_ack(subscriber.get(), 1, delivery.delivery_tag, 0);
  });
  publisher.delete_queue(queue);
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
