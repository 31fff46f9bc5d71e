#include "waybill/runtime/text_position.hpp"

#include <gtest/gtest.h>

#include "waybill/runtime/problems.hpp"

namespace waybill::runtime {
namespace {

TEST(TextPosition, counts_lines_and_columns_from_one) {
  const std::string_view text = "ab\n\ncd";
  EXPECT_EQ(position_at(text, 0), (TextPosition{1, 1}));
  EXPECT_EQ(position_at(text, 1), (TextPosition{1, 2}));
  EXPECT_EQ(position_at(text, 2), (TextPosition{1, 3}));
  EXPECT_EQ(position_at(text, 3), (TextPosition{2, 1}));
  EXPECT_EQ(position_at(text, 5), (TextPosition{3, 2}));
}

TEST(TextPosition, beyond_the_text_is_its_end) {
  EXPECT_EQ(position_at("ab\nc", 100), (TextPosition{2, 2}));
  EXPECT_EQ(position_at("", 1), (TextPosition{1, 1}));
}

TEST(LineCounting, knows_the_line_it_has_come_to) {
  const std::string_view text = "a\nb\n";
  int line = 1;
  LineCounting at(text.data(), &line);
  const LineCounting end(text.data() + text.size(), &line);
  EXPECT_EQ(*at++, 'a');
  EXPECT_EQ(line, 1);
  EXPECT_EQ(*at++, '\n');
  EXPECT_EQ(line, 2);
  while (at != end) ++at;
  EXPECT_EQ(line, 3);
}

TEST(Problems, say_of_what_they_are) {
  EXPECT_EQ((Problems{{"x"}, "the manifest m.json"}).to_string(), "the manifest m.json has 1 problem:\n  x");
  EXPECT_EQ((Problems{{"x", "y"}}).to_string(), "the configuration has 2 problems:\n  x\n  y");
}

}  // namespace
}  // namespace waybill::runtime
