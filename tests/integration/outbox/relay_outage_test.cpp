#include <gmock/gmock.h>

#include <map>
#include <vector>

#include "relay_fixture.hpp"
#include "waybill/servers/disposable_broker.hpp"
#include "waybill/testkit/eventually.hpp"

// While the broker is away, or takes nothing, rows wait; when it is back, all arrive, each key's in its
// order.

namespace waybill::outbox::testing {
namespace {

struct OwnBroker {
  servers::DisposableBroker own_broker;
};

class RelayOutage : private OwnBroker, public RelayFixture {
 protected:
  static constexpr int keys = 8;

  RelayOutage() : RelayFixture(own_broker.address()) {}

  servers::DisposableBroker& own() { return own_broker; }

  void commit_a_round() {
    std::vector<Message> messages;
    for (int key = 0; key < keys; ++key) messages.push_back(event(std::to_string(key), payload(key, round_)));
    commit(messages);
    ++round_;
  }
  /// Many, and no more than are soon sent once they can be.
  void commit_rounds_for(std::chrono::seconds duration) {
    for (const auto end = base::Deadline::after(duration); !end.passed();) {
      if (count("outbox") < 3'000) commit_a_round();
    }
  }
  /// All came to the queue; of copies the first counts.
  void expect_all_in_order() {
    EXPECT_TRUE(comes_to_rest());
    std::map<int, int> next;
    for (;;) {
      const auto taken = broker_.take("all", 500);
      if (taken.empty()) break;
      for (const auto& message : taken) {
        const int key = std::stoi(message.body);
        const int round = std::stoi(message.body.substr(message.body.find('/') + 1));
        ASSERT_LE(round, next[key]) << "key " << key << " lost one, or its order";
        if (round == next[key]) ++next[key];
      }
    }
    for (int key = 0; key < keys; ++key) EXPECT_EQ(next[key], round_) << "of key " << key;
  }

 private:
  static std::string payload(int key, int round) {
    return std::to_string(key).append(1, '/').append(std::to_string(round));
  }
  int round_ = 0;
};

TEST_F(RelayOutage, by_a_broker_that_is_killed_and_started_again_loses_nothing) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  commit_rounds_for(2s);
  own().kill9();
  commit_rounds_for(2s);
  own().start();
  commit_rounds_for(1s);
  expect_all_in_order();
}

TEST_F(RelayOutage, by_an_alarm_lets_rows_wait_until_it_is_over) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  commit_rounds_for(1s);
  own().evaluate("vm_memory_monitor:set_vm_memory_high_watermark(1.0e-6).");
  commit_rounds_for(3s);
  EXPECT_GT(count("outbox"), 0);
  own().evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.4).");
  expect_all_in_order();
}

TEST_F(RelayOutage, by_a_broker_that_is_frozen_for_a_minute_lets_rows_wait) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  commit_a_round();
  EXPECT_TRUE(comes_to_rest());
  own().pause();
  for (const auto end = base::Deadline::after(60s); !end.passed();) {
    commit_a_round();
    EXPECT_FALSE(testkit::eventually([&] { return count("outbox") == 0; }, 500ms)) << "it was sent nowhere";
  }
  own().resume();
  expect_all_in_order();
}

}  // namespace
}  // namespace waybill::outbox::testing
