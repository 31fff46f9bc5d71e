#include "domain/reservation.hpp"

namespace shop::inventory {

std::optional<std::int64_t> total_of(const std::vector<PricedLine>& lines) {
  std::int64_t total = 0;
  for (const auto& line : lines) {
    std::int64_t price = 0;
    if (__builtin_mul_overflow(line.unit_price, std::int64_t{line.quantity}, &price)) return std::nullopt;
    if (__builtin_add_overflow(total, price, &total)) return std::nullopt;
  }
  return total;
}

}  // namespace shop::inventory
