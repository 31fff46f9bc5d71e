#include "exchange/request_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "waybill/outbound/resilience_options.hpp"

namespace waybill::outbound {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problem_with(const Request& request, const MessageLimits& limits = {}) {
  return problem_of(request, limits).value_or("none");
}

// Whoever can put a line break into a header writes headers, and requests, of his own.
TEST(RequestCheck, lets_no_control_character_into_a_header) {
  for (const auto& value : std::vector<std::string>{"a\r\nb: c", "a\nb", "a\rb", {"a\0b", 3}, "a\x7f"}) {
    EXPECT_THAT(problem_with({.headers = {{"X", value}}}), HasSubstr("header X holds a control character"));
  }
  EXPECT_EQ(problem_with({.headers = {{"X", "a\tb ü"}}}), "none");
  for (const std::string name : {"", "a b", "a:b", "a\r\n", "ü"}) {
    EXPECT_THAT(problem_with({.headers = {{name, "s3cret"}}}), HasSubstr("a header's name is not one"))
        << name;
  }
}

TEST(RequestCheck, keeps_the_framing_to_the_client) {
  for (const std::string name :
       {"content-length", "Transfer-Encoding", "HOST", "Connection", "Expect", "TE"}) {
    EXPECT_THAT(problem_with({.headers = {{name, "1"}}}), HasSubstr("is set by the client itself")) << name;
  }
}

TEST(RequestCheck, bounds_head_and_body) {
  const MessageLimits limits{.request_head_bytes = 20, .request_body_bytes = 3};
  EXPECT_EQ(problem_with({.url = std::string(20, 'u'), .body = "abc"}, limits), "none");
  EXPECT_THAT(problem_with({.url = std::string(21, 'u')}, limits), HasSubstr("messages.request_head_bytes"));
  EXPECT_THAT(problem_with({.url = "u", .headers = {{"A", std::string(15, 'v')}}}, limits),
              HasSubstr("its head has 21 bytes"));
  EXPECT_THAT(problem_with({.url = "u", .body = "abcd"}, limits),
              HasSubstr("its body has 4 bytes, and messages.request_body_bytes allows 3"));
}

TEST(RequestCheck, knows_what_may_be_sent_twice) {
  EXPECT_TRUE(is_idempotent({.method = Method::get}));
  EXPECT_TRUE(is_idempotent({.method = Method::put}));
  EXPECT_TRUE(is_idempotent({.method = Method::delete_}));
  EXPECT_FALSE(is_idempotent({.method = Method::post}));
  EXPECT_FALSE(is_idempotent({.method = Method::patch}));
  EXPECT_TRUE(is_idempotent({.method = Method::post, .idempotent = true}));
  EXPECT_TRUE(is_idempotent({.method = Method::post, .headers = {{"idempotency-key", "1"}}}));
}

template <class AnyOptions>
std::string problem_in(const AnyOptions& options) {
  try {
    check(options);
  } catch (const std::invalid_argument& fault) {
    return fault.what();
  }
  return "none";
}

TEST(OutboundOptions, are_refused_by_name) {
  EXPECT_EQ(problem_in(Options{}), "none");
  EXPECT_EQ(problem_in(ResilienceOptions{}), "none");
  EXPECT_THAT(problem_in(Options{.connections = {.total = 0}}), HasSubstr("connections.total is 0"));
  EXPECT_THAT(problem_in(Options{.connections = {.total = 2, .per_host = 3}}),
              HasSubstr("connections.per_host is 3; it takes 1 to connections.total, which is 2"));
  EXPECT_THAT(problem_in(Options{.connections = {.connect_within = std::chrono::milliseconds{0}}}),
              HasSubstr("connections.connect_within is 0 ms"));
  EXPECT_THAT(problem_in(Options{.connections = {.idle = std::chrono::hours{25}}}),
              HasSubstr("connections.idle"));
  EXPECT_THAT(problem_in(Options{.tls = {.authority = "no-such.pem"}}),
              HasSubstr("tls.authority 'no-such.pem' cannot be read: No such file"));
  EXPECT_THAT(problem_in(Options{.tls = {.key = "k"}}), HasSubstr("give both or neither"));
  EXPECT_THAT(problem_in(Options{.user_agent = "a\r\nb"}), HasSubstr("user_agent"));
  EXPECT_THAT(problem_in(ResilienceOptions{.retry = {.attempts = 0}}), HasSubstr("attempts"));
  EXPECT_THAT(problem_in(ResilienceOptions{.attempt_within = std::chrono::seconds{0}}),
              HasSubstr("attempt_within"));
}

}  // namespace
}  // namespace waybill::outbound
