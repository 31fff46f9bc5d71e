#include <gtest/gtest.h>

#include "waybill/http/json_body.hpp"

namespace waybill::http {
namespace {

using namespace std::string_literals;

enum class Colour { red, green };
enum class Medium { email, sms };

/// "#/a is …; it takes …", a line each.
std::string told(const JsonBody& body) {
  const auto problem = body.problem();
  if (!problem) return "";
  std::string all;
  for (const auto& error : problem->errors)
    all += (all.empty() ? "" : "\n") + error.pointer + " " + error.detail;
  return problem->errors.empty() ? problem->detail : all;
}

template <class Read>
std::string told_of(std::string_view text, Read read, const JsonOptions& options = {}) {
  JsonBody body(text, options);
  read(body);
  return told(body);
}

const auto text_a = [](JsonBody& body) { (void)body.text("a", {.min = 1, .max = 4}); };
const auto integer_a = [](JsonBody& body) { (void)body.integer("a", 1, 1000); };
const auto boolean_a = [](JsonBody& body) { (void)body.boolean("a"); };
const auto nothing_asked = [](JsonBody&) {};

TEST(JsonProblems, what_is_missing_is_named_with_what_it_takes) {
  EXPECT_EQ(told_of("{}", text_a), "#/a is missing; it takes a text of 1 to 4 characters");
  EXPECT_EQ(told_of("{}", integer_a), "#/a is missing; it takes a whole number from 1 to 1000");
  EXPECT_EQ(told_of("{}", boolean_a), "#/a is missing; it takes true or false");
  EXPECT_EQ(told_of("{}", [](JsonBody& body) { (void)body.uuid("a"); }),
            "#/a is missing; it takes a UUID of 36 characters");
  EXPECT_EQ(told_of("{}", [](JsonBody& body) { (void)body.texts("a", {.min = 0, .max = 3}); }),
            "#/a is missing; it takes a list of up to 3 texts");
  EXPECT_EQ(told_of("{}",
                    [](JsonBody& body) {
                      (void)body.list<int>("a", {2, 2}, [](JsonObject&) { return 0; });
                    }),
            "#/a is missing; it takes a list of 2 objects");
  EXPECT_EQ(told_of("{}", [](JsonBody& body) { (void)body.object<int>("a", [](JsonObject&) { return 0; }); }),
            "#/a is missing; it takes an object");
  EXPECT_EQ(told_of("{}",
                    [](JsonBody& body) {
                      (void)body.one_of<Colour>("a", {{"red", Colour::red}, {"green", Colour::green}});
                    }),
            "#/a is missing; it takes 'red' or 'green'");
}

TEST(JsonProblems, a_value_of_another_kind_is_refused) {
  EXPECT_EQ(told_of(R"({"a": 7})", text_a), "#/a is a number; it takes a text of 1 to 4 characters");
  EXPECT_EQ(told_of(R"({"a": "7"})", integer_a), "#/a is a text; it takes a whole number from 1 to 1000");
  EXPECT_EQ(told_of(R"({"a": "true"})", boolean_a), "#/a is a text; it takes true or false");
  EXPECT_EQ(told_of(R"({"a": [true]})", boolean_a), "#/a is a list; it takes true or false");
  EXPECT_EQ(told_of(R"({"a": {}})", boolean_a), "#/a is an object; it takes true or false");
}

// null means "unset" to one program and "left out" to another.
TEST(JsonProblems, null_is_no_value_of_any_field) {
  EXPECT_EQ(told_of(R"({"a": null})", boolean_a), "#/a is null; it takes true or false");
  EXPECT_EQ(told_of(R"({"a": null})", [](JsonBody& body) { (void)body.optional_boolean("a"); }),
            "#/a is null; it takes true or false, or is left out");
}

TEST(JsonProblems, a_number_that_is_not_whole_or_not_written_so_is_refused) {
  for (const auto* number : {"1.0", "1e2", "1E2", "0.5", "-1.5"}) {
    EXPECT_EQ(told_of(R"({"a": )"s + number + "}", integer_a),
              "#/a is "s + number +
                  ", which is not written as a whole number; it takes a whole number from 1 to 1000");
  }
}

TEST(JsonProblems, a_number_out_of_range_is_refused_whatever_its_size) {
  EXPECT_EQ(told_of(R"({"a": 0})", integer_a), "#/a is 0; it takes a whole number from 1 to 1000");
  EXPECT_EQ(told_of(R"({"a": 1001})", integer_a), "#/a is 1001; it takes a whole number from 1 to 1000");
  const auto any = [](JsonBody& body) { (void)body.integer("a", INT64_MIN, INT64_MAX); };
  EXPECT_NE(told_of(R"({"a": 9223372036854775808})", any), "");
  EXPECT_NE(told_of(R"({"a": -9223372036854775809})", any), "");
  EXPECT_EQ(told_of(R"({"a": 99999999999999999999999999999})", integer_a),
            "#/a is 999999999999999999999999…; it takes a whole number from 1 to 1000");
}

TEST(JsonProblems, texts_are_measured_in_characters) {
  EXPECT_EQ(told_of(R"({"a": "\u00e4\u00e4\u00e4\u00e4"})", text_a), "");
  EXPECT_EQ(told_of(R"({"a": "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"})", text_a), "");
  EXPECT_EQ(told_of(R"({"a": ""})", text_a), "#/a is empty; it takes a text of 1 to 4 characters");
  EXPECT_EQ(told_of(R"({"a": "abcde"})", text_a),
            "#/a has 5 characters; it takes a text of 1 to 4 characters");
  const auto three = [](JsonBody& body) { (void)body.text("a", {3, 3}); };
  EXPECT_EQ(told_of(R"({"a": "\ud83d\ude00"})", three),
            "#/a has 1 character; it takes a text of 3 characters");
}

TEST(JsonProblems, control_characters_are_refused_but_for_line_breaks_where_they_are_wanted) {
  EXPECT_EQ(told_of(R"({"a": "\u00e4\u0000"})", text_a),
            "#/a has a control character as its character 2; it takes a text of 1 to 4 characters");
  EXPECT_NE(told_of(R"({"a": "\n"})", text_a), "");
  const auto lines = [](JsonBody& body) { (void)body.text("a", {.max = 9, .lines = true}); };
  EXPECT_EQ(told_of(R"({"a": "x\r\n\ty"})", lines), "");
  EXPECT_EQ(told_of(R"({"a": "x\u0085"})", lines),
            "#/a has a control character as its character 2; it takes a text of up to 9 characters, without "
            "control characters but line breaks and tabs");
}

TEST(JsonProblems, a_word_that_is_none_of_a_few_is_shown_with_them) {
  const auto channel = [](JsonBody& body) {
    (void)body.one_of<Medium>("a", {{"email", Medium::email}, {"sms", Medium::sms}});
  };
  EXPECT_EQ(told_of(R"({"a": "emial"})", channel), "#/a is 'emial'; did you mean 'email'?");
  EXPECT_EQ(told_of(R"({"a": "telegraph"})", channel), "#/a is 'telegraph'; it takes 'email' or 'sms'");
  EXPECT_EQ(told_of(R"({"a": "EMAIL"})", channel), "#/a is 'EMAIL'; it takes 'email' or 'sms'");
  EXPECT_EQ(told_of(R"({"a": 1})", channel), "#/a is a number; it takes 'email' or 'sms'");
}

TEST(JsonProblems, lists_tell_which_of_their_items_is_wrong) {
  const auto lines = [](JsonBody& body) {
    (void)body.list<std::int64_t>("a", {1, 3}, [](JsonObject& line) { return line.integer("n", 0, 9); });
  };
  EXPECT_EQ(told_of(R"({"a": [{"n": 1}, 5, {"n": 10}]})", lines),
            "#/a/1 is a number; it takes an object\n#/a/2/n is 10; it takes a whole number from 0 to 9");
  EXPECT_EQ(told_of(R"({"a": []})", lines), "#/a is empty; it takes a list of 1 to 3 objects");
  EXPECT_EQ(told_of(R"({"a": [{}, {}, {}, {}]})", lines), "#/a has 4; it takes a list of 1 to 3 objects");
  const auto texts = [](JsonBody& body) { (void)body.texts("a", {0, 3}, {1, 2}); };
  EXPECT_EQ(told_of(R"({"a": ["x", null, "yyy"]})", texts),
            "#/a/1 is null; it takes a text of 1 to 2 characters\n"
            "#/a/2 has 3 characters; it takes a text of 1 to 2 characters");
}

// A misspelt optional field would be dropped in silence: an order without its discount.
TEST(JsonProblems, what_nobody_asked_for_is_refused_with_what_was_probably_meant) {
  const auto line = [](JsonBody& body) {
    (void)body.text("sku");
    (void)body.optional_integer("quantity", 1, 9);
  };
  EXPECT_EQ(told_of(R"({"sku": "x", "quantty": 1})", line),
            "#/quantty is not known; did you mean 'quantity'?");
  EXPECT_EQ(told_of(R"({"sku": "x", "colour": 1})", line),
            "#/colour is not known; it takes 'quantity' and 'sku'");
  EXPECT_EQ(told_of(R"({"x": {"y": 1}})", nothing_asked), "#/x is not known; there are no fields here");
}

TEST(JsonProblems, what_nobody_asked_for_is_found_in_inner_objects_too) {
  const auto read = [](JsonBody& body) {
    (void)body.list<std::int64_t>("a", {}, [](JsonObject& line) { return line.integer("n", 0, 9); });
    (void)body.object<std::int64_t>("b", [](JsonObject& inner) { return inner.integer("n", 0, 9); });
  };
  EXPECT_EQ(told_of(R"({"a": [{"n": 1}, {"n": 1, "N": 2}], "b": {"m": 1, "n": 1}, "c": 1})", read),
            "#/a/1/N is not known; did you mean 'n'?\n"
            "#/b/m is not known; did you mean 'n'?\n"
            "#/c is not known; did you mean 'a'?");
}

TEST(JsonProblems, the_name_of_a_field_is_escaped_in_a_pointer_and_a_long_one_is_not_in_it) {
  EXPECT_EQ(told_of(R"({"a/b ~\u00e4": 1})", nothing_asked),
            "#/a~1b%20~0%C3%A4 is not known; there are no fields here");
  const std::string name(65, 'n');
  EXPECT_EQ(told_of("{\"" + name + "\": 1}", nothing_asked),
            "# has an unknown field '" + name.substr(0, 24) + "…'; there are no fields here");
}

TEST(JsonProblems, tell_of_twenty_and_count_the_others) {
  std::string text = "{";
  for (int i = 0; i < 33; ++i) text += std::string(i == 0 ? "" : ",") + "\"k" + std::to_string(i) + "\": 1";
  text += "}";
  JsonBody body(text);
  for (int i = 0; i < 5; ++i) (void)body.text("t" + std::to_string(i));
  const auto problem = body.problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->errors.size(), 20U);
  EXPECT_EQ(problem->errors[4].pointer, "#/t4");
  EXPECT_EQ(problem->errors[5].pointer, "#/k0");
  EXPECT_EQ(problem->detail, "38 fields are refused; 'errors' tells of the first 20");
}

TEST(JsonProblems, are_422_when_the_body_is_json_and_400_when_it_is_none) {
  JsonBody wrong("{}");
  (void)wrong.text("a");
  EXPECT_EQ(wrong.problem()->status, 422);
  EXPECT_EQ(wrong.problem()->name, "body-invalid");
  EXPECT_EQ(wrong.problem()->detail, "#/a is missing; it takes a text of up to 256 characters");
  (void)wrong.text("b");
  EXPECT_EQ(wrong.problem()->detail, "2 fields are refused; 'errors' tells of each");

  JsonBody malformed("{\n  \"a\": 1,\n  \"a\": 2}");
  EXPECT_EQ(malformed.problem()->status, 400);
  EXPECT_EQ(malformed.problem()->name, "body-malformed");
  EXPECT_EQ(malformed.problem()->detail, "line 3, column 3 (byte 14): 'a' is there twice");
}

TEST(JsonProblems, nothing_is_read_of_a_body_that_is_no_json) {
  bool has_read = false;
  JsonBody body(R"({"a": "x", "b": {}, "c": [{}], )");
  const auto read = [&](JsonObject&) { return has_read = true; };
  EXPECT_EQ(body.text("a"), "");
  EXPECT_EQ(body.object<bool>("b", read), false);
  EXPECT_TRUE(body.list<bool>("c", {}, read).empty());
  body.refuse("a", "is wrong");
  EXPECT_FALSE(has_read);
  EXPECT_EQ(body.problem()->errors.size(), 0U);
}

TEST(JsonProblems, a_body_is_one_object) {
  EXPECT_EQ(told_of("", nothing_asked), "the body is empty; send a JSON object");
  EXPECT_EQ(told_of("[{}]", text_a), "# is a list; it takes an object");
  EXPECT_EQ(told_of("null", text_a), "# is null; it takes an object");
  JsonBody list("[]");
  EXPECT_EQ(list.problem()->detail, "the body is a list; it takes an object");
}

TEST(JsonProblems, are_bounded_in_depth_and_values_by_the_options) {
  EXPECT_EQ(told_of(R"({"a": [[]]})", nothing_asked, {.depth = 2}),
            "line 1, column 8 (byte 7): it is nested deeper than the 2 levels that are read");
  EXPECT_EQ(told_of(R"({"a": 1, "b": 2})", nothing_asked, {.values = 2}),
            "line 1, column 15 (byte 14): it holds more than the 2 values that are read");
}

// Problems are logged, and shown to whoever looks over the developer's shoulder.
TEST(JsonProblems, show_nothing_of_a_secret_value) {
  const JsonOptions secret{.secrets = {"a"}};
  const auto word_a = [](JsonBody& body) { (void)body.one_of<Medium>("a", {{"email", Medium::email}}); };
  const auto uuid_a = [](JsonBody& body) { (void)body.uuid("a"); };
  EXPECT_EQ(told_of(R"({"a": 4711})", integer_a, secret),
            "#/a is another number; it takes a whole number from 1 to 1000");
  EXPECT_EQ(told_of(R"({"a": "emial"})", word_a, secret), "#/a is another text; it takes 'email'");
  EXPECT_EQ(told_of(R"({"a": "s3cret"})", uuid_a, secret),
            "#/a is another text; it takes a UUID of 36 characters");
  EXPECT_EQ(told_of(R"({"a": "s3cret"})", uuid_a), "#/a is 's3cret'; it takes a UUID of 36 characters");
}

TEST(JsonProblems, a_reader_adds_its_own) {
  JsonBody body(R"({"a": [{"sku": "x"}, {"sku": "x"}]})");
  std::string before;
  (void)body.list<int>("a", {}, [&](JsonObject& line) {
    auto sku = line.text("sku");
    if (sku == before) line.refuse("sku", "is there twice");
    before = std::move(sku);
    return 0;
  });
  body.refuse("b", "is missing, and needed with two lines");
  EXPECT_EQ(told(body), "#/a/1/sku is there twice\n#/b is missing, and needed with two lines");
}

TEST(JsonProblems, of_a_file_are_told_with_their_lines) {
  JsonBody body("{\n  \"a\": 0,\n  \"b\": {\n    \"c\": 1\n  }\n}");
  (void)body.integer("a", 1, 2);
  (void)body.object<int>("b", [](JsonObject&) { return 0; });
  (void)body.text("d");
  EXPECT_EQ(body.problem_lines("f.json"),
            (std::vector<std::string>{"f.json:2: #/a is 0; it takes a whole number from 1 to 2",
                                      "f.json:4: #/b/c is not known; there are no fields here",
                                      "f.json:1: #/d is missing; it takes a text of up to 256 characters"}));
  EXPECT_EQ(
      JsonBody("{\n\n  x").problem_lines("f.json"),
      (std::vector<std::string>{"f.json:3: the file is not read as JSON at column 3: the name of a member "
                                "is expected, in double quotes"}));
  EXPECT_TRUE(JsonBody("{}").problem_lines("f.json").empty());
}

}  // namespace
}  // namespace waybill::http
