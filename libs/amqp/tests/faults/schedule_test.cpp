#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "addresses.hpp"
#include "effort.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/footprint.hpp"

// Random sequences of faults over a publisher and a consumer together. A failure prints its seed:
//   WAYBILL_FAULT_SEED=17 …_tests        plays that one alone
//   WAYBILL_FAULT_SCHEDULES=5000 …_tests plays so many

namespace waybill::amqp::tests {
namespace {

using servers::FaultSchedule;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t workers = 8;
constexpr FaultSchedule::Limits limits{.steps = 8, .shortest = milliseconds{2}, .longest = milliseconds{160}};
// What the allocators may keep from one round to the next.
constexpr std::size_t spare_kib = 16 * 1024;

std::optional<std::uint64_t> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const std::string_view view = text;
  std::uint64_t number = 0;
  const auto read = std::from_chars(view.begin(), view.end(), number);
  if (read.ec != std::errc{} || read.ptr != view.end()) {
    throw std::runtime_error(std::string{variable} + " is '" + text + "'; it takes a whole number");
  }
  return number;
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1'000 / one_of;
};

Seeds seeds() {
  if (const auto one = number_from("WAYBILL_FAULT_SEED")) return {*one, 1};
  Seeds all;
  all.count = number_from("WAYBILL_FAULT_SCHEDULES").value_or(all.count);
  std::cout << all.count << " schedules, seeds from " << all.first << " on"
            << (testkit::is_sanitized ? ", fewer since this build has a sanitizer" : "") << std::endl;
  return all;
}

Options hurried(const Endpoint& endpoint) {
  auto options = options_for(endpoint);
  options.heartbeat = seconds{1};
  options.answer_timeout = seconds{2};
  options.backoff = {milliseconds{2}, milliseconds{50}, 2.0};
  return options;
}

testkit::Traffic::Plan plan_for(std::uint64_t seed) {
  testkit::Traffic::Plan plan;
  plan.name = "seed " + std::to_string(seed);
  plan.every = milliseconds{4};
  plan.patience = seconds{1};
  return plan;
}

class Schedules : public testing::Test {
 protected:
  void play(const FaultSchedule& schedule, servers::FaultProxy& proxy, const std::string& queue) {
    TrafficPair pair(hurried(by_way_of(proxy, at_)), queue, plan_for(schedule.seed()));
    proxy.play(schedule);
    EXPECT_TRUE(proxy.wait_until_played(schedule.duration() + seconds{20})) << said_of(schedule, pair);
    EXPECT_TRUE(pair.traffic.flows(5)) << said_of(schedule, pair);
    EXPECT_TRUE(pair.traffic.adds_up()) << said_of(schedule, pair);
    const std::lock_guard lock(mutex_);
    const auto counts = pair.traffic.counts();
    published_ += counts.published;
    unknown_ += counts.unknown_sent + counts.unknown_unsent;
    sessions_ += counts.sessions;
    latest_ = std::max(latest_, counts.latest);
  }

  // Each worker has a queue and a proxy, which it plays one schedule after the other on.
  void play_all(Seeds seeds) {
    std::atomic<std::uint64_t> next{seeds.first};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([this, i, seeds, &next] {
        servers::FaultProxy proxy(place_of(at_), seeds.first + i);
        for (auto seed = next++; seed < seeds.first + seeds.count && !HasFailure(); seed = next++) {
          play(FaultSchedule(seed, limits), proxy, "q" + std::to_string(i));
        }
      });
    }
  }

  void SetUp() override {
    for (std::size_t i = 0; i < workers; ++i) host_.declare_queue("q" + std::to_string(i));
  }

  std::string summary() const {
    return std::to_string(published_) + " published, " + std::to_string(unknown_) + " unknown, " +
           std::to_string(sessions_) + " sessions, the latest outcome " + std::to_string(latest_.count()) +
           " ms after its deadline";
  }

  const servers::TestVirtualHost host_;
  const Endpoint at_ = parse_url(host_.url()).value();

 private:
  static std::string said_of(const FaultSchedule& schedule, const TrafficPair& pair) {
    std::ostringstream said;
    said << "play it again by WAYBILL_FAULT_SEED=" << schedule.seed() << '\n'
         << schedule << to_string(pair.traffic.counts()) << "\npublisher:\n"
         << pair.publisher_states.text() << "subscriber:\n"
         << pair.subscriber_states.text();
    return said.str();
  }

  std::mutex mutex_;
  std::size_t published_ = 0;
  std::size_t unknown_ = 0;
  std::size_t sessions_ = 0;
  milliseconds latest_{0};
};

TEST_F(Schedules, of_faults_lose_nothing_repeat_nothing_in_silence_and_leave_nothing_behind) {
  const auto wanted = seeds();
  play_all({wanted.first, std::min<std::uint64_t>(wanted.count, 3 * workers)});
  const auto before = testkit::Footprint::now();
  play_all(wanted);
  auto after = testkit::Footprint::now();
  // The kernel lists a thread for a moment after it was joined.
  EXPECT_TRUE(testkit::eventually([&] {
    after = testkit::Footprint::now();
    return after.threads <= before.threads;
  }));
  std::cout << summary() << "; before: " << to_string(before) << "; after: " << to_string(after) << std::endl;
  EXPECT_EQ(after.descriptors, before.descriptors);
  if (!testkit::is_sanitized) {
    EXPECT_LE(after.resident_kib, before.resident_kib + spare_kib);
  }
}

}  // namespace
}  // namespace waybill::amqp::tests
