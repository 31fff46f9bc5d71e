#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>

#include "inbox_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// On a queue with an order, the messages of a key are handled one after the other, also when one of them
// fails.

namespace waybill::inbox::testing {
namespace {

using ::testing::ElementsAre;

constexpr auto order_of_keys =
    "SELECT string_agg(text, ',' ORDER BY number) FROM effect GROUP BY key ORDER BY key";

class Ordered : public InboxFixture {
 protected:
  /// "a 0", "b 0", "a 1" …: so many of each key.
  static std::vector<message::Envelope> rounds(const std::vector<std::string>& keys, int count) {
    std::vector<message::Envelope> commands;
    for (int i = 0; i < count; ++i) {
      for (const auto& key : keys) commands.push_back(command(key + std::to_string(i), key));
    }
    return commands;
  }
  /// Fails the named ones so often.
  Handlers failing(std::map<std::string, std::uint32_t> times) {
    Handlers handlers;
    handlers.on<ReleaseStock>([times = std::move(times)](const ReleaseStock& command, Scope& scope) {
      write_effect(command, scope);
      const auto found = times.find(command.order_id());
      if (found != times.end() && scope.attempt() <= found->second) throw std::runtime_error("not yet");
    });
    return handlers;
  }
};

TEST_F(Ordered, is_kept_behind_one_that_fails_twice_and_others_go_on) {
  send("ledger", rounds({"a", "b"}, 5));
  Consumer consumer(options("ledger"), pool_, sender_, failing({{"a1", 2}}), subscribe("ledger"));
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1,a2,a3,a4\nb0,b1,b2,b3,b4"));
  EXPECT_TRUE(is_drained("ledger"));
  EXPECT_EQ(count("waybill.parked"), 0);
  EXPECT_EQ(
      database_.sql("SELECT max(number) FILTER (WHERE key = 'b') < min(number) FILTER (WHERE text = 'a1') "
                    "FROM effect"),
      "t\n")
      << "the other key waited too";
}

TEST_F(Ordered, goes_on_behind_one_that_is_dead_lettered) {
  send("ledger", rounds({"a"}, 4));
  const auto relaying = relay();
  Consumer consumer(options("ledger"), pool_, sender_, failing({{"a0", 9}, {"a2", 9}}), subscribe("ledger"));
  EXPECT_TRUE(comes_to(order_of_keys, "a1,a3"));
  EXPECT_EQ(dead_letters("ledger", 2).size(), 2U);
  EXPECT_EQ(count("waybill.parked"), 0);
}

TEST_F(Ordered, is_kept_with_what_comes_while_the_key_waits) {
  send("ledger", rounds({"a"}, 2));
  Consumer consumer(options("ledger"), pool_, sender_, failing({{"a0", 2}}), subscribe("ledger"));
  EXPECT_TRUE(testkit::eventually([&] { return count("waybill.parked") == 2; }));
  send("ledger", {command("a2", "a"), command("a3", "a")});
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1,a2,a3"));
  EXPECT_TRUE(is_drained("ledger"));
}

TEST_F(Ordered, is_kept_when_copies_of_what_waits_come_again) {
  const auto first = command("a0", "a");
  const auto second = command("a1", "a");
  send("ledger", {first, second, first, second});
  Consumer consumer(options("ledger"), pool_, sender_, failing({{"a0", 2}}), subscribe("ledger"));
  EXPECT_TRUE(testkit::eventually([&] { return count("waybill.parked") == 2; }));
  send("ledger", {second, first, second});
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1"));
  EXPECT_TRUE(is_drained("ledger"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
  EXPECT_EQ(effects_written(), 2);
}

TEST_F(Ordered, is_kept_of_messages_whose_ids_are_not_of_our_making) {
  std::vector<message::WireMessage> messages;
  for (const std::string text : {"a0", "a1"}) {
    messages.push_back(message::write_envelope(command(text, "a")));
    messages.back().message_id = "invoice " + text;
  }
  send_raw("ledger", messages);
  Consumer consumer(options("ledger"), pool_, sender_, failing({{"a0", 2}}), subscribe("ledger"));
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
}

TEST_F(Ordered, asks_nothing_of_messages_without_a_key) {
  send("ledger", {command("x"), command("y"), command("z")});
  const auto relaying = relay();
  Consumer consumer(options("ledger"), pool_, sender_, failing({{"x", 2}}), subscribe("ledger"));
  EXPECT_TRUE(have_effects(3));
  EXPECT_EQ(count("waybill.parked"), 0);
}

TEST_F(Ordered, is_kept_over_consumers_that_take_turns_while_one_in_fifty_fails_twice) {
  const std::vector<std::string> keys{"a", "b", "c", "d", "e", "f", "g", "h"};
  constexpr int rounds_sent = 150;
  std::map<std::string, std::uint32_t> failures;
  for (int i = 0; i < rounds_sent; i += 6)
    failures[keys[static_cast<std::size_t>(i / 6) % 8] + std::to_string(i)] = 2;
  send("ledger", rounds(keys, rounds_sent));
  std::vector<std::unique_ptr<Consumer>> consumers;
  const auto start = [&] {
    return std::make_unique<Consumer>(options("ledger"), pool_, sender_, failing(failures),
                                      subscribe("ledger", 40));
  };
  for (int i = 0; i < 4; ++i) consumers.push_back(start());
  const std::int64_t all = rounds_sent * static_cast<std::int64_t>(keys.size());
  std::size_t turn = 0;
  EXPECT_TRUE(testkit::eventually(
      [&] {
        if (effects_written() == all) return true;
        consumers[turn % consumers.size()].reset();
        consumers[turn++ % consumers.size()] = start();
        return false;
      },
      [&] { return std::to_string(effects_written()) + " of " + std::to_string(all); }, 120s));
  EXPECT_TRUE(have_effects(all));
  EXPECT_EQ(database_.sql("SELECT number, text, place - 1 FROM (SELECT number, text, row_number() OVER "
                          "(PARTITION BY key ORDER BY number) AS place FROM effect) AS each "
                          "WHERE substr(text, 2)::int + 1 <> place ORDER BY number"),
            "");
  EXPECT_TRUE(is_drained("ledger"));
}

}  // namespace
}  // namespace waybill::inbox::testing
