#include "waybill/amqp/endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "waybill/amqp/options.hpp"

namespace waybill::amqp {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problem_of(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed.has_error() ? parsed.error().text : std::string{};
}

TEST(Endpoint, is_read_from_a_whole_url) {
  const auto endpoint = parse_url("amqp://shop:s3cret@broker.example:5673/orders").value();
  EXPECT_EQ(endpoint, (Endpoint{"broker.example", 5673, "shop", "s3cret", "orders"}));
  EXPECT_EQ(endpoint.address(), "broker.example:5673");
}

TEST(Endpoint, takes_the_defaults_for_what_a_url_leaves_out) {
  EXPECT_EQ(parse_url("amqp://broker").value(), (Endpoint{"broker", 5672, "guest", "guest", "/"}));
  EXPECT_EQ(parse_url("amqp://shop@broker").value().user, "shop");
}

TEST(Endpoint, takes_a_bare_slash_and_its_escape_for_the_default_virtual_host) {
  EXPECT_EQ(parse_url("amqp://broker/").value().virtual_host, "/");
  EXPECT_EQ(parse_url("amqp://broker/%2F").value().virtual_host, "/");
  EXPECT_EQ(parse_url("amqp://broker/%2forders").value().virtual_host, "/orders");
}

TEST(Endpoint, decodes_what_is_escaped) {
  const auto endpoint = parse_url("amqp://us%3Aer:p%40ss%2F%25@broker").value();
  EXPECT_EQ(endpoint.user, "us:er");
  EXPECT_EQ(endpoint.password, "p@ss/%");
}

TEST(Endpoint, reads_an_address_of_ipv6) {
  const auto endpoint = parse_url("amqp://[::1]:5673").value();
  EXPECT_EQ(endpoint.host, "::1");
  EXPECT_EQ(endpoint.port, 5673);
  EXPECT_EQ(endpoint.address(), "[::1]:5673");
}

TEST(Endpoint, says_what_is_wrong_with_a_url_and_which_form_is_right) {
  EXPECT_THAT(problem_of("http://broker"), HasSubstr("does not start with amqp://"));
  EXPECT_THAT(problem_of("amqp://broker:0"), HasSubstr("port is not a number from 1 to 65535"));
  EXPECT_THAT(problem_of("amqp://broker:70000"), HasSubstr("port is not a number from 1 to 65535"));
  EXPECT_THAT(problem_of("amqp://broker:5672x"), HasSubstr("port is not a number from 1 to 65535"));
  EXPECT_THAT(problem_of("amqp://"), HasSubstr("host is empty"));
  EXPECT_THAT(problem_of("amqp://@broker"), HasSubstr("user is empty"));
  EXPECT_THAT(problem_of("amqp://a:b@broker/x/y"), HasSubstr("write it as %2F"));
  EXPECT_THAT(problem_of("amqp://broker/%zz"), HasSubstr("virtual host has a '%'"));
  EXPECT_THAT(problem_of("amqp://[::1"), HasSubstr("'[' without its ']'"));
  EXPECT_THAT(problem_of("amqp://broker?heartbeat=5"), HasSubstr("query"));
  EXPECT_THAT(problem_of("amqp://broker/%zz"), HasSubstr("amqp://user:password@host:port/virtual-host"));
}

TEST(Endpoint, has_tls_and_its_port_by_the_scheme) {
  const auto secured = parse_url("amqps://shop:secret@broker/shop").value();
  EXPECT_TRUE(secured.tls);
  EXPECT_EQ(secured.port, 5671);
  EXPECT_EQ(parse_url("amqps://broker:99").value().port, 99);
  EXPECT_FALSE(parse_url("amqp://broker").value().tls);
}

// A URL is what people paste into tickets; a slip in it must not carry the password there.
TEST(Endpoint, never_shows_the_password_of_a_malformed_url) {
  for (const auto url :
       {"http://shop:s3cret@broker", "amqp://shop:s3cret@broker:0", "amqp://shop:s3cret%@broker",
        "amqp://shop:s3cret@@broker", "amqp://shop:s3cret/@broker", "amqp:shop:s3cret@broker",
        "amqps://shop:s3cret@broker:0", "amqp://shop:s3cret?@broker"}) {
    EXPECT_THAT(problem_of(url), Not(HasSubstr("s3cret"))) << url;
    EXPECT_THAT(problem_of(url), HasSubstr("broker"));
  }
}

TEST(Options, are_made_of_several_urls) {
  const auto options = Options::for_urls({"amqp://one", "amqp://two:5673"});
  ASSERT_EQ(options.endpoints.size(), 2U);
  EXPECT_EQ(options.endpoints[1].address(), "two:5673");
  EXPECT_THROW(Options::for_urls({"nonsense"}), std::invalid_argument);
}

TEST(Options, that_cannot_be_right_are_refused_by_name) {
  const auto refused = [](auto spoil) {
    Options options;
    spoil(options);
    try {
      check(options);
    } catch (const std::invalid_argument& refusal) {
      return std::string{refusal.what()};
    }
    return std::string{};
  };
  EXPECT_EQ(refused([](Options&) {}), "");
  EXPECT_THAT(refused([](Options& options) { options.endpoints.clear(); }), HasSubstr("no endpoint"));
  EXPECT_THAT(refused([](Options& options) { options.heartbeat = std::chrono::seconds{70'000}; }),
              HasSubstr("heartbeat is 70000 s"));
  EXPECT_THAT(refused([](Options& options) { options.answer_timeout = {}; }), HasSubstr("answer_timeout"));
  EXPECT_THAT(refused([](Options& options) { options.backoff.initial = {}; }), HasSubstr("backoff"));
  EXPECT_THAT(refused([](Options& options) { options.max_message_bytes = 200'000'000; }),
              HasSubstr("the broker takes 134217728 (128 MiB) at most"));
  EXPECT_THAT(refused([](Options& options) { options.frame_max_bytes = 100; }),
              HasSubstr("frame_max_bytes is 100"));
  EXPECT_THAT(refused([](Options& options) { options.endpoints[0].user.assign(300, 'u'); }),
              HasSubstr("255"));
}

}  // namespace
}  // namespace waybill::amqp
