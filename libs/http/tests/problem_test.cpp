#include "waybill/http/problem.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace waybill::http {
namespace {

using nlohmann::json;

TEST(Problem, is_written_as_rfc_9457_has_it) {
  const Problem problem{.status = 422,
                        .name = "body-invalid",
                        .title = "Wrong body",
                        .detail = "one field is wrong",
                        .errors = {{"#/lines/0", "is missing"}, {"query: limit", "is 0"}}};
  EXPECT_EQ(json::parse(to_json(problem)),
            json::parse(R"({"type": "urn:waybill:problem:body-invalid", "title": "Wrong body", "status": 422,
                            "detail": "one field is wrong",
                            "errors": [{"pointer": "#/lines/0", "detail": "is missing"},
                                       {"pointer": "query: limit", "detail": "is 0"}]})"));
}

TEST(Problem, becomes_a_response_with_its_status_and_type) {
  const Problem problem{.status = 404, .name = "no-such-order", .title = "No such order"};
  const auto response = to_response(problem);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body, to_json(problem));
}

TEST(Problem, without_a_name_is_told_by_its_status_alone) {
  EXPECT_EQ(json::parse(to_json({.status = 404})),
            json::parse(R"({"type": "about:blank", "title": "Not Found", "status": 404})"));
}

// What a client sent may come back in a detail, and must not make the answer unreadable.
TEST(Problem, replaces_what_is_not_utf8) {
  const auto text = to_json({.status = 400, .name = "x", .title = "X", .detail = "is '\xFF\xC3' and \x01"});
  EXPECT_EQ(json::parse(text)["detail"], "is '\xEF\xBF\xBD\xEF\xBF\xBD' and \x01");
}

TEST(Response, knows_the_reasons_of_registered_statuses) {
  EXPECT_EQ(reason_of(200), "OK");
  EXPECT_EQ(reason_of(100), "Continue");
  EXPECT_EQ(reason_of(404), "Not Found");
  EXPECT_EQ(reason_of(422), "Unprocessable Content");
  EXPECT_EQ(reason_of(511), "Network Authentication Required");
  for (const int status : {-1, 0, 99, 105, 299, 306, 418, 419, 512, 1000}) EXPECT_EQ(reason_of(status), "");
}

TEST(Response, is_json_or_empty) {
  const auto response = json_response(201, "{}").with("Location", "/orders/1");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, "{}");
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].second, "/orders/1");
  EXPECT_EQ(empty_response(204).status, 204);
  EXPECT_EQ(empty_response(204).content_type, "");
}

}  // namespace
}  // namespace waybill::http
