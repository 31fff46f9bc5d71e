#include <gtest/gtest.h>

#include <array>
#include <map>
#include <mutex>

#include "driver.hpp"
#include "scripted_server.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::outbound::tests {
namespace {

using namespace std::chrono_literals;
using servers::FaultProxy;
using servers::FaultSchedule;

/// Answers every request with its body, and counts how often it got each.
class CountingServer {
 public:
  int times(const std::string& body) {
    const std::lock_guard lock(mutex_);
    return times_[body];
  }
  std::uint16_t port() const { return server_.port(); }

 private:
  void answer(Conversation& conversation) {
    while (const auto request = conversation.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        ++times_[request->body];
      }
      conversation.answer(200, request->body);
    }
  }

  std::mutex mutex_;
  std::map<std::string, int> times_;
  ScriptedServer server_{[this](Conversation& conversation) { answer(conversation); }};
};

/// A few requests in flight through a proxy that plays a schedule. Says what became of them.
void send_through(const FaultSchedule& schedule) {
  CountingServer server;
  FaultProxy proxy({"127.0.0.1", server.port()}, schedule.seed());
  Driver driver({.connections = {.total = 3, .per_host = 3, .connect_within = 150ms}});
  const auto url = "http://" + proxy.address().to_string() + "/";
  std::map<std::string, std::future<Outcome>> requests;
  proxy.play(schedule);
  int number = 0;
  do {
    for (int i = 0; i < 6; ++i) {
      const auto body = std::to_string(++number);
      requests.emplace(body, driver.begin({.method = Method::post, .url = url, .body = body},
                                          base::Deadline::after(120ms)));
    }
    for (auto& [body, request] : requests) {
      ASSERT_EQ(request.wait_for(10s), std::future_status::ready) << body << " has not ended";
    }
  } while (!proxy.wait_until_played(0ms));
  for (auto& [body, request] : requests) {
    const auto outcome = request.get();
    ASSERT_EQ(outcome.times, 1);
    ASSERT_LE(server.times(body), 1) << body << " was sent twice: " << outcome;
    if (outcome.response) {
      ASSERT_EQ(outcome.body(), body) << "an answer of another request";
      ASSERT_EQ(server.times(body), 1);
    } else if (outcome.failure->effect == Effect::none) {
      ASSERT_EQ(server.times(body), 0) << outcome;
    }
  }
}

// Combinations that nobody thinks of: one outcome each, an answer only of that very request, and nothing that
// was told as not sent may have arrived.
TEST(FaultSchedules, of_two_hundred_seeds_cost_no_request_its_one_outcome_nor_a_descriptor) {
  const auto before = open_descriptors();
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const FaultSchedule schedule(seed, {.steps = 4, .shortest = 5ms, .longest = 60ms});
    SCOPED_TRACE(schedule);
    ASSERT_NO_FATAL_FAILURE(send_through(schedule));
  }
  EXPECT_TRUE(testkit::eventually([&] { return open_descriptors() <= before; }))
      << open_descriptors() << " descriptors, and " << before << " before";
}

}  // namespace
}  // namespace waybill::outbound::tests
