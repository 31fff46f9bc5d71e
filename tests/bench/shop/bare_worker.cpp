#include "bare_worker.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace waybill::bench {
namespace {

std::string text_of(const amqp_bytes_t& bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

}  // namespace

BareWorker::BareWorker(BareService& service, const std::string& queue, const std::string& consumer,
                       const std::vector<Statement>& statements, Handle handle)
    : sql_(service.database_url),
      outbox_(sql_, service.relay),
      subscriber_(service.broker_url),
      consumer_(consumer),
      handle_(std::move(handle)) {
  sql_.prepare("begin", "BEGIN");
  sql_.prepare("commit", "COMMIT");
  sql_.prepare("inbox",
               "INSERT INTO waybill.inbox (message_id, consumer, payload_hash) "
               "SELECT id, $2, 0 FROM unnest($1::uuid[]) AS id ORDER BY id");
  for (const auto& [name, sql] : statements) sql_.prepare(name, sql);
  subscriber_.consume(queue, 2 * bare_batch);
  thread_ = runtime::Thread(queue, [this] { run(); });
}

BareWorker::~BareWorker() {
  is_over_ = true;
  thread_.join();
}

void BareWorker::run() {
  std::vector<BareDelivery> deliveries;
  while (!is_over_) {
    deliveries.clear();
    const auto last = take(deliveries);
    if (!last) continue;
    work_off(deliveries);
    amqp_basic_ack(subscriber_.get(), 1, *last, 1);
  }
}

std::optional<std::uint64_t> BareWorker::take(std::vector<BareDelivery>& deliveries) {
  std::optional<std::uint64_t> last;
  while (deliveries.size() < bare_batch) {
    amqp_maybe_release_buffers(subscriber_.get());
    amqp_envelope_t delivery{};
    timeval wait{.tv_sec = 0, .tv_usec = deliveries.empty() ? 100'000 : 0};
    const auto reply = amqp_consume_message(subscriber_.get(), &delivery, &wait, 0);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
      if (reply.library_error == AMQP_STATUS_TIMEOUT) break;
      throw std::runtime_error("bare rabbitmq-c: no delivery arrived");
    }
    const auto& properties = delivery.message.properties;
    deliveries.push_back(
        {text_of(properties.message_id), text_of(properties.type), text_of(properties.correlation_id)});
    last = delivery.delivery_tag;
    amqp_destroy_envelope(&delivery);
  }
  return last;
}

void BareWorker::work_off(const std::vector<BareDelivery>& deliveries) {
  ArrayText ids;
  for (const auto& delivery : deliveries) ids.add(delivery.id);
  sql_.enter_pipeline();
  sql_.send("begin", {});
  const std::array parameters{ids.take(), consumer_};
  sql_.send("inbox", parameters);
  handle_(deliveries, sql_, outbox_);
  outbox_.write();
  sql_.send("commit", {});
  sql_.leave_pipeline();
  outbox_.publish();
}

}  // namespace waybill::bench
