#include "log_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "text.hpp"

namespace waybill::telemetry::detail {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

LogLine line_of(std::string_view event, std::span<const Field> fields) {
  return {.time = {}, .level = Level::info, .service = "order", .event = event, .fields = fields};
}

nlohmann::json parsed(std::string_view event, std::initializer_list<Field> fields) {
  return nlohmann::json::parse(json_line(line_of(event, {fields.begin(), fields.size()})));
}

std::string console(std::string_view event, std::initializer_list<Field> fields, bool colour = false) {
  return console_line(line_of(event, {fields.begin(), fields.size()}), colour);
}

bool breaks_a_line(std::string_view text) {
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F) return true;
  }
  return false;
}

TEST(JsonLine, escapes_control_characters_and_keeps_them_readable) {
  const std::string text{"a\nb\r\"c\"\\\t\0d\x1b[31m\x7f", 16};
  EXPECT_EQ(parsed("event", {{"text", text}})["text"], text);
  const Field field{"text", text};
  EXPECT_FALSE(breaks_a_line(json_line(line_of("event", {&field, 1}))));
}

// Some readers split lines at U+2028 and U+0085; U+202E shows the rest of a line backwards.
TEST(JsonLine, escapes_characters_that_end_or_turn_a_line_elsewhere) {
  std::string out;
  append_escaped(out, "\xE2\x80\xA8|\xC2\x85|\xE2\x80\xAE|\xE2\x81\xA6|ü|\xF0\x9F\x98\x80", 100);
  EXPECT_EQ(out, "\\u2028|\\u0085|\\u202e|\\u2066|ü|\xF0\x9F\x98\x80");
}

TEST(JsonLine, replaces_what_is_not_utf8) {
  const auto replaced = [](std::string_view text) {
    std::string out;
    append_escaped(out, text, 100);
    return out;
  };
  EXPECT_EQ(replaced("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(replaced("\xC3"), "\xEF\xBF\xBD") << "cut in mid-character";
  EXPECT_EQ(replaced("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(replaced("\xE0\x80\x80").size(), 9U) << "overlong";
  EXPECT_EQ(replaced("\xED\xA0\x80").size(), 9U) << "surrogate";
  EXPECT_EQ(replaced("\xF4\x90\x80\x80").size(), 12U) << "beyond Unicode";
}

TEST(JsonLine, cuts_a_huge_value_and_says_how_long_it_was) {
  const std::string huge(1'000'000, 'x');
  const std::string value = parsed("event", {{"body", huge}})["body"];
  EXPECT_EQ(value, std::string(1'024, 'x') + "…(cut, 1000000 bytes)");
}

TEST(JsonLine, does_not_cut_within_a_character) {
  std::string text(1'023, 'x');
  text += "üü";
  const std::string value = parsed("event", {{"text", text}})["text"];
  EXPECT_EQ(value, std::string(1'023, 'x') + "…(cut, 1027 bytes)");
}

TEST(JsonLine, stays_bounded_with_many_large_fields_and_counts_what_it_left_out) {
  const std::string nasty(100'000, '\x01');
  std::vector<std::string> names;
  names.reserve(200);
  for (int index = 0; index < 200; ++index) names.push_back("field" + std::to_string(index));
  std::vector<Field> fields;
  fields.reserve(names.size());
  for (const auto& name : names) fields.emplace_back(name, nasty);
  const auto line = json_line(line_of(nasty, fields));
  EXPECT_LT(line.size(), 32'768U);
  EXPECT_GT(nlohmann::json::parse(line)["fields_cut"], 150);

  for (auto& field : fields) field.value = true;
  EXPECT_EQ(nlohmann::json::parse(json_line(line_of("many", fields)))["fields_cut"], 200 - 64);
}

TEST(JsonLine, keeps_its_own_names_for_itself) {
  const auto line = parsed("event", {{"time", "noon"}, {"event", "other"}, {"level", 9}, {"trace_id", "x"}});
  EXPECT_EQ(line["event"], "event");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["time_"], "noon");
  EXPECT_EQ(line["event_"], "other");
  EXPECT_EQ(line["level_"], 9);
  EXPECT_FALSE(line.contains("trace_id"));
}

TEST(JsonLine, writes_numbers_that_json_has_no_word_for_as_text) {
  const double infinite = std::numeric_limits<double>::infinity();
  const auto line = parsed("event", {{"a", infinite}, {"b", -infinite}, {"c", std::nan("")}});
  EXPECT_EQ(line["a"], "inf");
  EXPECT_EQ(line["b"], "-inf");
  EXPECT_EQ(line["c"], "nan");
}

TEST(JsonLine, writes_a_name_given_twice_once) {
  const auto text = json_line(line_of("event", std::vector<Field>{{"a", 1}, {"a", 2}}));
  EXPECT_THAT(text, HasSubstr("\"a\":1"));
  EXPECT_THAT(text, Not(HasSubstr("\"a\":2")));
}

// Whatever a peer sends us may end up in a field: no bytes at all may break a line or its JSON.
TEST(LogLine, survives_any_bytes_in_event_names_and_values) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<std::size_t> length(0, 1'500);
  const auto rubbish = [&] {
    std::string text(length(random), '\0');
    for (auto& character : text) character = static_cast<char>(byte(random));
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    const auto event = rubbish();
    const auto name = rubbish();
    const auto value = rubbish();
    const std::vector<Field> fields{{name, value}, {"after", round}};
    auto line = line_of(event, fields);
    line.service = name;
    const auto json = json_line(line);
    ASSERT_FALSE(breaks_a_line(json)) << "round " << round;
    ASSERT_EQ(nlohmann::json::parse(json)["after"], round);
    const auto text = console_line(line, false);
    ASSERT_FALSE(breaks_a_line(text)) << "round " << round;
    ASSERT_THAT(text, EndsWith("after=" + std::to_string(round)));
  }
}

TEST(ConsoleLine, aligns_level_and_event_and_quotes_only_where_needed) {
  EXPECT_EQ(
      console("stopped", {{"host", "rabbit"}, {"reason", "no route"}, {"empty", ""}, {"n", 3}}),
      "00:00:00.000 INFO  order stopped                      host=rabbit reason=\"no route\" empty=\"\" n=3");
  EXPECT_EQ(console("stopped", {}), "00:00:00.000 INFO  order stopped");
}

TEST(ConsoleLine, is_without_escape_sequences_unless_it_may_have_colour) {
  EXPECT_THAT(console("stopped", {{"n", 3}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(console("stopped", {{"n", 3}}, true), HasSubstr("\x1b[32mINFO \x1b[0m"));
}

// A value that looks like the next field would deceive whoever reads the log.
TEST(ConsoleLine, cannot_be_made_to_show_a_field_that_is_not_there) {
  EXPECT_THAT(console("event", {{"name", "x admin=true"}}), EndsWith("name=\"x admin=true\""));
  EXPECT_THAT(console("event", {{"name", "x\" admin=\"true"}}), EndsWith(R"(name="x\" admin=\"true")"));
  EXPECT_THAT(console("event", {{"name", "x\nERROR"}}), EndsWith(R"(name="x\nERROR")"));
}

}  // namespace
}  // namespace waybill::telemetry::detail
