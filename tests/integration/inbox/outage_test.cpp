#include <gmock/gmock.h>

#include <atomic>
#include <memory>

#include "outage_fixture.hpp"
#include "passing_subscriber.hpp"
#include "waybill/testkit/eventually.hpp"

// While the database is away nothing is lost, acknowledged, or counted as a message's failure.

namespace waybill::inbox::testing {
namespace {

/// Tells when the broker has got back what was taken.
class ClosingSubscriber : public PassingSubscriber {
 public:
  ClosingSubscriber(std::unique_ptr<message::Subscriber> to, std::atomic<int>& closed)
      : PassingSubscriber(std::move(to)), closed_(closed) {}
  void close() override {
    PassingSubscriber::close();
    ++closed_;
  }

 private:
  std::atomic<int>& closed_;
};

TEST_F(Outage, of_the_database_gives_the_messages_back_and_takes_them_again) {
  proxy_.inject(servers::fault::Refuse{});
  auto given = options("stock");
  given.give_back_after = 200ms;
  std::atomic<int> subscriptions = 0;
  std::atomic<int> closed = 0;
  Consumer consumer(given, proxied_, sender_, effects(), [&, subscribe = subscribe("stock")] {
    ++subscriptions;
    return std::make_unique<ClosingSubscriber>(subscribe(), closed);
  });
  std::vector<message::Envelope> commands;
  for (int i = 0; i < 100; ++i) commands.push_back(command(std::to_string(i)));
  send("stock", commands);
  // The broker's counts alone would do before anything was taken.
  EXPECT_TRUE(testkit::eventually([&] { return closed == 1; }));
  EXPECT_TRUE(testkit::eventually([&] {
    const auto counts = broker_.counts("stock");
    return counts.ready == 100 && counts.unacknowledged == 0;
  }));
  proxy_.heal();
  EXPECT_TRUE(have_effects(100));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(subscriptions, 2);
  EXPECT_EQ(count("waybill.outbox"), 0);
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.attempt", "0"));
}

TEST_F(Outage, in_the_middle_of_transactions_loses_and_doubles_nothing) {
  Consumer consumer(options("stock"), proxied_, sender_, effects(), subscribe("stock"));
  std::vector<message::Envelope> commands;
  for (int i = 0; i < 2'000; ++i) commands.push_back(command(std::to_string(i)));
  send("stock", commands);
  for (int cut = 0; cut < 30; ++cut) {
    const auto before = effects_written();
    if (before == 2'000) break;
    EXPECT_TRUE(testkit::eventually([&] { return effects_written() > before; }));
    database_.sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'inbox-test' AND pid <> pg_backend_pid()");
  }
  EXPECT_TRUE(have_effects(2'000));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(count("waybill.outbox"), 0);
}

}  // namespace
}  // namespace waybill::inbox::testing
