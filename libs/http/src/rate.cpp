#include "waybill/http/rate.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "waybill/base/ensure.hpp"

namespace waybill::http {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

std::string whole_seconds(nanoseconds duration) {
  return std::to_string(std::chrono::ceil<seconds>(duration).count());
}

std::string policy_of(const resilience::RateLimit& limit) {
  const auto quantity = [](auto number) { return static_cast<double>(number); };
  const auto fill_ns = quantity(limit.burst) * quantity(limit.per.count()) / quantity(limit.tokens);
  const auto fill = std::chrono::duration<double, std::nano>(fill_ns);
  if (fill >= seconds{1}) {
    const auto window = std::chrono::ceil<seconds>(fill);
    return "\"default\";q=" + std::to_string(limit.burst) + ";w=" + std::to_string(window.count());
  }
  const auto in_a_second = quantity(limit.tokens) * 1e9 / quantity(limit.per.count());
  return "\"default\";q=" + std::to_string(static_cast<std::uint64_t>(in_a_second)) + ";w=1";
}

}  // namespace

struct RateLimiter::Buckets {
  struct Bucket {
    Bucket(const resilience::RateLimit& limit, base::SteadyTime now)
        : tokens(limit, now), policy(policy_of(limit)) {}
    resilience::TokenBucket tokens;
    std::string policy;
  };
  std::map<std::string, Bucket, std::less<>> of_id;
};

RateLimiter::RateLimiter(const ApiKeys& keys, base::SteadyTime now) : buckets_(std::make_unique<Buckets>()) {
  for (const auto* key : keys.all()) buckets_->of_id.try_emplace(key->id, key->rate, now);
}
RateLimiter::~RateLimiter() = default;

RateVerdict RateLimiter::take(const ApiKey& key, base::SteadyTime now) {
  const auto found = buckets_->of_id.find(key.id);
  ENSURE(found != buckets_->of_id.end(), "a limiter is made for the keys that it is asked about");
  auto& bucket = found->second;
  const auto taken = bucket.tokens.try_take(1, now);
  const auto left = bucket.tokens.remaining(now);
  RateVerdict verdict;
  verdict.is_allowed = taken.has_value();
  verdict.fields.reserve(3);
  verdict.fields.emplace_back("RateLimit-Policy", bucket.policy);
  verdict.fields.emplace_back(
      "RateLimit", "\"default\";r=" + std::to_string(left.tokens) + ";t=" + whole_seconds(left.full_in));
  if (!taken) verdict.fields.emplace_back("Retry-After", whole_seconds(taken.error().retry_after));
  return verdict;
}

Problem rate_problem(const RateVerdict& verdict) {
  const auto after =
      std::ranges::find(verdict.fields, "Retry-After", [](const auto& field) { return field.first; });
  ENSURE(after != verdict.fields.end(), "a request that is allowed is no problem");
  return {.status = 429,
          .name = "rate-limited",
          .title = "Too many requests",
          .detail = "this key has asked more often than it may; nothing was done: try again in " +
                    after->second + " s"};
}

}  // namespace waybill::http
