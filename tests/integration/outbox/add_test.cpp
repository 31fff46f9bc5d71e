#include <gmock/gmock.h>

#include "relay_fixture.hpp"

// What a transaction adds is sent if it is committed, and only then.

namespace waybill::outbox::testing {
namespace {

using ::testing::HasSubstr;

class Add : public RelayFixture {};

TEST_F(Add, leaves_nothing_behind_when_the_transaction_is_rolled_back) {
  EXPECT_THROW(pool_.transact(
                   [&](postgres::Tx& tx) {
                     add(tx, std::vector{event("a", "1")});
                     throw std::runtime_error("no");
                   },
                   soon()),
               std::runtime_error);
  EXPECT_EQ(count("outbox"), 0);
}

TEST_F(Add, writes_columns_that_can_be_read_in_sql) {
  auto message = command("o-1", "please");
  message.envelope.correlation_id = "o-1";
  message.envelope.headers["tenant"] = "blue";
  commit({message});
  EXPECT_EQ(database_.sql("SELECT key, kind, type, exchange, routing_key, headers->>':correlation_id', "
                          "headers->>'tenant', convert_from(payload, 'UTF8') FROM waybill.outbox"),
            "o-1|command|test.v1.Do|commands|stock|o-1|blue|please\n");
}

TEST_F(Add, keeps_the_order_of_many) {
  std::vector<Message> messages;
  for (int i = 0; i < 500; ++i) messages.push_back(event("a", std::to_string(i)));
  commit(messages);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM (SELECT convert_from(payload, 'UTF8')::int AS number, "
                          "row_number() OVER (ORDER BY id) AS place FROM waybill.outbox) AS each "
                          "WHERE number + 1 <> place"),
            "0\n");
}

TEST_F(Add, refuses_what_no_broker_would_take_before_anything_is_written) {
  auto message = event(std::string(256, 'k'), "1");
  try {
    commit({event("a", "1"), message});
    ADD_FAILURE() << "it was taken";
  } catch (const std::invalid_argument& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("the routing key has 256 bytes"));
  }
  EXPECT_EQ(count("outbox"), 0);
}

}  // namespace
}  // namespace waybill::outbox::testing
