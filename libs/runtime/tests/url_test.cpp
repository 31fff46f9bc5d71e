#include "waybill/runtime/url.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "waybill/runtime/form.hpp"

namespace waybill::runtime {
namespace {

std::string why(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? "nothing" : url.error().why();
}

std::string masked(std::string_view text) { return Url::parse(text).value().masked(); }

TEST(Url, is_taken_apart) {
  const auto url =
      Url::parse("postgresql://way%40bill:p%3Aw@db.example.com:5433/orders?sslmode=require&a=b%20c").value();
  EXPECT_EQ(url.scheme, "postgresql");
  EXPECT_EQ(url.user, "way@bill");
  EXPECT_EQ(url.password, "p:w");
  EXPECT_EQ(url.hosts, (std::vector<Url::Host>{{"db.example.com", 5433}}));
  EXPECT_EQ(url.path, "/orders");
  EXPECT_EQ(url.query,
            (std::vector<std::pair<std::string, std::string>>{{"sslmode", "require"}, {"a", "b c"}}));
}

TEST(Url, needs_only_a_scheme_and_a_host) {
  const auto url = Url::parse("amqp://rabbit").value();
  EXPECT_EQ(url.user, "");
  EXPECT_FALSE(url.password.has_value());
  EXPECT_FALSE(url.host().port.has_value());
  EXPECT_EQ(url.path, "");
  EXPECT_EQ(Url::parse("amqp://rabbit/%2f")->path, "/%2f");
  EXPECT_EQ(Url::parse("amqp://rabbit?heartbeat=5")->query.size(), 1U);
}

TEST(Url, tells_an_empty_password_from_none) {
  EXPECT_EQ(Url::parse("amqp://user:@rabbit")->password, "");
  EXPECT_FALSE(Url::parse("amqp://user@rabbit")->password.has_value());
}

TEST(Url, holds_addresses_sockets_and_several_hosts) {
  EXPECT_EQ(Url::parse("amqp://[::1]:5672/")->host(), (Url::Host{"::1", 5672}));
  EXPECT_EQ(Url::parse("postgresql://%2Fvar%2Frun/db")->host().name, "/var/run");
  EXPECT_EQ(Url::parse("postgresql://one:1,two/db")->hosts,
            (std::vector<Url::Host>{{"one", 1}, {"two", std::nullopt}}));
}

TEST(Url, says_what_is_wrong) {
  EXPECT_EQ(why("rabbit:5672"), "has no scheme://");
  EXPECT_EQ(why("://rabbit"), "has no scheme://");
  EXPECT_EQ(why("AMQP://rabbit"), "has a malformed scheme");
  EXPECT_EQ(why("amqp://"), "has no host");
  EXPECT_EQ(why("amqp://user:pw@/vhost"), "has no host");
  EXPECT_EQ(why("amqp://rabbit:0"), "has a port that is not a number from 1 to 65535");
  EXPECT_EQ(why("amqp://rabbit:"), "has a port that is not a number from 1 to 65535");
  EXPECT_EQ(why("amqp://[::1"), "has an IPv6 address whose bracket is not closed");
  EXPECT_EQ(why("amqp://[::1]x"), "has something between its host and its port");
  EXPECT_EQ(why("amqp://a b/"), "contains a space or a control character");
  EXPECT_EQ(why("amqp://u%4:p@rabbit"), "has a malformed %-escape in its user or password");
  EXPECT_EQ(why("amqp://rabbit/?a=%zz"), "has a malformed %-escape in its query");
  EXPECT_EQ(why("amqp://u:p@w@rabbit"),
            "has more than one @: in the user or password it must be written %40");
  EXPECT_EQ(why("amqp://rabbit/#frag"), "has a #fragment, which means nothing here");
  EXPECT_EQ(
      why("amqp://u:p/w@rabbit"),
      "has an @ behind its host: in a password / must be written %2F, ? %3F, # %23, and @ everywhere %40");
}

TEST(Url, shows_all_but_its_password) {
  EXPECT_EQ(masked("postgresql://waybill:s3cret@db:5432/orders?sslmode=require"),
            "postgresql://waybill:********@db:5432/orders?sslmode=require");
  EXPECT_EQ(masked("amqp://user@rabbit/"), "amqp://user@rabbit/");
  EXPECT_EQ(masked("amqp://user:@rabbit/"), "amqp://user@rabbit/");
  EXPECT_EQ(masked("amqp://:a:b@[::1]:1,two"), "amqp://:********@[::1]:1,two");
  std::ostringstream printed;
  printed << Url::parse("amqp://u:s3cret@rabbit").value();
  EXPECT_EQ(printed.str(), "amqp://u:********@rabbit");
}

// libpq takes a password as a parameter too, and web services take their keys there.
TEST(Url, masks_the_parameters_that_hold_secrets) {
  EXPECT_EQ(masked("postgresql://db/x?user=u&password=s3cret&connect_timeout=3"),
            "postgresql://db/x?user=u&password=********&connect_timeout=3");
  EXPECT_EQ(masked("https://sms/send?API_KEY=s3cret&sslpass%77ord=s3cret&flag"),
            "https://sms/send?API_KEY=********&sslpass%77ord=********&flag");
}

TEST(Url, shows_nothing_when_it_was_not_parsed) {
  Url url;
  url.text = "s3cret";
  EXPECT_EQ(url.masked(), "********");
}

TEST(UrlForm, takes_the_schemes_and_hosts_that_it_was_told_to) {
  const auto one = form::url({"amqp", "amqps"});
  const auto many = form::url({"postgresql"}, form::Hosts::many);
  EXPECT_TRUE(one.read("amqps://rabbit").has_value());
  EXPECT_EQ(one.read("http://rabbit").error().why(), "has another scheme");
  EXPECT_EQ(one.read("amqp://a,b").error().why(), "has more than one host");
  EXPECT_EQ(many.read("postgresql://a,b/db")->hosts.size(), 2U);
  EXPECT_EQ(one.accepted, "a URL such as amqp://user:password@host:port/path, or with amqps://");
}

}  // namespace
}  // namespace waybill::runtime
