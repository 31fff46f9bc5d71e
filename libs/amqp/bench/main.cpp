#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "our_loops.hpp"
#include "waybill/base/uuid_v7.hpp"

// Ours and the floor in turn, on the broker of WAYBILL_RABBITMQ_URL; prints one JSON object a line.

namespace waybill::amqp::bench {
namespace {

constexpr int rounds = 5;

struct Figure {
  std::string metric;
  double goal = 0;
  Work work;
  std::function<double(const Work&)> ours;
  std::function<double(const Work&)> floor;
  bool consumes = false;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double rate(const Figure& figure, const std::function<double(const Work&)>& loop) {
  auto work = figure.work;
  work.queue = "bench." + base::new_uuid_v7().to_string();
  make_queue(work);
  if (figure.consumes) {
    auto filling = work;
    filling.window = 1'000;
    publish_bare(filling);
  }
  const double seconds = loop(work);
  delete_queue(work);
  return static_cast<double>(work.messages) / seconds;
}

void measure(const std::string& name, const Figure& figure) {
  std::vector<double> ours;
  std::vector<double> floor;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(rate(figure, figure.ours));
    floor.push_back(rate(figure, figure.floor));
  }
  std::printf(
      "{\"name\": \"%s\", \"metric\": \"%s\", \"unit\": \"msg/s\", \"value\": %.0f, \"floor\": %.0f, "
      "\"ratio\": %.3f, "
      "\"goal\": %.2f, \"better\": \"higher\"}\n",
      name.c_str(), figure.metric.c_str(), median(ours), median(floor), median(ours) / median(floor),
      figure.goal);
  std::fflush(stdout);
}

int run(const std::string& name) {
  const char* url = std::getenv("WAYBILL_RABBITMQ_URL");
  if (url == nullptr) {
    std::fprintf(stderr, "WAYBILL_RABBITMQ_URL is not set: start servers with `scripts/stack up`\n");
    return 2;
  }
  const auto broker = parse_url(url).value();
  if (name == "amqp-publish") {
    measure(name, {"window_1000", 0.95, {broker, {}, 60'000, 1'000, 400}, publish_ours, publish_bare, false});
    measure(name, {"window_1", 0.9, {broker, {}, 3'000, 1, 400}, publish_ours, publish_bare, false});
    return 0;
  }
  if (name == "amqp-consume") {
    measure(name, {"prefetch_256", 0.95, {broker, {}, 60'000, 256, 400}, consume_ours, consume_bare, true});
    return 0;
  }
  std::fprintf(stderr, "usage: amqp_bench amqp-publish|amqp-consume\n");
  return 2;
}

}  // namespace
}  // namespace waybill::amqp::bench

int main(int count, char** words) {
  try {
    return waybill::amqp::bench::run(count == 2 ? words[1] : "");
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "amqp_bench: %s\n", fault.what());
    return 1;
  }
}
