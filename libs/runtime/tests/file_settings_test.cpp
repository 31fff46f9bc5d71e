#include "file_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::runtime {
namespace {

using testing::ElementsAre;
using List = std::vector<std::string>;

FileSettings read(std::string_view text) { return read_json_settings(text, "w.json"); }

TEST(FileSettings, joins_the_names_of_nested_objects) {
  const auto file = read(R"({
    "postgres": {
      "url": "postgresql://db",
      "pool": {"size": 8}
    },
    "http.port": 80
  })");
  ASSERT_EQ(file.settings.size(), 3U);
  EXPECT_EQ(file.settings[0].name, "postgres.url");
  EXPECT_EQ(file.settings[0].given, Given("postgresql://db"));
  EXPECT_EQ(file.settings[1].name, "postgres.pool.size");
  EXPECT_EQ(file.settings[1].given, Given("8"));
  EXPECT_EQ(file.settings[2].name, "http.port");
  EXPECT_TRUE(file.problems.empty());
  EXPECT_TRUE(file.complete);
}

TEST(FileSettings, knows_the_line_of_each) {
  const auto file = read("{\"a\": 1,\n\n\"b\":\n2, \"c\": [\n1,\n2\n], \"d\": true\n}");
  ASSERT_EQ(file.settings.size(), 4U);
  EXPECT_EQ(file.settings[0].line, 1);
  EXPECT_EQ(file.settings[1].line, 3);
  EXPECT_EQ(file.settings[2].line, 4);
  EXPECT_EQ(file.settings[3].line, 7);
}

TEST(FileSettings, takes_numbers_and_booleans_as_they_are_written) {
  const auto file =
      read(R"({"a": -3, "b": 1.50, "c": true, "d": 18446744073709551615, "e": ["x", 1, false], "f": []})");
  ASSERT_EQ(file.settings.size(), 6U);
  EXPECT_EQ(file.settings[0].given, Given("-3"));
  EXPECT_EQ(file.settings[1].given, Given("1.50"));
  EXPECT_EQ(file.settings[2].given, Given("true"));
  EXPECT_EQ(file.settings[3].given, Given("18446744073709551615"));
  EXPECT_EQ(file.settings[4].given, Given(List{"x", "1", "false"}));
  EXPECT_EQ(file.settings[5].given, Given(List{}));
}

// The parser would keep the last of the two in silence.
TEST(FileSettings, refuses_a_setting_that_is_there_twice) {
  const auto file = read("{\"a\": {\"b\": 1},\n\"a.b\": 2}");
  EXPECT_THAT(file.problems, ElementsAre("w.json:2: a.b is set twice, also in line 1; keep one of the two"));
}

TEST(FileSettings, refuses_null_and_goes_on) {
  const auto file = read("{\"a\": null, \"b\": 1}");
  EXPECT_THAT(file.problems,
              ElementsAre("w.json:1: a has no value: null is not one; leave the setting out instead"));
  EXPECT_EQ(file.settings.size(), 1U);
  EXPECT_TRUE(file.complete);
}

TEST(FileSettings, refuses_lists_of_anything_but_values) {
  EXPECT_THAT(read("{\"a\": [[1]]}").problems,
              ElementsAre("w.json:1: a has a list in its list; it takes only texts, numbers and booleans"));
  EXPECT_THAT(
      read("{\"a\": [{}]}").problems,
      ElementsAre("w.json:1: a has an object in its list; it takes only texts, numbers and booleans"));
}

// What the parser says of an error quotes what it last read, which may be half a password.
TEST(FileSettings, says_where_the_syntax_ends_without_quoting_it) {
  const auto file = read("{\n  \"a\": \"s3cret,\n  \"b\": 1\n}");
  EXPECT_THAT(
      file.problems,
      ElementsAre("w.json:2: the file is not valid JSON at column 16; mend it there: the rest was not read"));
  EXPECT_FALSE(file.complete);
  EXPECT_THAT(
      read("{\"a\": 1,\n}").problems,
      ElementsAre("w.json:2: the file is not valid JSON at column 1; mend it there: the rest was not read"));
  EXPECT_FALSE(read("").complete);
  EXPECT_FALSE(read("{} {}").complete);
}

TEST(FileSettings, refuses_what_is_not_an_object) {
  for (const char* text : {"[]", "[1]", "3", "\"s3cret\"", "null", "true"}) {
    const auto file = read(text);
    EXPECT_THAT(file.problems, ElementsAre("w.json:1: the file is not a JSON object of settings")) << text;
    EXPECT_FALSE(file.complete);
  }
}

TEST(FileSettings, refuses_objects_nested_beyond_reason) {
  std::string text;
  for (int depth = 0; depth < 100'000; ++depth) text += "{\"a\":";
  EXPECT_THAT(read(text).problems, ElementsAre("w.json:1: objects are nested too deeply to be settings"));
}

}  // namespace
}  // namespace waybill::runtime
