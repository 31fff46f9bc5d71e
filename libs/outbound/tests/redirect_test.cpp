#include "exchange/redirect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::outbound {
namespace {

using testing::ElementsAre;

const Request charge{.method = Method::post,
                     .url = "https://host/charges",
                     .headers = {{"Authorization", "Bearer x"},
                                 {"X-Api-Key", "y"},
                                 {"content-type", "text/plain"},
                                 {"Accept", "*/*"}},
                     .body = "cents=1",
                     .redirects = 2};

std::optional<Redirected> after(int status, const std::string& location, Request request = charge) {
  const auto from = *Address::parse(request.url);
  return redirected(request, from, {.status = status, .headers = {{"location", location}}});
}

TEST(Redirect, is_followed_only_when_the_request_asks_for_it) {
  auto request = charge;
  request.redirects = 0;
  EXPECT_FALSE(after(307, "/elsewhere", request));
  EXPECT_EQ(after(307, "/elsewhere")->request.redirects, 1U);
}

TEST(Redirect, is_one_of_five_statuses_with_a_location) {
  for (const int status : {200, 201, 300, 304, 305, 306, 400}) EXPECT_FALSE(after(status, "/x")) << status;
  const auto from = *Address::parse(charge.url);
  EXPECT_FALSE(redirected(charge, from, {.status = 302}));
}

// A POST that turns into a GET where it should not does nothing; one that stays where it should not pays
// twice.
TEST(Redirect, changes_the_method_as_its_status_says) {
  for (const int status : {301, 302, 303}) {
    const auto next = after(status, "/x");
    EXPECT_EQ(next->request.method, Method::get) << status;
    EXPECT_EQ(next->request.body, "");
    EXPECT_THAT(next->request.headers, ElementsAre(charge.headers[0], charge.headers[1], charge.headers[3]));
  }
  for (const int status : {307, 308}) {
    const auto next = after(status, "/x");
    EXPECT_EQ(next->request.method, Method::post) << status;
    EXPECT_EQ(next->request.body, charge.body);
    EXPECT_EQ(next->request.headers, charge.headers);
  }
  EXPECT_EQ(after(303, "/x", {.method = Method::head, .url = "http://h/", .redirects = 1})->request.method,
            Method::head);
  EXPECT_EQ(after(302, "/x", {.method = Method::put, .url = "http://h/", .redirects = 1})->request.method,
            Method::put);
}

// A redirect is what whoever answers makes it: it must not carry our secrets wherever he likes.
TEST(Redirect, takes_no_secret_to_another_origin) {
  for (const auto* location : {"https://other/", "https://host:444/", "//other/"}) {
    EXPECT_THAT(after(307, location)->request.headers, ElementsAre(charge.headers[2], charge.headers[3]))
        << location;
  }
  EXPECT_EQ(after(307, "https://HOST:443/x")->request.headers, charge.headers);
}

TEST(Redirect, never_leads_from_https_to_http_or_out_of_http) {
  EXPECT_FALSE(after(307, "http://host/charges"));
  EXPECT_FALSE(after(307, "ftp://host/"));
  EXPECT_FALSE(after(307, "http://user:x@ bad"));
  EXPECT_TRUE(after(307, "https://host/", {.url = "http://host/", .redirects = 1}));
}

}  // namespace
}  // namespace waybill::outbound
