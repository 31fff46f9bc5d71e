#include "exchange/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::outbound {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string why_not(std::string_view url) {
  const auto address = Address::parse(url);
  return address ? "it is one" : address.error().why;
}

TEST(Address, knows_scheme_host_and_port) {
  const auto plain = *Address::parse("http://Example.COM/a?b=c#d");
  EXPECT_EQ(plain.origin(), "http://example.com:80");
  EXPECT_EQ(plain.url, "http://Example.COM/a?b=c");
  EXPECT_EQ(Address::parse("https://example.com")->place(), "example.com:443");
  EXPECT_EQ(Address::parse("https://[::1]:8443/")->place(), "[::1]:8443");
}

TEST(Address, shows_no_secret_in_origin_or_place) {
  const auto address = *Address::parse("https://user:s3cret@host/path?key=s3cret");
  EXPECT_EQ(address.origin(), "https://host:443");
  EXPECT_THAT(address.url, HasSubstr("user:s3cret@"));
}

// A scheme beyond http would read files, or speak to a mail server.
TEST(Address, is_http_or_https_only) {
  for (const auto* url : {"ftp://host/", "file:///etc/passwd", "gopher://host/", "smtp://host/", "host/path",
                          "//host/path", "", "http://", "http://host:0/", "http://host:99999/"}) {
    EXPECT_THAT(why_not(url), HasSubstr("the URL cannot be used")) << url;
  }
}

TEST(Address, is_no_text_with_control_characters) {
  EXPECT_THAT(why_not("http://host/a b"), HasSubstr("cannot be used"));
  EXPECT_THAT(why_not("http://host/a\r\nX: y"), HasSubstr("cannot be used"));
  EXPECT_THAT(why_not(std::string_view("http://host/\0evil", 17)), HasSubstr("cannot be used"));
  EXPECT_THAT(why_not("http://user:s3cret@ho st/"), Not(HasSubstr("s3cret")));
}

TEST(Address, follows_relative_and_absolute_locations) {
  const auto from = *Address::parse("http://u:p@host:81/a/b?c");
  EXPECT_EQ(from.follow("d")->url, "http://u:p@host:81/a/d");
  EXPECT_EQ(from.follow("/e?f")->url, "http://u:p@host:81/e?f");
  EXPECT_EQ(from.follow("//other/x")->url, "http://other/x");
  EXPECT_EQ(from.follow("https://other:444/x")->url, "https://other:444/x");
  EXPECT_FALSE(from.follow("ftp://other/x"));
}

// The password of one host is none of another's.
TEST(Address, takes_no_user_to_another_origin) {
  const auto from = *Address::parse("http://u:p@host/");
  EXPECT_EQ(from.follow("http://x:y@other/")->url, "http://other/");
  EXPECT_EQ(from.follow("http://u:p@host:8080/")->url, "http://host:8080/");
}

}  // namespace
}  // namespace waybill::outbound
