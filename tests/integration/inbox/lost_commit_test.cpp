#include <gtest/gtest.h>

#include <set>
#include <string>

#include "outage_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// A commit whose answer is lost may have happened or not: the inbox finds out, and acts once.

namespace waybill::inbox::testing {
namespace {

class LostCommit : public Outage {
 protected:
  static constexpr int times = 500;

  /// Cuts the connection of each message's first commit when something more goes that way.
  void play(servers::Direction direction) {
    std::set<std::string> cut;
    Handlers handlers;
    handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
      scope.tx().execute("INSERT INTO effect (text, key) VALUES ($1, '')", command.order_id());
      if (!cut.insert(command.order_id()).second) return;
      // What comes next is COMMIT, and its answer.
      proxy_.inject(servers::fault::CutAfter{direction, 0, servers::Connections::open, servers::Cut::reset});
    });
    std::vector<message::Envelope> commands;
    for (int i = 0; i < times; ++i) commands.push_back(command(std::to_string(i)));
    send("stock", commands);
    auto given = options("stock");
    given.batch = 1;
    Consumer consumer(given, proxied_, sender_, std::move(handlers), subscribe("stock"));
    EXPECT_TRUE(testkit::eventually([&] { return effects_written() == times; },
                                    [&] { return std::to_string(effects_written()); }, 250s));
    EXPECT_TRUE(is_drained("stock"));
    consumer.stop();
    EXPECT_TRUE(have_effects(times));
    EXPECT_EQ(cut.size(), std::size_t{times});
    EXPECT_EQ(count("waybill.outbox"), 0);
    EXPECT_EQ(count("waybill.attempt"), 0);
  }
};

TEST_F(LostCommit, that_never_arrived_is_made_again_five_hundred_times) {
  play(servers::Direction::client_to_server);
}

TEST_F(LostCommit, that_was_made_is_not_made_again_five_hundred_times) {
  play(servers::Direction::server_to_client);
}

// What handlers pipeline is done together with COMMIT; that it cannot be done in time looks like a lost
// commit, for ever.
TEST_F(LostCommit, for_want_of_time_for_what_was_pipelined_is_the_messages_failure_in_the_end) {
  Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
    write_effect(command, scope);
    if (command.order_id() != "slow") return;
    for (int i = 0; i < 300; ++i) scope.tx().pipeline("SELECT pg_sleep(0.1)");
  });
  auto given = options("stock");
  // Much for each of the statements; a batch has four times that and 15 s, which they exceed together.
  given.handle_within = 2s;
  given.retries.attempts = 1;
  send("stock", {command("slow"), command("good")});
  const auto relaying = relay();
  Consumer consumer(given, pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(testkit::eventually([&] { return effects_written() == 1; },
                                  [&] { return std::to_string(effects_written()); }, 250s));
  EXPECT_TRUE(testkit::eventually([&] { return count("waybill.attempt WHERE state = 'dead'") == 1; },
                                  [] { return "no dead letter"; }, 250s));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(header(dead_letters("stock", 1).at(0), "waybill-reason"), "attempts_used");
}

}  // namespace
}  // namespace waybill::inbox::testing
