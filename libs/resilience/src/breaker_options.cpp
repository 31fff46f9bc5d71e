#include "waybill/resilience/breaker_options.hpp"

#include "require.hpp"

namespace waybill::resilience {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds shortest = std::chrono::milliseconds{1};
constexpr nanoseconds longest = std::chrono::hours{24};
constexpr std::uint32_t most_buckets = 1'000;

void check_limit(const FailureCount& count) { require(count.failures > 0, "failures", "0", "1 or more"); }

void check_limit(const FailureRatio& ratio) {
  require(ratio.percent > 0 && ratio.percent <= 100, "percent", std::to_string(ratio.percent), "1 to 100");
  require(ratio.minimum_calls > 0, "minimum_calls", "0", "1 or more");
}

void check_duration(const std::string& option, nanoseconds duration) {
  require(duration >= shortest && duration <= longest, option, in_ms(duration), "1 ms to 24 h");
}

}  // namespace

void check(const BreakerOptions& options) {
  std::visit([](const auto& limit) { check_limit(limit); }, options.opens_on);
  check_duration("window", options.window);
  check_duration("cool_down", options.cool_down);
  require(options.buckets > 0 && options.buckets <= most_buckets, "buckets", std::to_string(options.buckets),
          "1 to " + std::to_string(most_buckets));
  require(options.probes > 0, "probes", "0", "1 or more");
  require(options.successes > 0, "successes", "0", "1 or more");
}

}  // namespace waybill::resilience
