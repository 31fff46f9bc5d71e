#include "samples.hpp"

#include <algorithm>
#include <span>

namespace waybill::soak {
namespace {

constexpr std::size_t fewest = 10;
constexpr std::size_t spare_kib = 4 * 1024;

std::size_t median(std::span<const std::size_t> values) {
  std::vector<std::size_t> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return sorted[sorted.size() / 2];
}

}  // namespace

Samples::Verdict Samples::judge() const {
  if (resident_kib_.size() < fewest) return {true, "too short to tell whether memory is flat"};
  const auto steady = std::span(resident_kib_).subspan(resident_kib_.size() / 5);
  const auto third = steady.size() / 3;
  const auto before = median(steady.first(third));
  const auto after = median(steady.last(third));
  const auto most = before + before / 20 + spare_kib;
  return {after <= most, "memory (medians): " + std::to_string(before) + " KiB after warming up, " +
                             std::to_string(after) + " KiB at the end, " + std::to_string(most) +
                             " KiB allowed"};
}

}  // namespace waybill::soak
