#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <ostream>

#include "relay_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// The program is killed at each of its crash points, again and again while rows are committed, and nothing is
// lost: that is the outbox's promise.

namespace waybill::relay::testing {
namespace {

constexpr int keys = 10;
constexpr int rounds = 5;

struct Point {
  std::string name;
  bool needs_replay = false;
};
std::ostream& operator<<(std::ostream& out, const Point& point) { return out << point.name; }

class CrashAt : public RelayFixture, public ::testing::WithParamInterface<Point> {
 protected:
  /// Rows of every kind, in both databases, as long as the load lasts. No more of them wait than a relay has
  /// soon sent.
  class Load {
   public:
    explicit Load(CrashAt& test) : test_(test), thread_("load", [this] { run(); }) {}
    ~Load() { stop(); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    void stop() {
      goes_on_ = false;
      thread_.join();
    }
    int batches() const { return batches_; }
    std::set<std::string> events;
    std::set<std::string> commands;

   private:
    void run() {
      while (goes_on_) {
        commit(test_.order_, "order");
        commit(test_.payment_, "payment");
        if (++batches_ % 20 == 0) let_relay_catch_up();
      }
    }
    void let_relay_catch_up() {
      (void)testkit::eventually(
          [&] { return !goes_on_ || test_.order_.waiting() + test_.payment_.waiting() < 2'000; });
    }
    void commit(Database& database, const std::string& name) {
      std::vector<outbox::Message> messages;
      const auto add = [&](const std::string& kind, const std::string& payload, const std::string& to) {
        (kind == "event" ? events : commands).insert(payload);
        const auto key = payload.substr(0, payload.find(':'));
        messages.push_back(kind == "event" ? event(key, payload) : command(to, payload));
      };
      const auto number = std::to_string(batches_);
      for (int key = 0; key < keys; ++key) {
        auto payload = name;
        payload.append(std::to_string(key)).append(1, ':').append(number);
        add("event", payload, "");
      }
      add("command", name + " go:" + number, "stock");
      if (batches_ % 20 == 0) add("command", name + " blocked:" + number, "nobody");
      database.commit(messages);
      if (batches_ % 20 == 0) schedule(database, name + " later:" + number);
    }
    void schedule(Database& database, const std::string& payload) {
      commands.insert(payload);
      database.sql(
          "INSERT INTO waybill.scheduled (due_at, key, kind, type, exchange, routing_key, payload) VALUES "
          "(clock_timestamp(), '', 'reminder', 'test.v1.Do', 'commands', 'stock', '" +
          payload + "')");
    }

    CrashAt& test_;
    std::atomic<bool> goes_on_{true};
    std::atomic<int> batches_{0};
    runtime::Thread thread_;
  };

  ::testing::AssertionResult watch_comes_to_say(const std::string& condition) const {
    const auto says = [&](const Database& database) {
      return database.sql(
                 "SELECT count(*) FROM waybill.binding_watch WHERE queue = 'other' AND exchange = "
                 "'events' AND " +
                 condition) == "1\n";
    };
    return testkit::eventually([&] { return says(order_) && says(payment_); });
  }
  /// A binding is lost, which both relays have seen when they die, and have sent events since; then it is
  /// back: so the next has to replay.
  ::testing::AssertionResult lose_and_repair() const {
    broker_.unbind({"events", "other", ""});
    auto relay = start();
    const auto seen =
        watch_comes_to_say("EXISTS (SELECT FROM waybill.outbox_sent WHERE sent_at > missing_since)");
    relay.reset();
    broker_.bind({"events", "other", ""});
    return seen;
  }
  void expect_order(const Consumer& consumer) const {
    for (const auto& [key, numbers] : consumer.numbers_by_key()) {
      EXPECT_TRUE(std::ranges::is_sorted(numbers)) << key;
    }
  }
};

TEST_P(CrashAt, loses_no_row_and_keeps_the_order_of_each_key) {
  Consumer all(broker_, "all");
  Consumer other(broker_, "other");
  Consumer stock(broker_, "stock");
  Load load(*this);
  for (int round = 1; round <= rounds; ++round) {
    if (GetParam().needs_replay) {
      ASSERT_TRUE(lose_and_repair());
    }
    const auto relay = start(GetParam().name + ":" + std::to_string(GetParam().needs_replay ? 1 : round));
    ASSERT_EQ(relay->wait(), 128 + SIGKILL) << "in round " << round;
  }
  const auto relay = start();
  const int batches = load.batches();
  ASSERT_TRUE(testkit::eventually([&] { return load.batches() > batches + 20; }));
  load.stop();
  broker_.bind({"commands", "stock", "nobody"});
  EXPECT_TRUE(testkit::eventually([&] { return order_.is_at_rest() && payment_.is_at_rest(); }));
  EXPECT_TRUE(testkit::eventually([&] { return all.payloads() == load.events; }));
  EXPECT_TRUE(testkit::eventually([&] { return other.payloads() == load.events; }));
  EXPECT_TRUE(testkit::eventually([&] { return stock.payloads() == load.commands; }));
  expect_order(all);
  relay->send(SIGTERM);
  EXPECT_EQ(relay->wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Relay, CrashAt,
                         ::testing::Values(Point{"relay.before_publish"}, Point{"relay.after_publish"},
                                           Point{"relay.after_confirm"}, Point{"relay.after_remove"},
                                           Point{"relay.before_block"}, Point{"relay.after_block"},
                                           Point{"promotion.before_commit"}, Point{"promotion.after_commit"},
                                           Point{"replay.before_publish", true},
                                           Point{"replay.after_publish", true},
                                           Point{"replay.before_progress", true},
                                           Point{"replay.after_progress", true}),
                         [](const auto& info) {
                           auto name = info.param.name;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace waybill::relay::testing
