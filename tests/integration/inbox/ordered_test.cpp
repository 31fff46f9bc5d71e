#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>

#include "inbox_fixture.hpp"
#include "waybill/message/wire_format.hpp"
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
  /// Nothing is due by itself: what waits can be looked at for as long as that takes.
  static ConsumerOptions patient() {
    auto options = InboxFixture::options("ledger");
    options.retries.initial = options.retries.maximum = 1h;
    return options;
  }
  /// The one message that waits for this attempt need wait no longer.
  void make_due(int attempt) {
    const auto waits = "waybill.parked WHERE attempt = " + std::to_string(attempt);
    EXPECT_TRUE(testkit::eventually([&] { return count(waits) == 1; })) << waits;
    database_.sql("UPDATE waybill.parked SET due_at = now() WHERE attempt = " + std::to_string(attempt));
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

TEST_F(Ordered, stays_behind_one_that_is_dead_lettered_until_it_was_sent_again_where_that_is_wanted) {
  send("ledger", rounds({"a", "b"}, 3));
  const auto relaying = relay();
  auto patient = options("ledger");
  patient.after_dead_letter = AfterDeadLetter::stay;
  Consumer consumer(patient, pool_, sender_, failing({{"a0", 3}}), subscribe("ledger"));
  const auto letter = dead_letters("ledger", 1).at(0);
  send("ledger", rounds({"b"}, 4));
  EXPECT_TRUE(comes_to(order_of_keys, "b0,b1,b2,b0,b1,b2,b3"));
  EXPECT_EQ(count("waybill.parked WHERE key = 'a'"), 3);
  EXPECT_TRUE(broker_.publish({message::Exchange{"retry"}, message::RoutingKey{"ledger"}}, letter));
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1,a2\nb0,b1,b2,b0,b1,b2,b3"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
}

TEST_F(Ordered, stays_until_an_operator_lets_the_others_go) {
  send("ledger", rounds({"a"}, 3));
  auto patient = options("ledger");
  patient.after_dead_letter = AfterDeadLetter::stay;
  Consumer consumer(patient, pool_, sender_, failing({{"a0", 9}}), subscribe("ledger"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.attempt WHERE state = 'dead'", "1"));
  EXPECT_EQ(database_.sql("DELETE FROM waybill.parked WHERE due_at = 'infinity' RETURNING key"), "a\n");
  EXPECT_TRUE(comes_to(order_of_keys, "a1,a2"));
}

TEST_F(Ordered, is_kept_with_what_comes_while_the_key_waits) {
  send("ledger", rounds({"a"}, 2));
  Consumer consumer(patient(), pool_, sender_, failing({{"a0", 2}}), subscribe("ledger"));
  EXPECT_TRUE(testkit::eventually([&] { return count("waybill.parked") == 2; }));
  send("ledger", {command("a2", "a")});
  EXPECT_TRUE(testkit::eventually([&] { return count("waybill.parked") == 3; }));
  make_due(2);
  send("ledger", {command("a3", "a")});
  make_due(3);
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1,a2,a3"));
  EXPECT_TRUE(is_drained("ledger"));
}

TEST_F(Ordered, is_kept_when_copies_of_what_waits_come_again) {
  const auto first = command("a0", "a");
  const auto second = command("a1", "a");
  send("ledger", {first, second, first, second});
  Consumer consumer(patient(), pool_, sender_, failing({{"a0", 2}}), subscribe("ledger"));
  EXPECT_TRUE(testkit::eventually([&] { return count("waybill.parked") == 2; }));
  send("ledger", {second, first, second, command("b0", "b")});
  EXPECT_TRUE(comes_to(order_of_keys, "b0")) << "they have come, and wait";
  make_due(2);
  make_due(3);
  EXPECT_TRUE(comes_to(order_of_keys, "a0,a1\nb0"));
  EXPECT_TRUE(is_drained("ledger"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
  EXPECT_EQ(effects_written(), 3);
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

// What waits is read by another release of the service than the one that set it aside.
class ParkedTypes : public Ordered {
 protected:
  /// "a0" waits for its next attempt, and "a1" for "a0"; the type of that one is another then.
  void park_two(const std::string& type) {
    send("ledger", rounds({"a"}, 2));
    Consumer consumer(patient(), pool_, sender_, failing({{"a0", 1}}), subscribe("ledger"));
    EXPECT_TRUE(testkit::eventually([&] { return count("waybill.parked") == 2; }));
    consumer.stop();
    database_.sql("UPDATE waybill.parked SET due_at = now()");
    EXPECT_EQ(database_.sql("UPDATE waybill.parked SET type = '" + type +
                            "' WHERE seq = (SELECT max(seq) FROM waybill.parked) RETURNING 1"),
              "1\n");
  }
  Consumer start(Handlers handlers) {
    return {options("ledger"), pool_, sender_, std::move(handlers), subscribe("ledger")};
  }
};

TEST_F(ParkedTypes, that_nobody_handles_any_more_wait_no_longer_where_they_are_events) {
  park_two("elsewhere.v1.Happened");
  database_.sql("DELETE FROM waybill.parked WHERE attempt = 2");
  const auto consumer = start({});
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
}

TEST_F(ParkedTypes, that_nobody_knows_any_more_are_given_up_in_their_turn) {
  park_two("elsewhere.v1.Do");
  const auto relaying = relay();
  const auto consumer = start(effects());
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
  EXPECT_EQ(header(dead_letters("ledger", 1).at(0), "waybill-reason"), "unknown_type");
  EXPECT_EQ(effects_written(), 1);
}

TEST_F(ParkedTypes, that_cannot_be_read_are_given_up_in_their_turn) {
  park_two("");
  const auto relaying = relay();
  const auto consumer = start(effects());
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
  EXPECT_EQ(header(dead_letters("ledger", 1).at(0), "waybill-reason"), "unreadable");
  EXPECT_EQ(effects_written(), 1);
}

TEST_F(ParkedTypes, of_copies_of_one_that_was_given_up_hold_up_nobody) {
  park_two("elsewhere.v1.Do");
  database_.sql(
      "INSERT INTO waybill.attempt (message_id, consumer, attempt, state) "
      "SELECT message_id, consumer, 2, 'dead' FROM waybill.parked WHERE attempt = 1");
  const auto consumer = start(effects());
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.parked", "0"));
  EXPECT_EQ(effects_written(), 1);
  EXPECT_EQ(count("waybill.outbox WHERE kind = 'dead_letter'"), 0) << "another one";
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
  const auto commands = rounds(keys, rounds_sent);
  std::vector<std::unique_ptr<Consumer>> consumers;
  const auto start = [&] {
    return std::make_unique<Consumer>(options("ledger"), pool_, sender_, failing(failures),
                                      subscribe("ledger", 40));
  };
  for (int i = 0; i < 4; ++i) consumers.push_back(start());
  const auto all = static_cast<std::int64_t>(commands.size());
  auto unsent = commands.begin();
  std::size_t turn = 0;
  EXPECT_TRUE(testkit::eventually(
      [&] {
        // No more than is handled in four turns waits, or all could be over after a few.
        while (unsent != commands.end() &&
               unsent - commands.begin() < static_cast<std::ptrdiff_t>(turn + 4) * 40) {
          send("ledger", {unsent, unsent + 40});
          unsent += 40;
        }
        const auto done = effects_written();
        if (done == all) return true;
        // Whoever is stopped has had the time to do something.
        if (done < static_cast<std::int64_t>(turn) * 40) return false;
        consumers[turn % consumers.size()].reset();
        consumers[turn++ % consumers.size()] = start();
        return false;
      },
      [&] { return std::to_string(effects_written()) + " of " + std::to_string(all); }, 120s));
  EXPECT_GE(turn, 20U);
  EXPECT_TRUE(have_effects(all));
  EXPECT_EQ(database_.sql("SELECT number, text, place - 1 FROM (SELECT number, text, row_number() OVER "
                          "(PARTITION BY key ORDER BY number) AS place FROM effect) AS each "
                          "WHERE substr(text, 2)::int + 1 <> place ORDER BY number"),
            "");
  EXPECT_TRUE(is_drained("ledger"));
}

}  // namespace
}  // namespace waybill::inbox::testing
