#include "soak.hpp"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <iomanip>
#include <iostream>
#include <stdexcept>

#include "samples.hpp"
#include "troublemaker.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"
#include "waybill/testkit/sanitized.hpp"
#include "waybill/testkit/traffic.hpp"

namespace waybill::soak {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds tick{250};

// Signals that end the soak in good order; they reach no thread but the one that waits here.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    if (pthread_sigmask(SIG_BLOCK, &set_, nullptr) != 0)
      throw std::runtime_error("signals cannot be blocked");
  }
  /// Whether one came before `until`.
  bool came_before(base::SteadyTime until) const {
    for (;;) {
      const auto left = std::max(base::Deadline::at(until).remaining(), std::chrono::nanoseconds{0});
      const auto whole = std::chrono::floor<seconds>(left);
      const timespec time{.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
      if (sigtimedwait(&set_, nullptr, &time) > 0) return true;
      if (errno == EAGAIN) return false;
    }
  }

 private:
  sigset_t set_{};
};

class Rig {
 public:
  explicit Rig(std::uint64_t seed)
      : proxy_(place_of(host_), seed),
        troublemaker_(proxy_, seed),
        publisher_({.connection = options(), .observer = counting()}),
        subscriber_({.connection = options(), .queue = queue, .observer = counting()}),
        traffic_(publisher_, subscriber_, plan()) {}

  testkit::Traffic& traffic() { return traffic_; }
  Troublemaker& troublemaker() { return troublemaker_; }
  std::size_t connects() const { return connects_; }

 private:
  static inline const message::Queue queue{"soak"};

  static runtime::HostPort place_of(const servers::TestVirtualHost& host) {
    host.declare_queue(queue.value());
    const auto endpoint = amqp::parse_url(host.url()).value();
    return {endpoint.host, endpoint.port};
  }

  static testkit::Traffic::Plan plan() {
    testkit::Traffic::Plan plan;
    plan.to.routing_key = message::RoutingKey{queue.value()};
    plan.body_bytes = 400;
    return plan;
  }

  amqp::Options options() const {
    amqp::Options options;
    options.endpoints = {amqp::parse_url(host_.url()).value()};
    options.endpoints.front().host = proxy_.address().host;
    options.endpoints.front().port = proxy_.port();
    options.connection_name = "soak";
    options.heartbeat = seconds{2};
    options.backoff = {milliseconds{20}, milliseconds{500}, 2.0};
    return options;
  }

  amqp::StateObserver counting() {
    return [this](const amqp::ConnectionState& state) {
      if (std::holds_alternative<amqp::Connected>(state)) ++connects_;
    };
  }

  const servers::TestVirtualHost host_;
  servers::FaultProxy proxy_;
  Troublemaker troublemaker_;
  std::atomic<std::size_t> connects_{0};
  amqp::ConfirmingPublisher publisher_;
  amqp::QueueSubscriber subscriber_;
  testkit::Traffic traffic_;
};

void print(milliseconds since, Rig& rig, const testkit::Footprint& footprint) {
  const auto whole = std::chrono::floor<seconds>(since).count();
  std::cout << std::setfill('0') << std::setw(2) << whole / 60 << ':' << std::setw(2) << whole % 60 << "  "
            << to_string(rig.traffic().counts()) << "; " << rig.troublemaker().made() << " faults, "
            << rig.connects() << " connects; " << to_string(footprint) << std::endl;
}

void make_trouble(Rig& rig, const Plan& plan, const Signals& signals, Samples& samples) {
  const auto start = base::system_clock().steady();
  const auto line_every = std::clamp<milliseconds>(plan.time / 10, seconds{1}, seconds{30});
  auto next_line = start + line_every;
  for (auto now = start; now < start + plan.time && !signals.came_before(now + tick);
       now = base::system_clock().steady()) {
    rig.troublemaker().tick();
    const auto footprint = testkit::Footprint::now();
    samples.add(footprint);
    if (now < next_line) continue;
    next_line += line_every;
    print(std::chrono::duration_cast<milliseconds>(now - start), rig, footprint);
  }
  rig.troublemaker().end();
}

bool complain(const std::string& what) {
  std::cout << "WRONG: " << what << std::endl;
  return false;
}

bool holds(const testing::AssertionResult& result) { return result || complain(result.message()); }

// Connections that were cut are gone a moment later.
bool is_as_before(const testkit::Footprint& before) {
  return holds(testkit::eventually(
      [&] {
        const auto now = testkit::Footprint::now();
        return now.descriptors <= before.descriptors && now.threads <= before.threads;
      },
      [&] { return ": at first " + to_string(before) + ", now " + to_string(testkit::Footprint::now()); }));
}

}  // namespace

bool run(const Plan& plan) {
  const Signals signals;
  std::cout << "seed " << plan.seed << std::endl;
  Rig rig(plan.seed);
  if (!holds(rig.traffic().flows())) return false;
  const auto before = testkit::Footprint::now();
  Samples samples;
  make_trouble(rig, plan, signals, samples);
  bool is_good = holds(rig.traffic().flows());
  is_good = is_as_before(before) && is_good;
  is_good = holds(rig.traffic().adds_up()) && is_good;
  const auto memory = samples.judge();
  std::cout << to_string(rig.traffic().counts()) << "; " << rig.troublemaker().made() << " faults, "
            << rig.connects() << " connects\n"
            << memory.text << std::endl;
  if (testkit::is_sanitized)
    std::cout << "which tells nothing, since this build has a sanitizer" << std::endl;
  if (!memory.is_flat && !testkit::is_sanitized) is_good = complain("memory grows");
  return is_good;
}

}  // namespace waybill::soak
