#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>

#include "depot_fixture.hpp"
#include "depot_load.hpp"
#include "waybill/testkit/eventually.hpp"

// The service is killed at each stage of its start and of its end, while clients send; and started again it
// goes on as if nothing had been: every delivery that a client knows of is there once, with its event.

namespace waybill::guide {
namespace {

struct Stage {
  std::string name;
  bool is_of_end = false;
};
std::ostream& operator<<(std::ostream& out, const Stage& stage) { return out << stage.name; }

class KilledAt : public DepotFixture, public ::testing::WithParamInterface<Stage> {
 protected:
  std::size_t events() {
    for (const auto& message : broker_.take("shop.events", 100'000)) ids_.insert(message.message_id);
    return ids_.size();
  }
  std::set<std::string> ids_;
};

TEST_P(KilledAt, goes_on_where_it_was) {
  migrate();
  DeliveryLoad load([&](const std::string& key) -> std::optional<int> {
    const auto answer = deliver(key, "tea", 1);
    if (!answer) return std::nullopt;
    return answer->status;
  });
  for (int round = 0; round < 3; ++round) {
    const auto service = start({{"WAYBILL_CRASH_AT", GetParam().name}});
    if (GetParam().is_of_end) {
      const auto before = load.done();
      ASSERT_TRUE(testkit::eventually([&] { return load.done() > before + 20; }));
      service->send(SIGTERM);
    }
    ASSERT_EQ(service->wait(), 128 + SIGKILL) << "in round " << round;
  }
  const auto service = start();
  ASSERT_TRUE(testkit::eventually([&] { return is_ready(); }, [&] { return readiness(); }));
  const auto before = load.done();
  ASSERT_TRUE(testkit::eventually([&] { return load.done() > before + 50; }));
  const auto done = load.stop();
  EXPECT_EQ(available("tea"), done);
  EXPECT_TRUE(
      testkit::eventually([&] { return std::int64_t(events()) == done; },
                          [&] { return std::to_string(ids_.size()) + " of " + std::to_string(done); }));
  service->send(SIGTERM);
  EXPECT_EQ(service->wait(base::Deadline::after(10s)), 0);
}

INSTANTIATE_TEST_SUITE_P(Service, KilledAt,
                         ::testing::Values(Stage{"service.before_tables"}, Stage{"service.after_tables"},
                                           Stage{"service.after_relay"}, Stage{"service.after_consumers"},
                                           Stage{"service.after_edge"}, Stage{"service.drain_begun", true},
                                           Stage{"service.edge_drained", true},
                                           Stage{"service.acceptor_stopped", true},
                                           Stage{"service.consumers_stopped", true},
                                           Stage{"service.relay_stopped", true},
                                           Stage{"accept.before_commit:20"}, Stage{"accept.after_commit:20"}),
                         [](const auto& info) {
                           auto name = info.param.name.substr(0, info.param.name.find(':'));
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

class Stopped : public DepotFixture {};

// What was begun is answered; nobody who got an answer has lost anything.
TEST_F(Stopped, under_load_ends_in_time_with_nothing_lost) {
  migrate();
  DeliveryLoad load([&](const std::string& key) -> std::optional<int> {
    const auto answer = deliver(key, "tea", 1);
    if (!answer) return std::nullopt;
    return answer->status;
  });
  for (int round = 0; round < 5; ++round) {
    const auto service = start();
    const auto before = load.done();
    ASSERT_TRUE(testkit::eventually([&] { return load.done() > before + 50; }));
    service->send(SIGTERM);
    EXPECT_EQ(service->wait(base::Deadline::after(10s)), 0);
  }
  const auto service = start();
  const auto done = load.stop();
  EXPECT_EQ(available("tea"), done);
  service->send(SIGTERM);
  EXPECT_EQ(service->wait(base::Deadline::after(10s)), 0);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM waybill.outbox"), "0\n") << "what was to be sent was";
}

}  // namespace
}  // namespace waybill::guide
