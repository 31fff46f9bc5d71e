#include "waybill/base/uuid_v7.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::base {
namespace {

constexpr std::uint64_t low_mask = (std::uint64_t{1} << 62) - 1;
constexpr std::uint16_t high_mask = 0x0FFF;

std::uint64_t unix_milliseconds(WallTime time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  ENSURE(since >= 0 && since < (std::int64_t{1} << 48), "a UUIDv7 holds times from 1970 to the year 10889");
  return static_cast<std::uint64_t>(since);
}

Uuid compose(std::uint64_t milliseconds, std::uint16_t high, std::uint64_t low) {
  Uuid::Bytes bytes{};
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | high >> 8);
  bytes[7] = static_cast<std::uint8_t>(high);
  const std::uint64_t variant = std::uint64_t{1} << 63 | (low & low_mask);
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(variant >> (56 - 8 * i));
  return Uuid{bytes};
}

Uuid smallest_at(WallTime time) {
  Uuid::Bytes bytes{};
  const std::uint64_t milliseconds = unix_milliseconds(time);
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  return Uuid{bytes};
}

std::uint64_t entropy() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

UuidV7Generator::UuidV7Generator(const Clock& clock) : UuidV7Generator(clock, entropy()) {}

UuidV7Generator::UuidV7Generator(const Clock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}

Uuid UuidV7Generator::next() {
  const std::uint64_t now = unix_milliseconds(clock_.wall());
  const std::lock_guard lock(mutex_);
  if (now > milliseconds_) {
    milliseconds_ = now;
    draw();
  } else {
    step();
  }
  return compose(milliseconds_, counter_high_, counter_low_);
}

// The top bit of the counter starts at zero, so that half of its range is left for one millisecond's steps.
void UuidV7Generator::draw() {
  counter_high_ = static_cast<std::uint16_t>(random_() & high_mask >> 1);
  counter_low_ = random_() & low_mask;
}

void UuidV7Generator::step() {
  const std::uint64_t by = (random_() & 0xFFFF'FFFF) + 1;
  counter_low_ += by;
  if (counter_low_ <= low_mask) return;
  counter_low_ &= low_mask;
  if (counter_high_ < high_mask) {
    ++counter_high_;
  } else {
    ++milliseconds_;
    draw();
  }
}

Uuid new_uuid_v7() {
  static UuidV7Generator generator;
  return generator.next();
}

std::optional<WallTime> time_of(const Uuid& id) {
  if (id.version() != 7 && id.version() != 8) return std::nullopt;
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | id.bytes()[i];
  return WallTime{std::chrono::milliseconds{milliseconds}};
}

IdRange ids_between(WallTime from, WallTime to) {
  ENSURE(from <= to, "a range of times runs forward");
  return {smallest_at(from), smallest_at(to)};
}

}  // namespace waybill::base
