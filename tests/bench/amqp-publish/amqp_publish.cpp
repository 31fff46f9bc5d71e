// Confirmed publishes a second to one quorum queue: messages of 400 bytes, with 1,000 and with 1 unconfirmed
// at most.

#include <atomic>
#include <semaphore>
#include <stdexcept>

#include "bare_amqp.hpp"
#include "figures.hpp"
#include "sample_message.hpp"
#include "waybill/amqp/confirming_publisher.hpp"

namespace waybill::bench {
namespace {

struct Load {
  const char* metric;
  int window;
  int count;  // in a round
  int rounds;
};

// One queue on one connection settles at a pace of its own, whoever publishes, which with one message under
// way differs by a third from the next; so many are measured, each round with a queue and a connection of its
// own.
constexpr Load wide{"publish_window_1000", 1000, 30'000, 3};
constexpr Load narrow{"publish_window_1", 1, 600, 12};

using Publish = std::function<void(const std::string& queue, int count)>;
using Connect = std::function<void(int window, const std::function<void(const Publish&)>& use)>;

double seconds_of_round(const Load& load, int count, const Connect& connect) {
  BareAmqp admin;
  const std::string queue = unique_queue("publish");
  admin.declare_quorum_queue(queue);
  double seconds = 0;
  connect(load.window, [&](const Publish& publish) {
    publish(queue, count / 10);
    seconds = seconds_of([&] { publish(queue, count); });
  });
  admin.delete_queue(queue);
  return seconds;
}

void measure(bool quick, const Connect& connect) {
  for (const auto& load : {wide, narrow}) {
    const int count = quick ? load.count / 20 : load.count;
    double seconds = 0;
    for (int round = 0; round < load.rounds; ++round) seconds += seconds_of_round(load, count, connect);
    print_figure(load.metric, "msg/s", load.rounds * count / seconds);
  }
}

void floor(bool quick) {
  measure(quick, [](int window, const auto& use) {
    BareAmqp bare;
    bare.confirm_mode();
    use([&](const std::string& queue, int count) { bare.publish_confirmed(queue, count, window); });
  });
}

amqp::PublisherOptions options_with(int window) {
  amqp::PublisherOptions options;
  options.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
  options.window = static_cast<std::size_t>(window);
  return options;
}

void publish_ours(message::Publisher& publisher, const std::string& queue, int count) {
  const message::WireMessage sample = sample_message();
  const message::Address to{message::Exchange{}, message::RoutingKey{queue}};
  const auto deadline = base::Deadline::after(std::chrono::seconds{60});
  std::atomic<int> failed{0};
  std::atomic<int> left{count};
  std::binary_semaphore all_ended{0};
  for (int i = 0; i < count; ++i) {
    publisher.publish({to, sample}, deadline, [&](const message::Outcome& outcome) {
      if (!is_confirmed(outcome)) ++failed;
      if (--left == 0) all_ended.release();
    });
  }
  all_ended.acquire();
  if (failed > 0) throw std::runtime_error(std::to_string(failed.load()) + " messages were not confirmed");
}

void ours(bool quick) {
  measure(quick, [](int window, const auto& use) {
    amqp::ConfirmingPublisher publisher(options_with(window));
    use([&](const std::string& queue, int count) { publish_ours(publisher, queue, count); });
  });
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
