#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/http/problem.hpp"

namespace waybill::http {

/// Whether a client's request is within its rate, and what the answer says of it in any case.
struct RateVerdict {
  bool is_allowed = true;
  /// `RateLimit-Policy` and `RateLimit`, and with a request that is not allowed `Retry-After`.
  std::vector<std::pair<std::string, std::string>> fields{};
};

/// 429 "rate-limited"; the fields are added to its response beside.
Problem rate_problem(const RateVerdict& verdict);

/// How often each client may ask: a token bucket for each key, in this process alone.
///
/// The fields are those of the IETF's draft "RateLimit header fields for HTTP". q is the burst and w the
/// seconds in which as many come in again (where that is less than a second, q is what comes in within one);
/// r is what is left, t the seconds until nothing is missing. Seconds are rounded up. Concurrency: any
/// thread.
class RateLimiter {
 public:
  /// All begin full.
  RateLimiter(const ApiKeys& keys, base::SteadyTime now);
  ~RateLimiter();
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  /// Of one request. ENSURE: the key is one of those that it was made for, by its id.
  RateVerdict take(const ApiKey& key, base::SteadyTime now);

 private:
  struct Buckets;
  std::unique_ptr<Buckets> buckets_;
};

}  // namespace waybill::http
