#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envelopes.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

using testing::HasSubstr;
using testing::Not;
using trial::v1::SendParcel;

Result<SendParcel> read_json(const std::string& text) {
  static const Codec codec;
  return codec.decode<SendParcel>(parcel(Encoding::json, text));
}

BadPayload problem_of(const std::string& text) {
  const auto read = read_json(text);
  return read.has_error() ? read.error() : BadPayload{BadReason::unknown_type, "", "it was read"};
}

std::string why_not(const std::string& text) { return problem_of(text).problem; }

const std::string whole =
    R"({"parcelId":"a\u00e9\ud83d\udce6","small":-1,"large":"12","weight":1.5e3,"stamp":"/w==",)"
    R"("colour":"COLOUR_RED","numbers":[1,2],"boxes":[{"label":"x"},{}],"counts":{"k":1},)"
    R"("outermost":{"inner":{"beside":[{}]}},)"
    R"("attachment":{"@type":"type.googleapis.com/trial.v1.Box","width":3},)"
    R"("notes":{"a":[null,true,"t"]},"postedAt":"2026-01-31T12:00:00Z","person":"p","unknown":[{"x":1}]})";

TEST(RubbishJson, that_ends_at_any_byte_but_the_last_is_refused) {
  ASSERT_TRUE(read_json(whole).has_value()) << why_not(whole);
  for (std::size_t length = 0; length < whole.size(); ++length)
    ASSERT_EQ(problem_of(whole.substr(0, length)).reason, BadReason::unreadable) << length;
}

TEST(RubbishJson, with_any_one_byte_changed_ends_in_a_message_or_in_words) {
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'\0', '"', '{', ']', '\\', '9', ' ', '\x80', '\xFF'}) {
      auto text = whole;
      text[at] = byte;
      const auto read = read_json(text);
      if (!read.has_error()) continue;
      ASSERT_FALSE(read.error().problem.empty());
    }
  }
}

TEST(RubbishJson, that_is_no_json_says_where) {
  EXPECT_EQ(why_not(""), "it is empty");
  EXPECT_EQ(why_not("\xEF\xBB\xBF{}"), "it begins with a byte order mark, which JSON has not");
  EXPECT_EQ(why_not("{} x"), "it is not JSON, at byte 4");
  // All of these are JSON to protobuf's own reader.
  for (const auto* text :
       {"{'small':1}", "{small:1}", "{\"small\":1,}", "{\"parcelId\":\"a\nb\"}", "{\"parcelId\":\"a\\qb\"}"})
    EXPECT_THAT(why_not(text), HasSubstr("it is not JSON, at byte ")) << text;
  for (const auto* text :
       {" ", "{}{}", "/**/{}", "{\"small\":01}", "{\"small\":0x1}", "{\"small\":+1}", "{\"small\":.5}",
        "{\"weight\":NaN}", "{\"parcelId\":\"\\ud800\"}", "nul", "{\"a\"}"})
    EXPECT_THAT(why_not(text), HasSubstr("it is not JSON, at byte ")) << text;
}

TEST(RubbishJson, that_is_no_object_is_refused) {
  for (const auto* text : {"null", "[]", "1", "\"x\"", "true", "[{}]"})
    EXPECT_EQ(why_not(text), "it is JSON, but not an object") << text;
}

TEST(RubbishJson, that_is_not_utf8_is_told_from_other_faults) {
  for (const auto* text :
       {"{\"parcelId\":\"\xFF\"}", "{\"unknown\":\"\xC3\"}", "{\"\xC0\x80\":1}", "\xFE\xFF"})
    EXPECT_EQ(problem_of(text).reason, BadReason::invalid_utf8) << text;
  EXPECT_EQ(why_not("{\"parcelId\":\"\xFF\"}"), "it is not UTF-8, at byte 13");
}

// Each reader has its own idea of which one counts; protobuf's even makes one list of two.
TEST(RubbishJson, with_a_name_twice_is_refused) {
  EXPECT_EQ(why_not(R"({"small":1,"small":1})"), "trial.v1.SendParcel.small is there twice");
  EXPECT_EQ(why_not(R"({"parcel_id":"a","parcelId":"b"})"), "trial.v1.SendParcel.parcel_id is there twice");
  EXPECT_EQ(why_not(R"({"boxes":[{"width":1,"label":"","width":2}]})"), "trial.v1.Box.width is there twice");
  EXPECT_EQ(why_not(R"({"outermost":{"inner":{"label":"","label":""}}})"),
            "trial.v1.Box.label is there twice");
  EXPECT_EQ(why_not(R"({"boxesByName":{"k":{"width":1,"width":1}}})"), "trial.v1.Box.width is there twice");
  EXPECT_EQ(why_not(R"({"counts":{"a":1,"a":1}})"), "an object has a name twice");
  EXPECT_EQ(why_not(R"({"unknown":{"a":1,"a":1}})"), "an object has a name twice");
  EXPECT_EQ(why_not(R"({"notes":{"a":1,"a":1}})"), "an object has a name twice");
  EXPECT_EQ(why_not(R"({"person":"x","neighbour":{}})"), "a value does not fit the contract");
}

