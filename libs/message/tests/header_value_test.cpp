#include <gtest/gtest.h>

#include "waybill/message/wire_message.hpp"

namespace waybill::message {
namespace {

TEST(HeaderValue, every_kind_has_a_text) {
  EXPECT_EQ(to_text(std::string("a")), "a");
  EXPECT_EQ(to_text(std::int64_t{-7}), "-7");
  EXPECT_EQ(to_text(true), "true");
  EXPECT_EQ(to_text(0.5), "0.5");
}

TEST(Headers, are_found_by_their_exact_name) {
  const Headers headers{{"attempt", std::int64_t{2}}};
  ASSERT_NE(find_header(headers, "attempt"), nullptr);
  EXPECT_EQ(*find_header(headers, "attempt"), HeaderValue{std::int64_t{2}});
  EXPECT_EQ(find_header(headers, "Attempt"), nullptr);
}

}  // namespace
}  // namespace waybill::message
