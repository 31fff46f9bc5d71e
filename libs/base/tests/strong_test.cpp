#include "waybill/base/strong.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <type_traits>
#include <unordered_set>

namespace waybill::base {
namespace {

using Queue = Strong<std::string, struct QueueTag>;
using Key = Strong<std::string, struct KeyTag>;

static_assert(!std::is_convertible_v<std::string, Queue>, "a plain string is no queue");
static_assert(!std::is_constructible_v<Queue, Key>, "a key is no queue");
static_assert(!std::is_convertible_v<Queue, std::string>, "a queue is no plain string");

TEST(Strong, compares_hashes_and_prints_as_its_value) {
  EXPECT_LT(Queue{"a"}, Queue{"b"});
  EXPECT_EQ(Queue{"a"}, Queue{"a"});
  const std::unordered_set<Queue> queues{Queue{"a"}, Queue{"a"}, Queue{"b"}};
  EXPECT_EQ(queues.size(), 2U);
  std::ostringstream out;
  out << Queue{"order.replies"};
  EXPECT_EQ(out.str(), "order.replies");
}

TEST(Strong, gives_its_value_away_when_it_is_moved_from) {
  Queue queue{std::string(100, 'q')};
  const std::string value = std::move(queue).value();
  EXPECT_EQ(value.size(), 100U);
}

}  // namespace
}  // namespace waybill::base
