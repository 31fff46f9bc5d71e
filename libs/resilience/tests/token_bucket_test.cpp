#include "waybill/resilience/token_bucket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "names_option.hpp"
#include "start.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using testing::ThrowsMessage;

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

/// How long to wait, when not granted.
std::optional<nanoseconds> take(TokenBucket& bucket, std::uint64_t tokens, base::SteadyTime now) {
  const auto taken = bucket.try_take(tokens, now);
  return taken ? std::nullopt : std::optional{taken.error().retry_after};
}

constexpr std::optional<nanoseconds> granted = std::nullopt;

TEST(TokenBucket, begins_full_and_grants_a_burst_and_no_more) {
  TokenBucket bucket({.tokens = 10, .per = 1s, .burst = 3}, start);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take(bucket, 1, start), granted);
  EXPECT_EQ(take(bucket, 1, start), 100ms);
}

TEST(TokenBucket, grants_exactly_when_it_said_it_would_and_not_a_nanosecond_before) {
  TokenBucket bucket({.tokens = 3, .per = 1s, .burst = 10}, start);
  EXPECT_EQ(take(bucket, 10, start), granted);
  const auto wait = take(bucket, 7, start);
  EXPECT_EQ(wait, 2'333'333'334ns);
  EXPECT_EQ(take(bucket, 7, start + *wait - 1ns), 1ns);
  EXPECT_EQ(take(bucket, 7, start + *wait), granted);
}

TEST(TokenBucket, what_is_not_granted_costs_nothing) {
  TokenBucket bucket({.tokens = 1, .per = 1s, .burst = 5}, start);
  EXPECT_EQ(take(bucket, 3, start), granted);
  EXPECT_EQ(take(bucket, 3, start), 1s);
  EXPECT_EQ(take(bucket, 3, start), 1s);
  EXPECT_EQ(take(bucket, 2, start), granted);
}

TEST(TokenBucket, none_are_always_granted) {
  TokenBucket bucket({.tokens = 1, .per = 1s, .burst = 1}, start);
  EXPECT_EQ(take(bucket, 1, start), granted);
  EXPECT_EQ(take(bucket, 0, start), granted);
}

// Told to come again later, such a caller would come again for ever.
TEST(TokenBucket, more_than_a_burst_is_never_granted_and_it_says_so) {
  TokenBucket bucket({.tokens = 10, .per = 1s, .burst = 3}, start);
  EXPECT_EQ(take(bucket, 4, start), Throttled::never);
  EXPECT_EQ(take(bucket, most, start), Throttled::never);
  EXPECT_EQ(take(bucket, 3, start), granted);
}

TEST(TokenBucket, a_rest_fills_it_to_the_burst_and_not_beyond) {
  TokenBucket bucket({.tokens = 10, .per = 1s, .burst = 3}, start);
  EXPECT_EQ(take(bucket, 3, start), granted);
  EXPECT_EQ(take(bucket, 3, start + 1h), granted);
  EXPECT_EQ(take(bucket, 1, start + 1h), 100ms);
}

// A third of a nanosecond lost with each request is 3 % of the tokens at this pace.
TEST(TokenBucket, loses_no_fraction_however_often_it_is_asked) {
  TokenBucket bucket({.tokens = 3, .per = 31ns, .burst = 2}, start);
  EXPECT_EQ(take(bucket, 2, start), granted);
  std::uint64_t tokens = 0;
  for (int ns = 1; ns <= 3'100'000; ++ns) {
    if (take(bucket, 1, start + nanoseconds{ns}) == granted) ++tokens;
  }
  EXPECT_EQ(tokens, 300'000U);
}

TEST(TokenBucket, a_clock_that_jumps_far_ahead_overflows_nothing) {
  for (const RateLimit& limit : {RateLimit{.tokens = 1, .per = 24h, .burst = 106'751},
                                 RateLimit{.tokens = most, .per = 1ns, .burst = most / 2},
                                 RateLimit{.tokens = most, .per = 24h, .burst = 100},
                                 RateLimit{.tokens = 1, .per = 1ns, .burst = 1}}) {
    TokenBucket bucket(limit, base::SteadyTime::min());
    EXPECT_EQ(take(bucket, limit.burst, base::SteadyTime::min()), granted);
    EXPECT_EQ(take(bucket, limit.burst, base::SteadyTime::max()), granted);
    EXPECT_GT(take(bucket, limit.burst, base::SteadyTime::max()), 0ns);
  }
}

TEST(TokenBucket, a_clock_that_goes_back_grants_nothing_twice) {
  TokenBucket bucket({.tokens = 1, .per = 1s, .burst = 2}, start);
  EXPECT_EQ(take(bucket, 2, start), granted);
  EXPECT_EQ(take(bucket, 1, start + 1s), granted);
  EXPECT_EQ(take(bucket, 1, start - 1h), 1s);
  EXPECT_EQ(take(bucket, 1, start + 1s), 1s);
  EXPECT_EQ(take(bucket, 1, start + 2s), granted);
}

TEST(TokenBucket, tells_how_many_whole_tokens_it_has_and_when_it_is_full) {
  TokenBucket bucket({.tokens = 3, .per = 1s, .burst = 5}, start);
  EXPECT_EQ(bucket.remaining(start), (Remaining{.tokens = 5, .full_in = 0s}));
  EXPECT_EQ(take(bucket, 4, start), granted);
  EXPECT_EQ(bucket.remaining(start), (Remaining{.tokens = 1, .full_in = 1'333'333'334ns}));
  EXPECT_EQ(bucket.remaining(start + 666'666'666ns), (Remaining{.tokens = 2, .full_in = 666'666'668ns}));
  EXPECT_EQ(bucket.remaining(start + 666'666'667ns), (Remaining{.tokens = 3, .full_in = 666'666'667ns}));
  EXPECT_EQ(bucket.remaining(start + 1h), (Remaining{.tokens = 5, .full_in = 0s}));
  EXPECT_EQ(bucket.remaining(base::SteadyTime::max()), (Remaining{.tokens = 5, .full_in = 0s}));
}

// Who only looks must not move the time from which tokens are counted.
TEST(TokenBucket, a_look_changes_nothing) {
  TokenBucket bucket({.tokens = 1, .per = 1s, .burst = 2}, start);
  EXPECT_EQ(take(bucket, 2, start), granted);
  (void)bucket.remaining(start + 1h);
  EXPECT_EQ(take(bucket, 1, start), 1s);
  EXPECT_EQ(bucket.remaining(start - 1h), (Remaining{.tokens = 0, .full_in = 2s}));
}

// The promise itself, over every window that begins and ends with a grant.
TEST(TokenBucket, never_grants_more_than_the_rate_and_one_burst_in_any_window) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](std::int64_t least, std::int64_t up_to) {
      return std::uniform_int_distribution<std::int64_t>(least, up_to)(random);
    };
    const auto positive = [&](std::int64_t up_to) { return static_cast<std::uint64_t>(draw(1, up_to)); };
    const RateLimit limit{.tokens = positive(50), .per = nanoseconds{draw(1, 1'000)}, .burst = positive(20)};
    TokenBucket bucket(limit, start);
    std::vector<std::pair<base::SteadyTime, std::uint64_t>> grants;
    auto now = start;
    for (int step = 0; step < 400; ++step) {
      now += nanoseconds{draw(0, draw(0, 20) == 0 ? 2'000 : 30)};
      const auto tokens = positive(static_cast<std::int64_t>(limit.burst));
      if (take(bucket, tokens, now) == granted) grants.emplace_back(now, tokens);
    }
    for (std::size_t first = 0; first < grants.size(); ++first) {
      std::uint64_t total = 0;
      for (std::size_t last = first; last < grants.size(); ++last) {
        total += grants[last].second;
        const auto ns = static_cast<std::uint64_t>((grants[last].first - grants[first].first).count());
        const auto per = static_cast<std::uint64_t>(limit.per.count());
        ASSERT_LE(total * per, limit.burst * per + limit.tokens * ns) << "seed " << seed;
      }
    }
  }
}

// The other half of the promise: who comes when told, and leaves room for what comes in meanwhile, gets all.
TEST(TokenBucket, grants_all_that_the_rate_allows_to_those_who_come_when_told) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](std::uint64_t least, std::uint64_t up_to) {
      return std::uniform_int_distribution<std::uint64_t>(least, up_to)(random);
    };
    const auto per = draw(1'000, 1'000'000);
    const RateLimit limit{
        .tokens = draw(1, 1'000), .per = nanoseconds{static_cast<std::int64_t>(per)}, .burst = draw(2, 9)};
    TokenBucket bucket(limit, start);
    ASSERT_EQ(take(bucket, limit.burst, start), granted);
    auto now = start;
    std::uint64_t total = 0;
    for (int step = 0; step < 200; ++step) {
      const auto tokens = draw(1, limit.burst - 1);
      if (const auto wait = take(bucket, tokens, now)) {
        now += *wait;
        ASSERT_EQ(take(bucket, tokens, now), granted) << "seed " << seed;
      }
      total += tokens;
      const auto ns = static_cast<std::uint64_t>((now - start).count());
      ASSERT_LE(total * per, limit.tokens * ns) << "seed " << seed;
      ASSERT_GT(total * per + limit.tokens, limit.tokens * ns) << "seed " << seed << ": a nanosecond late";
    }
  }
}

TEST(TokenBucket, many_threads_get_together_what_one_would_get) {
  TokenBucket bucket({.tokens = 1, .per = 1us, .burst = 100}, start);
  std::atomic<std::uint64_t> total = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int ns = 0; ns <= 100'000; ns += 10) {
          if (bucket.try_take(1, start + nanoseconds{ns})) ++total;
        }
      });
    }
  }
  EXPECT_LE(total, 200U);
  EXPECT_GE(total, 100U);
}

TEST(RateLimit, a_number_that_cannot_be_right_is_refused_by_name) {
  const auto refuses = [](const RateLimit& limit) { return [limit] { TokenBucket(limit, start); }; };
  EXPECT_NO_THROW(check(RateLimit{}));
  EXPECT_THAT(refuses({.tokens = 0}), names("tokens"));
  EXPECT_THAT(refuses({.per = 0s}), names("per"));
  EXPECT_THAT(refuses({.per = -1s}), names("per"));
  EXPECT_THAT(refuses({.per = 25h}), names("per"));
  EXPECT_THAT(refuses({.burst = 0}), names("burst"));
  EXPECT_THAT(refuses({.burst = most}), names("burst"));
}

TEST(RateLimit, a_burst_that_would_take_longer_than_time_itself_is_refused) {
  EXPECT_NO_THROW(check(RateLimit{.tokens = 1, .per = 24h, .burst = 106'751}));
  EXPECT_THAT(
      [] { check(RateLimit{.tokens = 1, .per = 24h, .burst = 106'752}); },
      ThrowsMessage<std::invalid_argument>("resilience: burst is 106752; it takes 1 to 106751 at this rate"));
}

TEST(Throttled, says_when_to_come_again) {
  EXPECT_EQ(to_string(Throttled{40ms}), "too many at once; try again in 40 ms");
  EXPECT_EQ(to_string(Throttled{Throttled::never}), "more than a burst at once; ask for less");
}

}  // namespace
}  // namespace waybill::resilience
