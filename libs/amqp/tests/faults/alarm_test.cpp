#include <gtest/gtest.h>

#include <memory>

#include "expiry.hpp"
#include "observed_outcomes.hpp"
#include "own_broker.hpp"

// A broker that is short of memory or disk takes no publishes, and goes on delivering.

namespace waybill::amqp::tests {
namespace {

using message::Unknown;
using std::chrono::seconds;

struct Alarm {
  const char* name;
  const char* raise;
  const char* lift;
  const char* words;
};

class BrokerAlarm : public OwnBroker, public testing::WithParamInterface<Alarm> {
 protected:
  ~BrokerAlarm() override { broker().evaluate(GetParam().lift); }

  static testing::AssertionResult is_blocked(const ObservedStates& states) {
    return testkit::eventually([&] {
      for (const auto& state : states.all()) {
        const auto* blocked = std::get_if<Blocked>(&state);
        if (blocked != nullptr && blocked->reason.find(GetParam().words) != std::string::npos) return true;
      }
      return false;
    });
  }

  // None of its heartbeats may be missed, however busy the machine is.
  Options calm_connection() const {
    auto options = connection();
    options.heartbeat = seconds{5};
    return options;
  }
};

TEST_P(BrokerAlarm, is_reported_delays_no_outcome_beyond_its_deadline_and_passes) {
  ObservedStates states;
  auto publisher = std::make_unique<ConfirmingPublisher>(
      PublisherOptions{.connection = calm_connection(), .observer = states.observer()});
  constexpr std::size_t backlog = 300;
  for (std::size_t i = 0; i < backlog; ++i) {
    ASSERT_TRUE(is_confirmed(publish_and_wait(*publisher, publication("q"), soon())));
  }
  broker().evaluate(GetParam().raise);
  // RabbitMQ says so to a connection when it first publishes; that one has left, and is answered later.
  EXPECT_TRUE(leaves_and_expires(*publisher, publication("q", "late")));
  EXPECT_TRUE(is_blocked(states));
  EXPECT_FALSE(expires_as_sent(*publisher, publication("q", "late")));

  QueueSubscriber subscriber({.connection = calm_connection(), .queue = message::Queue{"q"}});
  for (std::size_t taken = 0; taken < backlog;) {
    const auto deliveries = subscriber.receive(64, soon());
    ASSERT_FALSE(deliveries.empty()) << "an alarm stops no consumer";
    for (const auto& each : deliveries) {
      taken += subscriber.settle(std::vector{each.tag}, message::Settlement::ack);
    }
  }
  // For longer than two heartbeats, which the broker doesn't read now: it must not take us for dead.
  EXPECT_FALSE(expires_as_sent(*publisher, publication("q", "late"), seconds{11}));
  EXPECT_EQ(states.count<Disconnected>(), 0U) << states.text();

  ObservedStates another_states;
  ObservedOutcomes outcomes;
  auto another = std::make_unique<ConfirmingPublisher>(
      PublisherOptions{.connection = calm_connection(), .observer = another_states.observer()});
  another->publish(publication("q"), base::Deadline::never(), outcomes.expect("first"));
  EXPECT_TRUE(is_blocked(another_states));
  another->publish(publication("q"), base::Deadline::never(), outcomes.expect("second"));
  EXPECT_LT(time_of([&] { another.reset(); }), still_prompt) << "a stop does not wait for the alarm's end";
  EXPECT_TRUE(outcomes.each_ended_once());
  EXPECT_FALSE(std::get<Unknown>(outcomes.of("second")).sent);

  publisher->publish(publication("q", "patient"), soon(), outcomes.expect("patient"));
  broker().evaluate(GetParam().lift);
  EXPECT_TRUE(outcomes.each_ended_once());
  EXPECT_EQ(outcomes.of("patient"), message::Outcome{message::Confirmed{}});
  EXPECT_TRUE(testkit::eventually([&] { return std::holds_alternative<Connected>(states.all().back()); }));
}

constexpr Alarm memory{"memory", "vm_memory_monitor:set_vm_memory_high_watermark(1.0e-6).",
                       "vm_memory_monitor:set_vm_memory_high_watermark(0.4).", "low on memory"};
constexpr Alarm disk{"disk", "rabbit_disk_monitor:set_disk_free_limit(1 bsl 60).",
                     "rabbit_disk_monitor:set_disk_free_limit(50000000).", "low on disk"};

INSTANTIATE_TEST_SUITE_P(Of, BrokerAlarm, testing::Values(memory, disk),
                         [](const auto& one) { return std::string{one.param.name}; });

}  // namespace
}  // namespace waybill::amqp::tests
