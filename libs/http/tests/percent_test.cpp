#include "percent.hpp"

#include <gtest/gtest.h>

#include "characters.hpp"

namespace waybill::http {
namespace {

using namespace std::string_literals;

TEST(Percent, escapes_are_decoded_once_in_either_case) {
  EXPECT_EQ(percent_decoded("", false), "");
  EXPECT_EQ(percent_decoded("a%20b", false), "a b");
  EXPECT_EQ(percent_decoded("%c3%A4%2f", false), "\xC3\xA4/");
  EXPECT_EQ(percent_decoded("%2541", false), "%41");
}

TEST(Percent, a_plus_is_a_space_in_a_query_and_itself_in_a_path) {
  EXPECT_EQ(percent_decoded("a+b%2B", true), "a b+");
  EXPECT_EQ(percent_decoded("a+b%2B", false), "a+b+");
}

TEST(Percent, what_is_no_escape_is_refused) {
  for (const auto* text : {"%", "%4", "a%", "a%4", "%4g", "%g4", "% 4", "%-1", "%%41", "%u0041"}) {
    EXPECT_EQ(percent_decoded(text, false), std::nullopt) << text;
  }
}

// A NUL cuts a text short for whoever reads it in C; overlong forms hide a '/' from whoever looks for it.
TEST(Percent, what_is_not_utf8_or_has_control_characters_is_refused) {
  for (const auto* text :
       {"%00", "a%0Ab", "%0d", "%1F", "%7F", "%C2%85", "%FF", "%C3", "%C0%AF", "%ED%A0%80", "%F4%90%80%80"}) {
    EXPECT_EQ(percent_decoded(text, false), std::nullopt) << text;
  }
  EXPECT_EQ(percent_decoded("a\0b"s, false), std::nullopt);
  EXPECT_EQ(percent_decoded("\n", false), std::nullopt);
  EXPECT_EQ(percent_decoded("%C2%A0", false), "\xC2\xA0");
}

TEST(Percent, what_is_encoded_is_decoded_as_it_was) {
  EXPECT_EQ(percent_encoded("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(percent_encoded("a b/%\xC3\xA4"), "a%20b%2F%25%C3%A4");
  EXPECT_EQ(percent_decoded(percent_encoded("/?#[]@!$&'()*+,;= \"<>"), true), "/?#[]@!$&'()*+,;= \"<>");
}

TEST(Characters, are_code_points_not_bytes) {
  EXPECT_EQ(character_count(""), 0U);
  EXPECT_EQ(character_count("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U);
}

TEST(Characters, control_characters_are_found_where_they_stand) {
  constexpr auto none = std::string_view::npos;
  EXPECT_EQ(control_character_at("plain \xC3\xA4 \xE2\x82\xAC"), none);
  EXPECT_EQ(control_character_at("ab\x1F"), 2U);
  EXPECT_EQ(control_character_at("\x7F"), 0U);
  EXPECT_EQ(control_character_at("a\xC2\x80"), 1U);
  EXPECT_EQ(control_character_at("a\xC2\x9F"), 1U);
  EXPECT_EQ(control_character_at("a\xC2\xA0"), none);
  EXPECT_EQ(control_character_at("a\nb\tc\r"), 1U);
  EXPECT_EQ(control_character_at("a\nb\tc\r", LineBreaks::allowed), none);
  EXPECT_EQ(control_character_at("a\n\x0B", LineBreaks::allowed), 2U);
}

}  // namespace
}  // namespace waybill::http
