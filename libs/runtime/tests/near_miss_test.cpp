#include "waybill/runtime/near_miss.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace waybill::runtime {
namespace {

const std::vector<std::string> names{"http.port", "postgres.pool_size", "postgres.url", "rabbitmq.url"};

TEST(EditDistance, counts_insertions_removals_changes_and_swaps) {
  EXPECT_EQ(edit_distance("url", "url"), 0U);
  EXPECT_EQ(edit_distance("", "url"), 3U);
  EXPECT_EQ(edit_distance("url", ""), 3U);
  EXPECT_EQ(edit_distance("url", "urls"), 1U);
  EXPECT_EQ(edit_distance("url", "uri"), 1U);
  EXPECT_EQ(edit_distance("url", "rul"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(NearMiss, finds_the_name_that_was_meant) {
  EXPECT_EQ(near_miss("postgres.ulr", names), "postgres.url");
  EXPECT_EQ(near_miss("postgres.poolsize", names), "postgres.pool_size");
  EXPECT_EQ(near_miss("http_port", names), "http.port");
}

TEST(NearMiss, finds_nothing_where_nothing_is_near) {
  EXPECT_EQ(near_miss("kafka.brokers", names), std::nullopt);
  EXPECT_EQ(near_miss("x", names), std::nullopt);
  EXPECT_EQ(near_miss(std::string(100'000, 'x'), names), std::nullopt);
}

}  // namespace
}  // namespace waybill::runtime
