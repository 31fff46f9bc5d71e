#include "waybill/outbox/wire_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

// What stands in the column `headers`, and who wrote it may be anybody.

namespace waybill::outbox {
namespace {

using message::HeaderValue;
using message::WireMessage;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

WireMessage read(std::string_view json) {
  WireMessage message;
  read_headers(json, message);
  return message;
}

TEST(WireJson, reads_back_what_it_wrote) {
  WireMessage message;
  message.app_id = "order";
  message.correlation_id = "o-1";
  message.reply_to = "order.replies";
  message.content_type = "application/json";
  message.timestamp_s = 1'700'000'000;
  message.headers = {
      {"attempt", std::int64_t{2}}, {"fast", true}, {"ratio", 0.5}, {"tenant", "blue \"one\""}};
  EXPECT_EQ(read(write_headers(message)), message);
}

TEST(WireJson, keeps_properties_apart_from_headers_of_like_names) {
  WireMessage message;
  message.app_id = "order";
  message.headers = {{"app_id", "a user's own"}};
  EXPECT_EQ(read(write_headers(message)), message);
}

TEST(WireJson, takes_what_writers_in_other_languages_may_put_there) {
  const auto message = read(
      R"({"nothing": null, "list": [1, 2], "huge": 18446744073709551615,
              ":timestamp": "soon", ":app_id": 7})");
  EXPECT_THAT(message.headers, UnorderedElementsAre(Pair("list", HeaderValue{std::string("[1,2]")}),
                                                    Pair("huge", HeaderValue{18446744073709551615.0})));
  EXPECT_EQ(message.app_id, "7");
  EXPECT_FALSE(message.timestamp_s);
}

TEST(WireJson, takes_what_is_no_object_for_no_headers) {
  for (const auto* json : {"[]", "null", "7", "\"text\"", "{", ""}) {
    EXPECT_EQ(read(json), WireMessage{}) << json;
  }
}

TEST(WireJson, writes_what_the_database_can_keep_also_of_bytes_that_are_no_text) {
  WireMessage message;
  message.headers = {{"name", std::string("\xff\xfe")}, {std::string("n\0", 2), std::string("\0", 1)}};
  EXPECT_THAT(read(write_headers(message)).headers,
              UnorderedElementsAre(Pair("name", HeaderValue{std::string("\uFFFD\uFFFD")}),
                                   Pair("n\uFFFD", HeaderValue{std::string("\uFFFD")})));
}

// PostgreSQL reads it, and refuses a row whose headers are no JSON.
TEST(WireJson, writes_every_character_and_number_as_json_has_it) {
  std::string all;
  for (int c = 1; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\u00e4\u20ac\U0001F600";
  WireMessage message;
  message.headers = {{all, all},
                     {"fraction", 3.0},
                     {"huge", 1e300},
                     {"least", std::numeric_limits<std::int64_t>::min()},
                     {"tiny", -0.1}};
  const auto text = write_headers(message);
  EXPECT_EQ(read(text), message) << text;
  message.headers = {{"a", std::numeric_limits<double>::quiet_NaN()},
                     {"b", std::numeric_limits<double>::infinity()}};
  EXPECT_EQ(write_headers(message), R"({"a":null,"b":null})");
  message.headers = {{"twice", std::int64_t{1}}, {"twice", false}};
  EXPECT_THAT(read(write_headers(message)).headers, UnorderedElementsAre(Pair("twice", HeaderValue{false})));
}

TEST(WireJson, keeps_an_id_that_is_not_of_our_making) {
  WireMessage message;
  message.message_id = "invoice-4711";
  EXPECT_EQ(read(write_headers(message)), message);
  message.message_id = "01a2166a-3c79-70ac-a3fd-c604cd94f86b";
  EXPECT_EQ(write_headers(message), "{}");
}

}  // namespace
}  // namespace waybill::outbox
