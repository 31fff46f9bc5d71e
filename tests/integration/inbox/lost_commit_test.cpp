#include <gtest/gtest.h>

#include <set>
#include <string>

#include "outage_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// A commit whose answer is lost may have happened or not: the inbox finds out, and acts once.

namespace waybill::inbox::testing {
namespace {

using LostCommit = Outage;

TEST_F(LostCommit, a_thousand_times_leaves_one_effect_each) {
  std::set<std::string> cut;
  Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
    scope.tx().execute("INSERT INTO effect (text, key) VALUES ($1, '')", command.order_id());
    if (!cut.insert(command.order_id()).second) return;
    // What comes next is COMMIT. Of the odd ones it never arrives, of the even ones its answer.
    const bool is_lost = std::stoi(command.order_id()) % 2 == 1;
    proxy_.inject(servers::fault::CutAfter{
        is_lost ? servers::Direction::client_to_server : servers::Direction::server_to_client, 0,
        servers::Connections::open, servers::Cut::reset});
  });
  std::vector<message::Envelope> commands;
  for (int i = 0; i < 1'000; ++i) commands.push_back(command(std::to_string(i)));
  send("stock", commands);
  auto given = options("stock");
  given.batch = 1;
  Consumer consumer(given, proxied_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(testkit::eventually([&] { return effects_written() == 1'000; },
                                  [&] { return std::to_string(effects_written()); }, 280s));
  EXPECT_TRUE(have_effects(1'000));
  EXPECT_TRUE(is_drained("stock"));
  consumer.stop();
  EXPECT_EQ(cut.size(), 1'000U);
  EXPECT_EQ(count("waybill.outbox"), 0);
}

}  // namespace
}  // namespace waybill::inbox::testing
