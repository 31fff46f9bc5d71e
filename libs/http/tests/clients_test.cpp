#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "raw_client.hpp"
#include "running_server.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/telemetry/log_capture.hpp"

namespace waybill::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A server with a route for those who may read, one for those who may write, and two clients: `reader`, and
/// `writer`, who has two requests in an hour.
class Clients : public ::testing::Test {
 protected:
  Clients() {
    const std::string file =
        R"({"keys":[{"id":"reader","sha256":")" + reader_.sha256 +
        R"(","scopes":["items:read"]},{"id":"writer","sha256":")" + writer_.sha256 +
        R"(","scopes":["items:read","items:write"],"rate":{"requests":2,"per":"1h","burst":2}}]})";
    options_.keys = std::make_shared<const ApiKeys>(
        ApiKeys::parse(file, "keys.json", ApiKeys::Development::refused).value());
    server_ = std::make_unique<RunningServer>(options_, [](Router& router) {
      const auto who = [](const Request& request) {
        return json_response(200, "\"" + request.client + "\"");
      };
      router.add(Method::get, "/mine", who, {.scope = "items:read"});
      router.add(Method::post, "/mine", who, {.scope = "items:write"});
    });
  }

  std::optional<RawAnswer> read_with(const std::string& fields) {
    return ask(server_->port(), get("/mine", fields));
  }
  std::optional<RawAnswer> write_as(const NewApiKey& key) {
    return ask(server_->port(), post("/mine", "{}", bearer(key)));
  }
  static std::string bearer(const NewApiKey& key) { return "Authorization: Bearer " + key.text + "\r\n"; }

  const NewApiKey reader_ = new_api_key("reader");
  const NewApiKey writer_ = new_api_key("writer");
  ServerOptions options_;
  std::unique_ptr<RunningServer> server_;
};

TEST_F(Clients, are_known_by_their_keys) {
  EXPECT_EQ(read_with(bearer(reader_))->body, "\"reader\"");
  EXPECT_EQ(read_with("X-API-Key: " + writer_.text + "\r\n")->body, "\"writer\"");
  EXPECT_EQ(ask(server_->port(), get("/hello"))->status, 200) << "a route without a scope asks nobody";
}

TEST_F(Clients, without_a_key_that_is_known_are_refused) {
  const auto stranger = new_api_key("reader");
  const std::string many[] = {"",
                              bearer(stranger),
                              "Authorization: Bearer \r\n",
                              "Authorization: Basic " + reader_.text + "\r\n",
                              "Authorization: Bearer " + reader_.text + "x\r\n",
                              "Authorization: Bearer " + reader_.sha256 + "\r\n"};
  for (const auto& fields : many) {
    const auto answer = read_with(fields);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 401) << fields;
    EXPECT_EQ(answer->header("www-authenticate"), "Bearer") << fields;
    EXPECT_EQ(answer->header("content-type"), "application/problem+json");
    EXPECT_THAT(answer->body, Not(HasSubstr("wb_")));
  }
  EXPECT_EQ(read_with(bearer(reader_) + bearer(writer_))->status, 400);
}

TEST_F(Clients, whose_key_is_not_good_for_it_are_told_what_it_takes) {
  const auto answer = write_as(reader_);
  EXPECT_EQ(answer->status, 403);
  EXPECT_THAT(answer->body, HasSubstr("items:write"));
}

TEST_F(Clients, have_a_rate_each_and_are_told_what_is_left) {
  auto answer = write_as(writer_);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->header("ratelimit-policy"), HasSubstr(";q=2;w=3600"));
  EXPECT_THAT(answer->header("ratelimit"), HasSubstr(";r=1;"));
  EXPECT_EQ(write_as(writer_)->status, 200);
  answer = write_as(writer_);
  EXPECT_EQ(answer->status, 429);
  EXPECT_THAT(answer->header("ratelimit"), HasSubstr(";r=0;"));
  EXPECT_GT(std::stoi(answer->header("retry-after")), 1'700);
  EXPECT_EQ(read_with(bearer(reader_))->status, 200) << "another client's rate is its own";
}

TEST_F(Clients, keys_are_in_no_line_of_the_log) {
  const telemetry::LogCapture log;
  options_.access_log = AccessLog::all;
  RunningServer server(options_, [](Router& router) {
    router.add(Method::get, "/broken/{id}",
               [](const Request&) -> Response { throw std::runtime_error("no"); },
               {.scope = "items:read", .has_query = true});
  });
  EXPECT_EQ(ask(server.port(), get("/broken/7?key=" + reader_.text, bearer(reader_)))->status, 500);
  EXPECT_EQ(log.count("http_handler_failed"), 1U);
  EXPECT_THAT(log.lines(), Not(::testing::Contains(HasSubstr(reader_.text))));
}

TEST(NoKeys, means_that_a_route_with_a_scope_refuses_everyone) {
  RunningServer server({}, [](Router& router) {
    router.add(Method::get, "/mine", [](const Request&) { return empty_response(204); },
               {.scope = "items:read"});
  });
  EXPECT_EQ(ask(server.port(), get("/mine", "X-API-Key: " + new_api_key("x").text + "\r\n"))->status, 401);
}

}  // namespace
}  // namespace waybill::http::testing
