#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <random>

#include "inbox_fixture.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/testkit/eventually.hpp"

// Two processes, each with a relay and two consumers, one of which is killed again and again while one
// message in fifty fails twice.

namespace waybill::inbox::testing {
namespace {

class Takeover : public InboxFixture {
 protected:
  static constexpr int keys = 8;
  static constexpr int rounds = 120;
  static constexpr int all = keys * rounds;

  servers::Program worker(const std::string& queue) const {
    return {WAYBILL_INBOX_WORKER,
            {},
            {{"WORKER_DATABASE", database_.url()},
             {"WORKER_BROKER", broker_.url()},
             {"WORKER_QUEUE", queue},
             {"WORKER_CRASHES", "1000"}}};
  }

  /// Commits the commands into the outbox, a few at a time: each key's in order.
  void commit_round(const std::string& queue, int round) {
    std::vector<outbox::Message> messages;
    for (int key = 0; key < keys; ++key) {
      std::string text = (round * keys + key) % 50 == 7 ? "twice-" : "once-";
      text += std::to_string(round);
      messages.push_back({outbox::Kind::command,
                          {message::Exchange{"commands"}, message::RoutingKey{queue}},
                          command(text.append(1, '/').append(std::to_string(key)), std::to_string(key))});
    }
    pool_.transact([&](postgres::Tx& tx) { outbox::add(tx, messages); }, soon());
  }

  void play(const std::string& queue) {
    std::mt19937 random(7);
    std::vector<servers::Program> workers;
    for (int i = 0; i < 2; ++i) workers.push_back(worker(queue));
    int round = 0;
    int kills = 0;
    EXPECT_TRUE(testkit::eventually(
        [&] {
          // No more than is handled between eight kills waits, or all could be over after a few.
          while (round < rounds && round * keys < (kills + 8) * 25) commit_round(queue, round++);
          const auto done = effects_written();
          if (done == all) return true;
          // Whoever is killed has had the time to do something.
          if (done < kills * 25) return false;
          ++kills;
          auto& victim = workers[random() % 2];
          victim.send(SIGKILL);
          victim.wait();
          victim = worker(queue);
          return false;
        },
        [&] { return std::to_string(effects_written()) + " after " + std::to_string(kills) + " kills"; },
        150s));
    EXPECT_GE(kills, 20);
    EXPECT_TRUE(have_effects(all));
    EXPECT_TRUE(is_drained(queue));
    EXPECT_TRUE(
        comes_to("SELECT (SELECT count(*) FROM waybill.outbox), (SELECT count(*) FROM waybill.scheduled), "
                 "(SELECT count(*) FROM waybill.parked)",
                 "0|0|0"));
    EXPECT_EQ(effects_written(), all);
    EXPECT_THAT(broker_.take(queue + ".dlq", 1), ::testing::IsEmpty());
  }
};

TEST_F(Takeover, keeps_the_order_of_each_key_on_a_queue_that_asks_for_it) {
  play("ledger");
  EXPECT_EQ(database_.sql(
                "SELECT count(*) FROM (SELECT split_part(split_part(text, '-', 2), '/', 1)::int AS round, "
                "row_number() OVER (PARTITION BY key ORDER BY number) AS place FROM effect) AS each "
                "WHERE round + 1 <> place"),
            "0\n");
}

TEST_F(Takeover, gives_each_message_one_effect_on_a_queue_without_an_order) { play("stock"); }

}  // namespace
}  // namespace waybill::inbox::testing
