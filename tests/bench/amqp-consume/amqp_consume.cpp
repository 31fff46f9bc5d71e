// Messages a second taken from one quorum queue and acked, with a prefetch of 256: bodies of 400 bytes, full
// headers.

#include <stdexcept>

#include "bare_amqp.hpp"
#include "figures.hpp"
#include "sample_message.hpp"
#include "waybill/amqp/queue_subscriber.hpp"

namespace waybill::bench {
namespace {

constexpr std::uint16_t prefetch = 256;
constexpr int full_count = 50'000;
// The broker is still writing away what was just published when a round begins; how that meets the consuming
// differs from round to round, so there are several.
constexpr int rounds = 5;
// Both sides ack as often: a quarter of the prefetch at a time.
constexpr std::uint64_t ack_every = prefetch / 4;

using Consume = std::function<void(const std::string& queue, int count)>;

double seconds_of_round(int count, const Consume& consume) {
  BareAmqp admin;
  admin.confirm_mode();
  const std::string queue = unique_queue("consume");
  admin.declare_quorum_queue(queue);
  admin.publish_confirmed(queue, count, 1000);
  const double seconds = seconds_of([&] { consume(queue, count); });
  admin.delete_queue(queue);
  return seconds;
}

void measure(bool quick, const Consume& consume) {
  const int count = quick ? full_count / 20 : full_count;
  double seconds = 0;
  for (int round = 0; round < rounds; ++round) seconds += seconds_of_round(count, consume);
  print_figure("consume_prefetch_256", "msg/s", rounds * count / seconds);
}

void floor(bool quick) {
  measure(quick, [](const std::string& queue, int count) {
    BareAmqp bare;
    bare.consume(queue, prefetch);
    for (int taken = 1; taken <= count; ++taken) {
      amqp_envelope_t envelope{};
      amqp_maybe_release_buffers(bare.get());
      if (amqp_consume_message(bare.get(), &envelope, nullptr, 0).reply_type != AMQP_RESPONSE_NORMAL) {
        throw std::runtime_error("bare rabbitmq-c: no delivery arrived");
      }
      const std::uint64_t tag = envelope.delivery_tag;
      amqp_destroy_envelope(&envelope);
      if (tag % ack_every == 0 || taken == count) amqp_basic_ack(bare.get(), 1, tag, 1);
    }
  });
}

void ours(bool quick) {
  measure(quick, [](const std::string& queue, int count) {
    amqp::SubscriberOptions options;
    options.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
    options.queue = message::Queue{queue};
    options.prefetch = prefetch;
    amqp::QueueSubscriber subscriber(options);
    const auto deadline = base::Deadline::after(std::chrono::seconds{60});
    std::vector<message::DeliveryTag> tags;
    for (int taken = 0; taken < count;) {
      const auto batch = subscriber.receive(ack_every, deadline);
      if (batch.empty()) throw std::runtime_error("no delivery arrived");
      for (const auto& delivery : batch) tags.push_back(delivery.tag);
      taken += static_cast<int>(batch.size());
      if (tags.size() < ack_every && taken < count) continue;
      subscriber.settle(tags, message::Settlement::ack);
      tags.clear();
    }
    subscriber.close();
  });
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
