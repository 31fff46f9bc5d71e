#include "waybill/http/headers.hpp"

#include <gtest/gtest.h>

namespace waybill::http {
namespace {

TEST(Headers, are_kept_in_their_order_with_their_letters) {
  Headers headers;
  headers.add("Host", "shop");
  headers.add("x-empty", "");
  headers.add("ACCEPT", "text/plain, */*");
  ASSERT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers.name(0), "Host");
  EXPECT_EQ(headers.value(0), "shop");
  EXPECT_EQ(headers.name(1), "x-empty");
  EXPECT_EQ(headers.value(1), "");
  EXPECT_EQ(headers.name(2), "ACCEPT");
  EXPECT_EQ(headers.value(2), "text/plain, */*");
}

TEST(Headers, are_found_whatever_the_case_of_their_letters) {
  Headers headers;
  headers.add("If-Match", "\"a\"");
  headers.add("if-match", "\"b\"");
  EXPECT_EQ(headers.find("IF-MATCH"), "\"a\"");
  EXPECT_EQ(headers.count("if-MATCH"), 2U);
  EXPECT_EQ(headers.find("If-Matc"), std::nullopt);
  EXPECT_EQ(headers.count("If-Match-"), 0U);
}

// '@' and '`', '[' and '{' differ by the bit that upper and lower case differ by.
TEST(Headers, names_are_the_same_but_for_the_case_of_ascii_letters_alone) {
  EXPECT_TRUE(is_same_name("aZ-9", "Az-9"));
  EXPECT_FALSE(is_same_name("@", "`"));
  EXPECT_FALSE(is_same_name("[", "{"));
  EXPECT_FALSE(is_same_name("\xC3\x84", "\xC3\xA4"));
  EXPECT_FALSE(is_same_name("a", "ab"));
}

TEST(Headers, are_none_once_cleared_and_can_be_added_again) {
  Headers headers;
  headers.add("A", "1");
  headers.clear();
  EXPECT_EQ(headers.size(), 0U);
  EXPECT_EQ(headers.find("A"), std::nullopt);
  headers.add("A", "2");
  EXPECT_EQ(headers.find("a"), "2");
}

TEST(HeadersDeathTest, one_that_is_not_there_is_not_shown) {
  Headers headers;
  headers.add("A", "1");
  EXPECT_DEATH((void)headers.value(1), "index");
  EXPECT_DEATH((void)headers.name(1), "index");
}

}  // namespace
}  // namespace waybill::http
