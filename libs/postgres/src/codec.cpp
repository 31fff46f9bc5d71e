#include "waybill/postgres/codec.hpp"

#include <limits>

namespace waybill::postgres {
namespace {

// PostgreSQL counts microseconds from 2000-01-01 and keeps the two ends of the range for the infinities.
constexpr std::int64_t epoch_us = 946'684'800'000'000;
constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();

}  // namespace

std::array<char, 8> Codec<base::WallTime>::store(base::WallTime value) {
  if (value == base::WallTime::max()) return to_big_endian(infinity);
  const std::int64_t since_1970 = value.time_since_epoch().count();
  if (since_1970 <= minus_infinity + epoch_us) return to_big_endian(minus_infinity);
  return to_big_endian(since_1970 - epoch_us);
}

base::WallTime Codec<base::WallTime>::load(std::string_view bytes) {
  const auto since_2000 = from_big_endian<std::int64_t>(bytes);
  if (since_2000 == minus_infinity) return base::WallTime::min();
  if (since_2000 > infinity - epoch_us) return base::WallTime::max();
  return base::WallTime{std::chrono::microseconds{since_2000 + epoch_us}};
}

}  // namespace waybill::postgres
