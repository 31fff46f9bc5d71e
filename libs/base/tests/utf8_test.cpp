#include "waybill/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waybill::base {
namespace {

constexpr std::string_view every_length = "a\u00E9\u5C0F\U0001F4E6z";  // 1, 2, 3, 4 and 1 bytes

TEST(Utf8, holds_characters_of_every_length_up_to_the_last) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
  EXPECT_TRUE(is_utf8(every_length));
  for (const auto* edge : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(edge)) << edge;
}

TEST(Utf8, holds_no_overlong_form_no_surrogate_and_nothing_beyond_the_last_character) {
  for (const auto* wrong : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC2\x41",
                            "\xE1\x80\x41", "\xE1\x80\xC0", "\xF1\x80\x80\x41"})
    EXPECT_FALSE(is_utf8(wrong)) << wrong;
}

TEST(Utf8, ends_where_a_character_is_cut_short) {
  const std::string ahead(17, 'x');  // so that the pass over eight bytes at a time ends before it
  for (const std::string character : {"\u00E9", "\u5C0F", "\U0001F4E6"}) {
    for (std::size_t cut = 1; cut < character.size(); ++cut)
      EXPECT_EQ(valid_utf8_length(ahead + character.substr(0, cut)), ahead.size());
  }
}

TEST(Utf8, is_cut_between_characters_only) {
  const std::string_view expected[] = {"", "a", "a", "a\u00E9", "a\u00E9", "a\u00E9", "a\u00E9\u5C0F"};
  for (std::size_t most = 0; most < std::size(expected); ++most)
    EXPECT_EQ(utf8_prefix(every_length, most), expected[most]);
  for (std::size_t most = 0; most < 20; ++most) EXPECT_TRUE(is_utf8(utf8_prefix(every_length, most)));
  EXPECT_EQ(utf8_prefix(every_length, every_length.size()), every_length);
}

TEST(Utf8, that_can_be_stored_is_left_as_it_is) {
  EXPECT_TRUE(is_storable(every_length));
  EXPECT_EQ(storable(every_length), every_length);
  EXPECT_EQ(storable(""), "");
}

TEST(Utf8, that_cannot_be_stored_is_replaced_byte_by_byte) {
  const std::string text("a\0b\xff\xc3z\xe2\x82", 8);
  EXPECT_FALSE(is_storable(text));
  EXPECT_FALSE(is_storable(std::string_view("\0", 1)));
  EXPECT_EQ(storable(text), "a\uFFFDb\uFFFD\uFFFDz\uFFFD\uFFFD");
  EXPECT_TRUE(is_storable(storable(text)));
}

}  // namespace
}  // namespace waybill::base
