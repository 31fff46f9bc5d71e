#include "waybill/message/foreign_id.hpp"

#include <gtest/gtest.h>

#include "waybill/base/uuid_v7.hpp"

namespace waybill::message {
namespace {

constexpr base::WallTime minted_at{std::chrono::milliseconds{1'700'000'000'123}};

TEST(ForeignId, becomes_a_version_8_uuid_at_the_messages_time) {
  const auto id = uuid_of_foreign_id(minted_at, "billing", "4711");
  EXPECT_EQ(id.version(), 8);
  EXPECT_EQ(id.bytes()[8] >> 6, 0b10);
  EXPECT_EQ(base::time_of(id), minted_at);
}

// Computed apart, with Python's hashlib. The value is part of the contract: two versions of a service must
// see the same message as the same.
TEST(ForeignId, is_the_same_for_ever) {
  EXPECT_EQ(uuid_of_foreign_id(minted_at, "billing", "4711").to_string(),
            "018bcfe5-687b-8715-b1eb-3a6acadc6b16");
}

TEST(ForeignId, differs_with_the_source_the_id_and_where_one_ends) {
  const auto id = uuid_of_foreign_id(minted_at, "ab", "c");
  EXPECT_NE(id, uuid_of_foreign_id(minted_at, "ab", "d"));
  EXPECT_NE(id, uuid_of_foreign_id(minted_at, "xb", "c"));
  EXPECT_NE(id, uuid_of_foreign_id(minted_at, "a", "bc"));
}

}  // namespace
}  // namespace waybill::message
