#include "watch/routing.hpp"

#include <gtest/gtest.h>

#include <string>

// Which messages a binding carries, as RabbitMQ has it.

namespace waybill::outbox {
namespace {

TEST(TopicPattern, without_wildcards_matches_itself) {
  EXPECT_TRUE(matches_topic("a.b", "a.b"));
  EXPECT_FALSE(matches_topic("a.b", "a.c"));
  EXPECT_FALSE(matches_topic("a.b", "a"));
  EXPECT_FALSE(matches_topic("a.b", "a.b.c"));
  EXPECT_FALSE(matches_topic("a.b", "a.bb"));
}

TEST(TopicPattern, with_a_star_matches_exactly_one_word) {
  EXPECT_TRUE(matches_topic("a.*.c", "a.b.c"));
  EXPECT_TRUE(matches_topic("*", "a"));
  EXPECT_FALSE(matches_topic("*", ""));
  EXPECT_FALSE(matches_topic("a.*", "a"));
  EXPECT_FALSE(matches_topic("a.*", "a.b.c"));
  EXPECT_FALSE(matches_topic("a.x*", "a.xy"));
}

TEST(TopicPattern, with_a_hash_matches_any_number_of_words_and_none) {
  EXPECT_TRUE(matches_topic("#", ""));
  EXPECT_TRUE(matches_topic("#", "a.b.c"));
  EXPECT_TRUE(matches_topic("a.#", "a"));
  EXPECT_TRUE(matches_topic("a.#", "a.b.c"));
  EXPECT_TRUE(matches_topic("a.#.z", "a.z"));
  EXPECT_TRUE(matches_topic("a.#.z", "a.z.y.z"));
  EXPECT_TRUE(matches_topic("#.b.#", "a.b.c"));
  EXPECT_TRUE(matches_topic("*.#", "a"));
  EXPECT_FALSE(matches_topic("*.#", ""));
  EXPECT_FALSE(matches_topic("a.#.z", "a.b"));
  EXPECT_FALSE(matches_topic("#.b", "b.c"));
}

TEST(TopicPattern, counts_an_empty_word_between_dots_as_a_word) {
  EXPECT_TRUE(matches_topic("*.*", "."));
  EXPECT_TRUE(matches_topic("a.*.b", "a..b"));
  EXPECT_FALSE(matches_topic("a.b", "a..b"));
  EXPECT_TRUE(matches_topic("", ""));
  EXPECT_FALSE(matches_topic("", "a"));
}

// Somebody else's routing key must not cost a matcher hours.
TEST(TopicPattern, of_many_hashes_takes_no_time) {
  std::string pattern;
  for (int n = 0; n < 60; ++n) pattern += "#.*.";
  EXPECT_FALSE(matches_topic(pattern + "z", std::string(250, '.')));
}

TEST(Routing, is_by_the_type_of_the_exchange) {
  WantedBinding binding{.routing_key = message::RoutingKey{"a.*"}};
  binding.type = ExchangeType::fanout;
  EXPECT_TRUE(routes(binding, "z"));
  binding.type = ExchangeType::direct;
  EXPECT_TRUE(routes(binding, "a.*"));
  EXPECT_FALSE(routes(binding, "a.b"));
  binding.type = ExchangeType::topic;
  EXPECT_TRUE(routes(binding, "a.b"));
  EXPECT_FALSE(routes(binding, "b.a"));
}

}  // namespace
}  // namespace waybill::outbox
