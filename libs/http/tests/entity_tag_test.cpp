#include "waybill/http/entity_tag.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace waybill::http {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

const auto seven = EntityTag::of_revision(7);

Request asked(Method method, const Fields& fields) {
  Request request;
  request.method = method;
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

/// 200 where the request is to be carried out.
int status_of(Method method, const Fields& fields, const std::optional<EntityTag>& current = seven) {
  const auto refused = refuse_precondition(asked(method, fields), current);
  return refused ? refused->status : 200;
}

TEST(EntityTag, is_strong_quoted_and_of_one_state) {
  EXPECT_EQ(seven.text(), "\"r7\"");
  EXPECT_EQ(EntityTag::of_body("abc").text(), "\"ungWv48Bz-pBQUDeXa4iIw\"");
  EXPECT_NE(EntityTag::of_body("abc"), EntityTag::of_body("abd"));
  EXPECT_EQ(EntityTag::of_body(""), EntityTag::of_body(""));
}

TEST(Precondition, without_one_every_request_is_carried_out) {
  EXPECT_EQ(status_of(Method::get, {}), 200);
  EXPECT_EQ(status_of(Method::put, {}), 200);
  EXPECT_EQ(status_of(Method::put, {}, std::nullopt), 200);
}

TEST(Precondition, if_none_match_spares_a_reader_what_it_has) {
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "\"r7\""}}), 304);
  EXPECT_EQ(status_of(Method::head, {{"If-None-Match", "\"r7\""}}), 304);
  EXPECT_EQ(status_of(Method::get, {{"if-none-match", "\"r6\" , \"r7\""}}), 304);
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "\"r6\""}, {"If-None-Match", "\"r7\""}}), 304);
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "*"}}), 304);
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "\"r6\""}}), 200);
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "\"R7\""}}), 200);
}

// A proxy that compressed the answer has made its tag weak.
TEST(Precondition, if_none_match_compares_weakly) {
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "W/\"r7\""}}), 304);
}

TEST(Precondition, if_none_match_keeps_a_writer_from_what_is_there) {
  EXPECT_EQ(status_of(Method::put, {{"If-None-Match", "*"}}), 412);
  EXPECT_EQ(status_of(Method::put, {{"If-None-Match", "\"r7\""}}), 412);
  EXPECT_EQ(status_of(Method::put, {{"If-None-Match", "*"}}, std::nullopt), 200);
}

// Two people change the same order; the second has not seen what the first did.
TEST(Precondition, if_match_keeps_a_writer_from_what_has_changed) {
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "\"r7\""}}), 200);
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "\"r6\", \"r7\""}}), 200);
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "*"}}), 200);
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "\"r6\""}}), 412);
  EXPECT_EQ(status_of(Method::delete_, {{"If-Match", "\"r6\""}}), 412);
  EXPECT_EQ(status_of(Method::get, {{"If-Match", "\"r6\""}}), 412);
}

TEST(Precondition, if_match_compares_strongly) {
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "W/\"r7\""}}), 412);
}

TEST(Precondition, if_match_of_what_is_not_there_does_not_hold) {
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "*"}}, std::nullopt), 412);
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "\"r7\""}}, std::nullopt), 412);
}

TEST(Precondition, both_have_to_hold_if_match_first) {
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "\"r7\""}, {"If-Match", "\"r6\""}}), 412);
  EXPECT_EQ(status_of(Method::get, {{"If-None-Match", "\"r7\""}, {"If-Match", "\"r7\""}}), 304);
}

TEST(Precondition, one_that_cannot_be_read_is_no_precondition_to_be_ignored) {
  for (const auto* value :
       {"", "r7", "\"r7", "r7\"", "\"r7\" \"r8\"", "\"r7\", *", "*, \"r7\"", "**", "w/\"r7\"", "W/ \"r7\"",
        "W/*", "\"r 7\"", "\"r\t7\"", "\"\x7F\"", ",", "\"r7\";", "\"a\"b\""}) {
    EXPECT_EQ(status_of(Method::put, {{"If-Match", value}}), 400) << value;
    EXPECT_EQ(status_of(Method::get, {{"If-None-Match", value}}), 400) << value;
  }
  EXPECT_EQ(status_of(Method::put, {{"If-Match", "*"}, {"If-Match", "\"r7\""}}), 400);
}

TEST(Precondition, takes_whatever_a_list_may_be_written_like) {
  for (const auto* value : {"\"r7\"", " \t\"r7\" ", ",\"r7\"", "\"r7\",", "\"a,b\",\"r7\"",
                            "\"\" , ,W/\"x\",\"r7\"", "\"\xC3\xA4\",\"r7\""}) {
    EXPECT_EQ(status_of(Method::put, {{"If-Match", value}}), 200) << value;
  }
}

TEST(Precondition, what_is_refused_says_which_field_and_why) {
  const auto refused = refuse_precondition(asked(Method::put, {{"If-Match", "\"r6\""}}), seven);
  ASSERT_TRUE(refused);
  const auto problem = nlohmann::json::parse(refused->body);
  EXPECT_EQ(problem["type"], "urn:waybill:problem:precondition-failed");
  EXPECT_EQ(problem["errors"][0]["pointer"], "header: If-Match");
  EXPECT_EQ(problem["errors"][0]["detail"], "it has changed since");
}

TEST(Tagged, gives_a_response_its_tag) {
  const auto response = tagged(asked(Method::get, {}), seven, json_response(200, "{}"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{}");
  EXPECT_EQ(response.headers, (Fields{{"ETag", "\"r7\""}}));
}

TEST(Tagged, answers_304_with_what_a_cache_keeps_and_nothing_else) {
  auto whole =
      json_response(200, "{}").with("cache-control", "no-cache").with("Vary", "Accept").with("X-Other", "1");
  const auto response = tagged(asked(Method::get, {{"If-None-Match", "\"r7\""}}), seven, std::move(whole));
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.content_type, "");
  EXPECT_EQ(response.headers,
            (Fields{{"ETag", "\"r7\""}, {"cache-control", "no-cache"}, {"Vary", "Accept"}}));
}

TEST(Tagged, leaves_alone_what_is_no_success) {
  const auto response = tagged(asked(Method::get, {{"If-None-Match", "*"}}), seven, empty_response(404));
  EXPECT_EQ(response.status, 404);
  EXPECT_TRUE(response.headers.empty());
}

}  // namespace
}  // namespace waybill::http
