#include <gmock/gmock.h>

#include "relay_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// What reaches no queue waits in outbox_blocked, where operators see why, and goes when it can.

namespace waybill::outbox::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RelayBlockedRows : public RelayFixture {
 protected:
  Message lost(const std::string& key, const std::string& payload) const {
    auto message = command(key, payload);
    message.to.routing_key = message::RoutingKey{"nobody"};
    return message;
  }
  ::testing::AssertionResult blocked_come_to(std::int64_t rows) const {
    return testkit::eventually(
        [&] { return count("outbox") == 0 && count("outbox_blocked") == rows; },
        [&] { return database_.sql("SELECT id, key, reason FROM waybill.outbox_blocked"); });
  }
};

TEST_F(RelayBlockedRows, wait_with_their_reason_and_go_in_order_once_there_is_a_queue) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  commit({lost("a", "1"), command("a", "2"), lost("a", "3"), command("b", "4")});
  ASSERT_TRUE(blocked_come_to(3));
  EXPECT_THAT(arrived("stock", 1), ElementsAre("4"));
  EXPECT_THAT(database_.sql("SELECT reason FROM waybill.outbox_blocked ORDER BY id LIMIT 1"),
              HasSubstr("NO_ROUTE"));
  broker_.bind({"commands", "stock", "nobody"});
  ASSERT_TRUE(comes_to_rest());
  EXPECT_THAT(arrived("stock", 3), ElementsAre("1", "2", "3"));
  commit({command("a", "5")});
  EXPECT_THAT(arrived("stock", 1), ElementsAre("5"));
}

TEST_F(RelayBlockedRows, survive_a_change_of_leaders_in_their_order) {
  const auto publisher = this->publisher();
  {
    Relay relay(relay_options(), *publisher);
    commit({lost("a", "1"), command("a", "2")});
    ASSERT_TRUE(blocked_come_to(2));
  }
  commit({command("a", "3"), command("b", "4")});
  Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(blocked_come_to(3));
  EXPECT_THAT(arrived("stock", 1), ElementsAre("4"));
  broker_.bind({"commands", "stock", "nobody"});
  ASSERT_TRUE(comes_to_rest());
  EXPECT_THAT(arrived("stock", 3), ElementsAre("1", "2", "3"));
}

TEST_F(RelayBlockedRows, of_an_exchange_that_is_deleted_and_declared_again_all_arrive) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  broker_.delete_exchange("events");
  for (int i = 0; i < 100; ++i) commit({event(std::to_string(i), std::to_string(i)), command("c", "go")});
  EXPECT_EQ(arrived("stock", 100).size(), 100U);
  ASSERT_TRUE(blocked_come_to(100));
  broker_.declare_exchange("events", "fanout");
  broker_.bind({"events", "all", ""});
  ASSERT_TRUE(comes_to_rest());
  EXPECT_EQ(arrived("all", 100).size(), 100U);
  EXPECT_EQ(count("outbox_sent"), 100);
}

}  // namespace
}  // namespace waybill::outbox::testing
