#include "waybill/simulate/dice.hpp"

#include <algorithm>

namespace waybill::simulate {

// Two sources of one seed, which must not walk side by side, nor beside those of the next seed.
Dice::Dice(std::uint64_t seed, const Size& size)
    : numbers_(Numbers(seed).next()), faults_(Numbers(~seed).next()), size_(size) {}

std::int64_t Dice::between(std::int64_t low, std::int64_t high) {
  ENSURE(low <= high, "there is nothing between");
  const auto values = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const auto above = values == 0 ? draw() : draw() % values;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + above);
}

bool Dice::strikes(unsigned percent) {
  if (is_calm_ || percent == 0 || drawn_ >= size_.faults) return false;
  if (faults_.next() % 100 >= percent) return false;
  const auto place = drawn_++;
  if (std::ranges::find(size_.spared, place) != size_.spared.end()) return false;
  ++struck_;
  return true;
}

}  // namespace waybill::simulate
