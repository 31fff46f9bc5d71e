#include "waybill/http/json_body.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace waybill::http {
namespace {

enum class Channel { email, sms };

struct Line {
  std::string sku;
  std::int64_t quantity = 0;
  friend bool operator==(const Line&, const Line&) = default;
};

struct Address {
  std::string city;
  bool is_abroad = false;
};

Line read_line(JsonObject& line) {
  return {.sku = line.text("sku", {1, 64}), .quantity = line.integer("quantity", 1, 1000)};
}

TEST(JsonBody, is_read_field_by_field) {
  const std::string text = R"({
    "customer_id": "c-1", "note": "gr\u00fcn", "count": -3, "urgent": true, "channel": "sms",
    "id": "018D3F2E-0000-7000-8000-0000000000AB", "tags": ["a", "b"],
    "address": {"city": "Ulm", "abroad": false},
    "lines": [{"sku": "x", "quantity": 1}, {"quantity": 1000, "sku": "y"}]})";
  JsonBody body(text);
  EXPECT_EQ(body.text("customer_id", {.min = 1, .max = 64}), "c-1");
  EXPECT_EQ(body.optional_text("note", {0, 4}), "gr\xC3\xBCn");
  EXPECT_EQ(body.integer("count", -3, 3), -3);
  EXPECT_TRUE(body.boolean("urgent"));
  EXPECT_EQ(body.one_of<Channel>("channel", {{"email", Channel::email}, {"sms", Channel::sms}}),
            Channel::sms);
  EXPECT_EQ(body.uuid("id").to_string(), "018d3f2e-0000-7000-8000-0000000000ab");
  EXPECT_EQ(body.texts("tags", {.min = 1, .max = 2}, {1, 1}), (std::vector<std::string>{"a", "b"}));
  const auto address = body.object<Address>("address", [](JsonObject& inner) {
    return Address{.city = inner.text("city"), .is_abroad = inner.boolean("abroad")};
  });
  EXPECT_EQ(address.city, "Ulm");
  EXPECT_FALSE(address.is_abroad);
  EXPECT_EQ(body.list<Line>("lines", {.min = 1, .max = 2}, read_line),
            (std::vector<Line>{{"x", 1}, {"y", 1000}}));
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, optional_fields_may_be_missing) {
  JsonBody body("{}");
  EXPECT_EQ(body.optional_text("a"), std::nullopt);
  EXPECT_EQ(body.optional_integer("b", 0, 1), std::nullopt);
  EXPECT_EQ(body.optional_boolean("c"), std::nullopt);
  EXPECT_EQ(body.optional_uuid("d"), std::nullopt);
  EXPECT_EQ(body.optional_one_of<Channel>("e", {{"email", Channel::email}}), std::nullopt);
  EXPECT_EQ(body.optional_texts("f", {}), std::nullopt);
  EXPECT_EQ(body.optional_object<Line>("g", read_line), std::nullopt);
  EXPECT_EQ(body.optional_list<Line>("h", {}, read_line), std::nullopt);
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, optional_fields_that_are_there_are_read) {
  JsonBody body(R"({"a": "", "b": 1, "c": false, "d": "00000000-0000-0000-0000-000000000000", "e": "email",
                    "f": [], "g": {"sku": "x", "quantity": 2}, "h": []})");
  EXPECT_EQ(body.optional_text("a"), "");
  EXPECT_EQ(body.optional_integer("b", 0, 1), 1);
  EXPECT_EQ(body.optional_boolean("c"), false);
  EXPECT_EQ(body.optional_uuid("d"), base::Uuid{});
  EXPECT_EQ(body.optional_one_of<Channel>("e", {{"email", Channel::email}}), Channel::email);
  EXPECT_EQ(body.optional_texts("f", {}), std::vector<std::string>{});
  EXPECT_EQ(body.optional_object<Line>("g", read_line), (Line{"x", 2}));
  EXPECT_EQ(body.optional_list<Line>("h", {}, read_line), std::vector<Line>{});
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, a_text_becomes_what_its_reader_makes_of_it) {
  const auto length_of_a = [](std::string_view text) {
    return text.starts_with('a') ? std::optional(text.size()) : std::nullopt;
  };
  JsonBody body(R"({"x": "abc", "y": "bc"})");
  EXPECT_EQ(body.parsed<std::size_t>("x", "a text with an a", length_of_a), 3U);
  EXPECT_EQ(body.optional_parsed<std::size_t>("z", "a text with an a", length_of_a), std::nullopt);
  EXPECT_EQ(body.problem()->detail, "#/y is not known; did you mean 'z'?");
  EXPECT_EQ(body.parsed<std::size_t>("y", "a text with an a", length_of_a), 0U);
  EXPECT_EQ(body.problem()->detail, "#/y is 'bc'; it takes a text with an a");
}

TEST(JsonBody, whole_numbers_reach_to_the_ends_of_64_bits) {
  JsonBody body(R"({"least": -9223372036854775808, "most": 9223372036854775807, "zero": -0})");
  EXPECT_EQ(body.integer("least", INT64_MIN, INT64_MAX), INT64_MIN);
  EXPECT_EQ(body.integer("most", INT64_MIN, INT64_MAX), INT64_MAX);
  EXPECT_EQ(body.integer("zero", 0, 0), 0);
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, names_are_known_however_they_are_escaped) {
  JsonBody body(R"({"\u0073ku": "x", "gr\u00fcn/~": 1})");
  EXPECT_EQ(body.text("sku"), "x");
  EXPECT_EQ(body.integer("gr\xC3\xBCn/~", 1, 1), 1);
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, a_field_may_be_asked_for_twice) {
  JsonBody body(R"({"a": 1})");
  EXPECT_EQ(body.integer("a", 0, 1), 1);
  EXPECT_EQ(body.integer("a", 0, 1), 1);
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, objects_within_lists_within_objects_are_read) {
  JsonBody body(R"({"a": [{"b": [{"c": [{"d": 7}]}]}, {"b": []}]})");
  std::int64_t found = 0;
  const auto outer = body.list<std::size_t>("a", {}, [&](JsonObject& a) {
    return a
        .list<int>("b", {},
                   [&](JsonObject& b) {
                     return b
                         .list<int>("c", {},
                                    [&](JsonObject& c) {
                                      found = c.integer("d", 0, 9);
                                      return 0;
                                    })
                         .front();
                   })
        .size();
  });
  EXPECT_EQ(outer, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(found, 7);
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, gives_values_that_only_move) {
  JsonBody body(R"({"a": [{"n": 1}], "b": {"n": 2}})");
  const auto read = [](JsonObject& object) {
    return std::make_unique<std::int64_t>(object.integer("n", 0, 9));
  };
  const auto list = body.list<std::unique_ptr<std::int64_t>>("a", {}, read);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(*list.front(), 1);
  EXPECT_EQ(*body.object<std::unique_ptr<std::int64_t>>("b", read), 2);
  EXPECT_EQ(body.problem(), std::nullopt);
}

TEST(JsonBody, can_be_moved_while_it_is_read) {
  JsonBody first(R"({"a": 1, "b": 2})");
  EXPECT_EQ(first.integer("a", 0, 9), 1);
  JsonBody second(std::move(first));
  EXPECT_EQ(second.integer("b", 0, 9), 2);
  EXPECT_EQ(second.problem(), std::nullopt);
}

}  // namespace
}  // namespace waybill::http
