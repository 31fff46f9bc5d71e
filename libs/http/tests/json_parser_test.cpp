#include "json/json_parser.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "json/json_pointer.hpp"

namespace waybill::http {
namespace {

using namespace std::string_literals;
using Kind = JsonNode::Kind;

JsonTree parsed(std::string_view text) {
  JsonTree tree;
  const auto flaw = parse_json(text, {}, tree);
  EXPECT_FALSE(flaw) << text << ": " << flaw->what;
  return tree;
}

/// "12: ',' expected"; empty when there is no flaw.
std::string flaw_of(std::string_view text, const JsonBounds& bounds = {}) {
  JsonTree tree;
  const auto flaw = parse_json(text, bounds, tree);
  return flaw ? std::to_string(flaw->offset) + ": " + flaw->what : "";
}

TEST(JsonParser, keeps_values_in_their_order_each_with_its_end) {
  const auto tree = parsed(R"( {"a": [1, {"b": null}, []], "c": true, "d": "x"} )");
  std::vector<std::pair<Kind, std::uint32_t>> shape;
  for (const auto& node : tree.nodes) shape.emplace_back(node.kind, node.end);
  EXPECT_EQ(shape, (std::vector<std::pair<Kind, std::uint32_t>>{{Kind::object, 8},
                                                                {Kind::list, 6},
                                                                {Kind::number, 3},
                                                                {Kind::object, 5},
                                                                {Kind::null, 5},
                                                                {Kind::list, 6},
                                                                {Kind::boolean, 7},
                                                                {Kind::text, 8}}));
  EXPECT_EQ(tree.nodes[0].size, 3U);
  EXPECT_EQ(tree.nodes[1].size, 3U);
  EXPECT_EQ(tree.nodes[1].name, "a");
  EXPECT_EQ(tree.nodes[4].name, "b");
  EXPECT_TRUE(tree.nodes[6].is_true);
  EXPECT_EQ(tree.nodes[7].text, "x");
}

TEST(JsonParser, keeps_numbers_as_they_are_written) {
  for (const auto* number :
       {"0", "-0", "12", "-1.50", "1e2", "1E+2", "0.0e-10", "123456789012345678901234567890"}) {
    const auto tree = parsed(number);
    EXPECT_EQ(tree.nodes[0].kind, Kind::number);
    EXPECT_EQ(tree.nodes[0].text, number);
  }
}

TEST(JsonParser, resolves_every_escape) {
  EXPECT_EQ(parsed(R"("a\"\\\/\b\f\n\r\tz")").nodes[0].text, "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(parsed(R"("\u0041\u00e4\u20AC\ud83d\ude00!")").nodes[0].text,
            "A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80!");
  EXPECT_EQ(parsed(R"("\u0000")").nodes[0].text, "\0"s);
  EXPECT_EQ(parsed(R"("\uD800\uDC00\uDBFF\uDFFF\uFFFF")").nodes[0].text,
            "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\xEF\xBF\xBF");
}

// Texts with escapes share one room, which must never move under those already read.
TEST(JsonParser, many_escaped_texts_stay_as_they_were_read) {
  std::string text = "[";
  for (int i = 0; i < 2'000; ++i)
    text += std::string(i == 0 ? "" : ",") + R"("\n)" + std::to_string(i) + R"(\u00e4")";
  const auto tree = parsed(text + "]");
  for (std::size_t i = 0; i < 2'000; ++i) {
    ASSERT_EQ(tree.nodes[i + 1].text, "\n" + std::to_string(i) + "\xC3\xA4");
  }
}

TEST(JsonParser, says_where_it_is_no_json_and_what_is_expected) {
  EXPECT_EQ(flaw_of(""), "0: there is no value");
  EXPECT_EQ(flaw_of(" \n"), "2: there is no value");
  EXPECT_EQ(flaw_of(R"({"a": 1)"), "7: ',' or '}' is expected");
  EXPECT_EQ(flaw_of("[1 2]"), "3: ',' or ']' is expected");
  EXPECT_EQ(flaw_of(R"({"a" 1})"), "5: ':' is expected behind a name");
  EXPECT_EQ(flaw_of("{a: 1}"), "1: the name of a member is expected, in double quotes");
  EXPECT_EQ(flaw_of(R"({"a": 1,})"), "8: the name of a member is expected, in double quotes");
  EXPECT_EQ(flaw_of("[1,]"), "3: a value is expected");
  EXPECT_EQ(flaw_of("[,1]"), "1: a value is expected");
  EXPECT_EQ(flaw_of("{} {}"), "3: nothing is expected behind the value");
  EXPECT_EQ(flaw_of("{}\0"s), "2: nothing is expected behind the value");
  EXPECT_EQ(flaw_of("[01]"), "1: a number does not begin with zeros");
  EXPECT_EQ(flaw_of("[-]"), "2: a digit is expected");
  EXPECT_EQ(flaw_of("[1.]"), "3: a digit is expected");
  EXPECT_EQ(flaw_of("[1e+]"), "4: a digit is expected");
  EXPECT_EQ(flaw_of("[\"a\nb\"]"), "3: a control character in a text must be escaped");
  EXPECT_EQ(flaw_of("[\"a"), "3: the text has no end");
  EXPECT_EQ(flaw_of("[\"a\\"), "3: the text has no end");
  EXPECT_EQ(flaw_of(R"(["\x41"])"), "2: there is no such escape");
  EXPECT_EQ(flaw_of(R"(["\u12g4"])"), "2: four hex digits are expected behind \\u");
  EXPECT_EQ(flaw_of(R"({"a": 1, "b": {"\u0061": 1, "a": 2}})"), "28: 'a' is there twice");
}

TEST(JsonParser, takes_nothing_that_only_other_parsers_take) {
  for (const auto* text :
       {"nul", "True", "NaN", "Infinity", "-Infinity", "+1", ".5", "0x10", "1_000", "'a'", "// x\n1",
        "1 // x", "/* */ 1", "[1;2]", "{\"a\"=1}", "undefined", "\v1", "\u00a01"}) {
    EXPECT_NE(flaw_of(text), "") << text;
  }
}

TEST(JsonParser, half_a_surrogate_pair_is_no_character) {
  for (const auto* text : {R"("\ud83d")", R"("\ude00")", R"("\ud83d\n")", R"("\ud83d\u0041")",
                           R"("\ud83d\ud83d")", R"("\ud83dx")", R"("\ude00\ud83d")", R"("\ude00\ude00")"}) {
    EXPECT_NE(flaw_of(text).find("surrogate"), std::string::npos) << text;
  }
  EXPECT_NE(flaw_of("\"\\ud83d\\u"), "");
}

TEST(JsonParser, is_of_utf8_alone) {
  EXPECT_EQ(flaw_of("\xEF\xBB\xBF{}"), "0: a byte order mark is not a part of JSON");
  EXPECT_EQ(flaw_of("[\"a\xFF\"]"), "3: this is not UTF-8");
  EXPECT_EQ(flaw_of("\"\xED\xA0\x80\""), "1: this is not UTF-8");
  EXPECT_NE(flaw_of("{\0}\0"s), "");
}

// One parser keeps the first of two members and the next one the last: who checked and who acts differ.
TEST(JsonParser, a_name_is_there_once_in_objects_of_any_size_and_in_different_ones_again) {
  EXPECT_EQ(flaw_of(R"([{"a": 1}, {"a": {"a": 1}}])"), "");
  for (const int members : {2, 11, 12, 13, 14, 500}) {
    std::string all_different;
    for (int i = 1; i < members; ++i) all_different += ",\"k" + std::to_string(i) + "\":{\"k0\":1}";
    EXPECT_EQ(flaw_of("{\"k0\":1" + all_different + "}"), "") << members;
    EXPECT_NE(flaw_of("{\"k0\":1" + all_different + ",\"k0\":2}").find("'k0' is there twice"),
              std::string::npos)
        << members;
    EXPECT_NE(flaw_of("{\"\":1" + all_different + ",\"\":2}").find("twice"), std::string::npos) << members;
  }
}

TEST(JsonParser, is_bounded_in_depth_and_in_values) {
  EXPECT_EQ(flaw_of("[[[1]]]", {.depth = 3}), "");
  EXPECT_EQ(flaw_of("[[{\"a\":[]}]]", {.depth = 3}),
            "7: it is nested deeper than the 3 levels that are read");
  EXPECT_EQ(flaw_of("[[],[],[]]", {.depth = 2}), "");
  EXPECT_EQ(flaw_of("[1,2]", {.values = 3}), "");
  EXPECT_EQ(flaw_of("[1,2,3]", {.values = 3}), "5: it holds more than the 3 values that are read");
}

TEST(JsonParser, no_depth_takes_stack) {
  const std::size_t depth = 1'000'000;
  const JsonBounds bounds{.depth = depth, .values = depth + 1};
  EXPECT_EQ(flaw_of(std::string(depth, '[') + std::string(depth, ']'), bounds), "");
  EXPECT_EQ(flaw_of(std::string(depth, '['), bounds), "1000000: a value is expected");
}

// A body of a million names costs its sender nothing, and must not cost the square of that here.
TEST(JsonParser, many_members_are_not_each_compared_with_all_others) {
  const int members = 300'000;
  std::string text = "{";
  for (int i = 0; i < members; ++i)
    text += std::string(i == 0 ? "" : ",") + "\"k" + std::to_string(i) + "\":1";
  const auto began = std::clock();
  EXPECT_EQ(flaw_of(text + "}", {.values = members + 1}), "");
  EXPECT_LT((std::clock() - began) / CLOCKS_PER_SEC, 30) << "seconds of this processor";
}

TEST(JsonPointer, leads_to_each_value) {
  const auto tree = parsed(R"({"a": [1, {"b": null}], "m~n/o p%\u00e4\"": {"": 2}})");
  std::vector<std::string> pointers;
  for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) pointers.push_back(pointer_to(tree, i));
  EXPECT_EQ(pointers, (std::vector<std::string>{"#", "#/a", "#/a/0", "#/a/1", "#/a/1/b",
                                                "#/m~0n~1o%20p%25%C3%A4%22", "#/m~0n~1o%20p%25%C3%A4%22/"}));
}

}  // namespace
}  // namespace waybill::http
