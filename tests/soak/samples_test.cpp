#include "samples.hpp"

#include <gtest/gtest.h>

namespace waybill::soak {
namespace {

Samples::Verdict verdict_of(const std::function<std::size_t(std::size_t)>& resident_kib) {
  Samples samples;
  for (std::size_t at = 0; at < 100; ++at) samples.add({.resident_kib = resident_kib(at)});
  return samples.judge();
}

TEST(Samples, call_memory_flat_that_grows_while_warming_up_and_wavers_later) {
  const auto verdict =
      verdict_of([](std::size_t at) { return at < 20 ? 1'000 + 1'000 * at : 20'000 + at % 7 * 300; });
  EXPECT_TRUE(verdict.is_flat) << verdict.text;
}

TEST(Samples, see_memory_that_goes_on_growing) {
  const auto verdict = verdict_of([](std::size_t at) { return 20'000 + 150 * at; });
  EXPECT_FALSE(verdict.is_flat) << verdict.text;
}

TEST(Samples, are_not_misled_by_one_that_is_high) {
  const auto verdict = verdict_of([](std::size_t at) { return at == 99 ? 900'000 : 20'000; });
  EXPECT_TRUE(verdict.is_flat) << verdict.text;
}

}  // namespace
}  // namespace waybill::soak
