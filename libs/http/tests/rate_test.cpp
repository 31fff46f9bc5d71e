#include "waybill/http/rate.hpp"

#include <gtest/gtest.h>

#include "sha256.hpp"

namespace waybill::http {
namespace {

using namespace std::chrono_literals;

constexpr base::SteadyTime rate_start{1h};

ApiKeys keys_at(const std::string& rate) {
  const auto entry = [&](const std::string& id) {
    return R"({"id": ")" + id + R"(", "sha256": ")" + hex_of(sha256(id)) + R"(", "scopes": ["x"], "rate": )" +
           rate + "}";
  };
  return ApiKeys::parse("{\"keys\": [" + entry("a") + "," + entry("b") + "]}", "keys.json",
                        ApiKeys::Development::refused)
      .value();
}

std::string field_of(const RateVerdict& verdict, std::string_view name) {
  std::string found = "none";
  for (const auto& [known, value] : verdict.fields) {
    if (known == name) found = value;
  }
  return found;
}

/// With one request gone.
std::string policy_of_rate(const std::string& rate) {
  const auto keys = keys_at(rate);
  return field_of(RateLimiter(keys, rate_start).take(*keys.all()[0], rate_start), "RateLimit-Policy");
}

TEST(RateLimiter, tells_with_each_answer_what_is_left) {
  const auto keys = keys_at(R"({"requests": 2, "per": "1s", "burst": 4})");
  RateLimiter limiter(keys, rate_start);
  const auto take = [&](base::SteadyTime now) { return limiter.take(*keys.all()[0], now); };
  const auto first = take(rate_start);
  EXPECT_TRUE(first.is_allowed);
  EXPECT_EQ(field_of(first, "RateLimit-Policy"), "\"default\";q=4;w=2");
  EXPECT_EQ(field_of(first, "RateLimit"), "\"default\";r=3;t=1");
  EXPECT_EQ(field_of(first, "Retry-After"), "none");
  EXPECT_EQ(field_of(take(rate_start), "RateLimit"), "\"default\";r=2;t=1");
  EXPECT_EQ(field_of(take(rate_start), "RateLimit"), "\"default\";r=1;t=2");
  EXPECT_EQ(field_of(take(rate_start), "RateLimit"), "\"default\";r=0;t=2");
  EXPECT_EQ(field_of(take(rate_start + 10s), "RateLimit"), "\"default\";r=3;t=1");
}

// Told a second too few, every client would be turned away once more.
TEST(RateLimiter, who_asks_too_often_is_told_when_to_come_again_rounded_up) {
  const auto keys = keys_at(R"({"requests": 1, "per": "3s", "burst": 1})");
  RateLimiter limiter(keys, rate_start);
  const auto& key = *keys.all()[0];
  EXPECT_TRUE(limiter.take(key, rate_start).is_allowed);
  const auto refused = limiter.take(key, rate_start + 500ms);
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(field_of(refused, "Retry-After"), "3");
  EXPECT_EQ(field_of(refused, "RateLimit"), "\"default\";r=0;t=3");
  EXPECT_EQ(field_of(limiter.take(key, rate_start + 3s - 1ns), "Retry-After"), "1");
  EXPECT_TRUE(limiter.take(key, rate_start + 3s).is_allowed);
}

TEST(RateLimiter, one_client_takes_nothing_from_another) {
  const auto keys = keys_at(R"({"requests": 1, "per": "1h"})");
  RateLimiter limiter(keys, rate_start);
  EXPECT_TRUE(limiter.take(*keys.all()[0], rate_start).is_allowed);
  EXPECT_FALSE(limiter.take(*keys.all()[0], rate_start).is_allowed);
  EXPECT_TRUE(limiter.take(*keys.all()[1], rate_start).is_allowed);
}

TEST(RateLimiter, a_policy_is_in_whole_seconds) {
  EXPECT_EQ(policy_of_rate(R"({"requests": 100, "per": "1s", "burst": 200})"), "\"default\";q=200;w=2");
  EXPECT_EQ(policy_of_rate(R"({"requests": 100, "per": "1s"})"), "\"default\";q=100;w=1");
  EXPECT_EQ(policy_of_rate(R"({"requests": 100, "per": "1s", "burst": 5})"), "\"default\";q=100;w=1");
  EXPECT_EQ(policy_of_rate(R"({"requests": 1, "per": "10ms"})"), "\"default\";q=100;w=1");
  EXPECT_EQ(policy_of_rate(R"({"requests": 60, "per": "1m", "burst": 10})"), "\"default\";q=10;w=10");
  EXPECT_EQ(policy_of_rate(R"({"requests": 3, "per": "10s", "burst": 1})"), "\"default\";q=1;w=4");
  EXPECT_EQ(policy_of_rate(R"({"requests": 1000000, "per": "1h"})"), "\"default\";q=1000000;w=3600");
}

TEST(RateLimiter, its_problem_says_when_to_come_again) {
  const auto keys = keys_at(R"({"requests": 1, "per": "1m"})");
  RateLimiter limiter(keys, rate_start);
  (void)limiter.take(*keys.all()[0], rate_start);
  const auto problem = rate_problem(limiter.take(*keys.all()[0], rate_start));
  EXPECT_EQ(problem.status, 429);
  EXPECT_EQ(problem.name, "rate-limited");
  EXPECT_NE(problem.detail.find("try again in 60 s"), std::string::npos);
}

TEST(RateLimiterDeathTest, a_key_that_it_was_not_made_for_is_a_bug) {
  RateLimiter limiter(keys_at(R"({"requests": 1, "per": "1m"})"), rate_start);
  EXPECT_DEATH((void)limiter.take(ApiKey{.id = "c"}, rate_start), "made for");
}

}  // namespace
}  // namespace waybill::http
