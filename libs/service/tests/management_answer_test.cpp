#include "management_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What RabbitMQ's management API answers, and what is no answer of its.

namespace waybill::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ManagementAnswer, of_queues_has_their_names_and_counts_where_the_broker_counts) {
  const auto queues = read_queues(R"([{"name":"a","messages":3},{"name":"b"},{"name":"c","messages":null}])");
  ASSERT_TRUE(queues);
  ASSERT_EQ(queues->size(), 3U);
  EXPECT_EQ(queues->at(0).queue.value(), "a");
  EXPECT_EQ(queues->at(0).messages, 3U);
  EXPECT_FALSE(queues->at(1).messages);
  EXPECT_FALSE(queues->at(2).messages);
}

TEST(ManagementAnswer, of_bindings_has_those_of_queues_that_somebody_made) {
  const auto bindings = read_bindings(
      R"([{"source":"","destination":"q","destination_type":"queue","routing_key":"q"},
          {"source":"e","destination":"q","destination_type":"queue","routing_key":"k"},
          {"source":"e","destination":"x","destination_type":"exchange","routing_key":""}])");
  ASSERT_TRUE(bindings);
  EXPECT_THAT(*bindings, ElementsAre(outbox::BoundQueue{message::Exchange{"e"}, message::Queue{"q"},
                                                        message::RoutingKey{"k"}}));
}

// A proxy's page that says 200 must not look like a broker that has lost all its bindings.
TEST(ManagementAnswer, that_is_something_else_is_none) {
  for (const auto* text :
       {"", "{}", "<html>", "[1]", R"([{"source":"e"}])", R"({"error":"not_found"})",
        R"([{"source":1,"destination":"q","destination_type":"queue","routing_key":""}])"}) {
    EXPECT_FALSE(read_bindings(text)) << text;
  }
  EXPECT_FALSE(read_queues(R"([{"messages":1}])"));
  EXPECT_FALSE(read_queues("{"));
  EXPECT_THAT(*read_queues("[]"), IsEmpty());
}

TEST(ManagementAnswer, to_names_that_are_no_plain_words_is_asked_for_by_escapes) {
  EXPECT_EQ(percent_encoded("/"), "%2F");
  EXPECT_EQ(percent_encoded("shop a-b_c.d~"), "shop%20a-b_c.d~");
  EXPECT_EQ(percent_encoded("\xC3\xA9?#"), "%C3%A9%3F%23");
}

}  // namespace
}  // namespace waybill::service
