#include "request_mark.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

// What makes two requests the same.

namespace waybill::accept {
namespace {

http::Request order(std::string body = "{}") {
  http::Request request;
  request.method = http::Method::post;
  request.target = "/orders?dry=1";
  request.body = std::move(body);
  request.client = "shop";
  request.headers.add("Content-Type", "application/json");
  return request;
}

std::string fingerprint(const http::Request& request) { return mark_of(request, "k").fingerprint; }

TEST(RequestMark, is_the_same_for_a_request_and_its_repeat) {
  const auto first = mark_of(order(), "k");
  auto repeated = order();
  repeated.id = "another";
  repeated.address = "192.0.2.7";
  repeated.headers.add("User-Agent", "another");
  const auto second = mark_of(repeated, "k");
  EXPECT_TRUE(first.has_key_of(second));
  EXPECT_EQ(first.fingerprint, second.fingerprint);
  EXPECT_EQ(first.fingerprint.size(), 32U);
}

TEST(RequestMark, tells_requests_of_another_method_target_type_or_body_from_it) {
  const auto first = fingerprint(order());
  EXPECT_NE(fingerprint(order("{ }")), first);
  auto other = order();
  other.method = http::Method::put;
  EXPECT_NE(fingerprint(other), first);
  other = order();
  other.target = "/orders?dry=2";
  EXPECT_NE(fingerprint(other), first);
  other = order();
  other.headers.clear();
  EXPECT_NE(fingerprint(other), first);
  other.headers.add("Content-Type", "application/xml");
  EXPECT_NE(fingerprint(other), first);
}

// Written one behind the other, "/a" with "bc" would look as "/ab" with "c" does.
TEST(RequestMark, tells_apart_what_only_looks_the_same_in_one_piece) {
  auto one = order("bc");
  one.headers.clear();
  one.target = "/a";
  auto other = order("c");
  other.headers.clear();
  other.target = "/ab";
  EXPECT_NE(fingerprint(one), fingerprint(other));
}

TEST(RequestMark, has_another_hash_for_each_client_and_key) {
  auto request = order();
  const auto first = mark_of(request, "k");
  EXPECT_NE(mark_of(request, "l").hash, first.hash);
  request.client = "other";
  EXPECT_NE(mark_of(request, "k").hash, first.hash);
  request.client = "shopk";
  EXPECT_NE(mark_of(request, "").hash, first.hash);
}

// Other programs of a rolling upgrade have to lock the same number.
TEST(RequestMark, has_the_hash_that_it_always_had) {
  EXPECT_EQ(mark_of(order(), "k").hash, 4497813687974234661);
}

TEST(RequestMark, cannot_be_of_a_client_whose_name_no_database_keeps) {
  auto request = order();
  request.client = "\xff";
  EXPECT_THROW(mark_of(request, "k"), std::invalid_argument);
}

}  // namespace
}  // namespace waybill::accept
