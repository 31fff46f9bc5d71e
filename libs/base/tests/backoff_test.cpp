#include "waybill/base/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace waybill::base {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, its_ceiling_grows_by_the_multiplier_up_to_the_maximum) {
  Backoff backoff({.initial = milliseconds{100}, .maximum = milliseconds{1000}, .multiplier = 3.0}, 1);
  std::vector<std::int64_t> ceilings;
  for (int i = 0; i < 5; ++i) {
    ceilings.push_back(backoff.ceiling().count());
    backoff.next();
  }
  EXPECT_EQ(ceilings, (std::vector<std::int64_t>{100, 300, 900, 1000, 1000}));
}

// Full jitter: waits fill the whole range from zero, or a crowd that failed together comes back together.
TEST(Backoff, its_waits_fill_the_range_from_zero_to_the_ceiling) {
  Backoff backoff({.initial = milliseconds{1000}, .maximum = milliseconds{1000}, .multiplier = 1.0}, 7);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 2000; ++i) waits.push_back(backoff.next().count());
  EXPECT_LT(std::ranges::min(waits), 20);
  EXPECT_GT(std::ranges::max(waits), 980);
  EXPECT_LE(std::ranges::max(waits), 1000);
  const auto below_half = std::ranges::count_if(waits, [](auto wait) { return wait < 500; });
  EXPECT_NEAR(static_cast<double>(below_half), 1000.0, 150.0);
}

TEST(Backoff, the_same_seed_gives_the_same_waits) {
  Backoff one({}, 42);
  Backoff other({}, 42);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(one.next(), other.next());
}

TEST(Backoff, reset_starts_again_at_the_initial_ceiling) {
  Backoff backoff({}, 1);
  for (int i = 0; i < 10; ++i) backoff.next();
  EXPECT_EQ(backoff.ceiling(), milliseconds{10'000});
  backoff.reset();
  EXPECT_EQ(backoff.ceiling(), milliseconds{100});
}

}  // namespace
}  // namespace waybill::base