TEST(RubbishJson, is_not_what_has_one_name_in_several_objects_or_keys_that_only_look_alike) {
  for (const auto* text :
       {R"({"boxes":[{"width":1},{"width":2}]})",
        R"({"outermost":{"label":"","inner":{"label":""}},"small":1})",
        R"({"counts":{"b_a":1,"bA":2,"small":3}})", R"({"notes":{"b_a":1,"bA":{"b_a":2}}})",
        R"({"notes":{"fields":{"k":{"string_value":1,"stringValue":2}}}})",
        R"({"boxesByName":{"inner":{"inner":{}},"width":{"width":1}}})"})
    EXPECT_TRUE(read_json(text).has_value()) << why_not(text);
}

TEST(RubbishJson, names_the_field_that_does_not_fit) {
  EXPECT_EQ(why_not(R"({"small":"x"})"), "small does not fit the contract");
  EXPECT_EQ(why_not(R"({"boxes":[{},{"width":"x"}]})"), "boxes[1].width does not fit the contract");
  EXPECT_EQ(why_not(R"({"outermost":{"beside":[{"inner":5}]}})"),
            "outermost.beside[0].inner does not fit the contract");
  EXPECT_EQ(why_not(R"({"small":[1]})"), "small does not fit the contract");
  EXPECT_EQ(why_not(R"({"outermost":[]})"), "outermost does not fit the contract");
}

TEST(RubbishJson, of_the_wrong_type_or_out_of_range_is_refused) {
  for (const auto* text : {R"({"small":2147483648})",
                           R"({"small":-2147483649})",
                           R"({"small":1.5})",
                           R"({"small":""})",
                           R"({"small":true})",
                           R"({"small":{}})",
                           R"({"count":-1})",
                           R"({"large":9223372036854775808})",
                           R"({"large":"9223372036854775808"})",
                           R"({"large":99999999999999999999999999999999999999})",
                           R"({"large":" 1"})",
                           R"({"weight":"x"})",
                           R"({"weight":1e999})",
                           R"({"volume":1e39})",
                           R"({"isFragile":1})",
                           R"({"stamp":"***"})",
                           R"({"parcelId":5})",
                           R"({"parcelId":true})",
                           R"({"parcelId":{}})",
                           R"({"numbers":[1,"a"]})",
                           R"({"numbers":{"a":1}})",
                           R"({"counts":[1]})",
                           R"({"counts":{"a":"z"}})",
                           R"({"postedAt":"soon"})",
                           R"({"postedAt":"0000-01-01T00:00:00Z"})",
                           R"({"attachment":5})",
                           R"({"attachment":{"@type":"nowhere.v1.Nothing"}})",
                           R"({"attachment":{"@type":"type.googleapis.com/trial.v1.Box","width":"x"}})",
                           R"({"notes":5})"})
    EXPECT_EQ(problem_of(text).reason, BadReason::unreadable) << text;
  EXPECT_EQ(problem_of("{\"weight\":1" + std::string(100'000, '0') + "}").reason, BadReason::unreadable);
  EXPECT_EQ(why_not(R"({"weight":1e999})"), "a number is too large for any field");
}

// Forward compatibility, and what the mapping of proto3 allows besides.
TEST(RubbishJson, is_not_what_an_older_or_a_newer_sender_writes) {
  const auto read = read_json(R"({"unknown":{"deep":[1,{"x":null}]},"small":1e2,"large":7,"parcel_id":"p",)"
                              R"("colour":"COLOUR_NOT_YET_KNOWN","outermost":null,"isFragile":false})");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->small(), 100);
  EXPECT_EQ(read->large(), 7);
  EXPECT_EQ(read->parcel_id(), "p");
  EXPECT_EQ(read->colour(), trial::v1::COLOUR_UNSPECIFIED);
  EXPECT_FALSE(read->has_outermost());
  EXPECT_EQ(read_json(R"({"colour":77})")->colour(), 77);
  EXPECT_EQ(read_json(R"({"stamp":"-_8"})")->stamp(), "\xFB\xFF");
}

// Words about a payload go into logs and dead letters.
TEST(RubbishJson, never_shows_up_in_the_words_about_it) {
  for (const std::string text :
       {R"({"parcelId":"secret","small":"secret"})", R"({"secret":1,"secret":2})", R"({"secret)",
        R"({"counts":{"secret":"secret"}})", R"({"boxesByName":{"secret":{"width":"secret"}}})",
        R"({"stamp":"secret!"})", R"({"postedAt":"secret"})", R"({"attachment":{"@type":"secret"}})",
        R"({"attachment":{"@type":"type.googleapis.com/trial.v1.Box","width":"secret"}})",
        R"({"parcelId":secret})", R"({"numbers":["secret"]})", R"({"colour":["secret"]})"}) {
    const auto problem = problem_of(text);
    EXPECT_EQ(problem.reason, BadReason::unreadable) << text;
    EXPECT_THAT(problem.to_string(), Not(HasSubstr("secret"))) << text;
  }
}

}  // namespace
}  // namespace waybill::contract
