#include <gmock/gmock.h>

#include <memory>

#include "inbox_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// Consumers whose handlers change the same few rows get in each other's way, and no message pays for it.

namespace waybill::inbox::testing {
namespace {

class SharedRows : public InboxFixture {
 protected:
  /// Adds one to the row that the text names by its last digit.
  static void count_up(const ReleaseStock& command, Scope& scope) {
    scope.tx().execute("UPDATE hot SET total = total + 1 WHERE name = right($1, 1)", command.order_id());
    scope.tx().execute("INSERT INTO effect (text, key) VALUES ($1, '')", command.order_id());
  }

  void expect_all_counted(Handlers handlers, int messages) {
    database_.sql("CREATE TABLE hot AS SELECT n::text AS name, 0 AS total FROM generate_series(0, 9) AS n");
    std::vector<message::Envelope> commands;
    for (int i = 0; i < messages; ++i) commands.push_back(command(std::to_string(i * 7)));
    send("stock", commands);
    std::vector<std::unique_ptr<Consumer>> consumers;
    for (int i = 0; i < 4; ++i) {
      consumers.push_back(
          std::make_unique<Consumer>(options("stock"), pool_, sender_, handlers, subscribe("stock", 128)));
    }
    EXPECT_TRUE(comes_to("SELECT sum(total) FROM hot", std::to_string(messages)));
    EXPECT_TRUE(have_effects(messages));
    EXPECT_TRUE(is_drained("stock"));
    EXPECT_EQ(count("waybill.attempt"), 0) << "an attempt was lost";
    EXPECT_EQ(count("waybill.scheduled"), 0);
  }
  std::int64_t deadlocks() const {
    return std::stoll(
        database_.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
  }
};

TEST_F(SharedRows, that_are_named_are_waited_for_in_one_order) {
  Handlers handlers;
  handlers.on<ReleaseStock>(count_up, [](const ReleaseStock& command) {
    return command.order_id().substr(command.order_id().size() - 1);
  });
  expect_all_counted(std::move(handlers), 4'000);
  EXPECT_EQ(deadlocks(), 0);
}

TEST_F(SharedRows, that_are_not_named_cost_work_and_no_attempt) {
  Handlers handlers;
  handlers.on<ReleaseStock>(count_up);
  // PostgreSQL takes a second to see each deadlock.
  expect_all_counted(std::move(handlers), 250);
}

}  // namespace
}  // namespace waybill::inbox::testing
