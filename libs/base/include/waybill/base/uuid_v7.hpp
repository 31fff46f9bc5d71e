#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <random>

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"

namespace waybill::base {

/// Makes UUIDv7s (RFC 9562): 48 bits of Unix milliseconds, then 74 bits that are drawn afresh each
/// millisecond and counted up by a random step within one. Every id is greater than the one before, also when
/// the clock stands still or goes back: then the ids stay at the latest time seen until the clock has caught
/// up. Any thread may call it. A forked child must make a generator of its own.
class UuidV7Generator {
 public:
  explicit UuidV7Generator(const Clock& clock = system_clock());
  UuidV7Generator(const Clock& clock, std::uint64_t seed);

  Uuid next();

 private:
  void draw();
  void step();

  const Clock& clock_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::uint64_t milliseconds_ = 0;
  std::uint16_t counter_high_ = 0;  // 12 bits
  std::uint64_t counter_low_ = 0;   // 62 bits
};

/// The next id of the process's own generator.
Uuid new_uuid_v7();

/// The time, to the millisecond, at which a UUIDv7 (or a UUIDv8 laid out alike) was made; nothing for other
/// versions.
std::optional<WallTime> time_of(const Uuid& id);

/// The ids [first, past) that can be made at times [from, to), for ranges of whole milliseconds.
struct IdRange {
  Uuid first;
  Uuid past;
  bool contains(const Uuid& id) const { return first <= id && id < past; }
};
IdRange ids_between(WallTime from, WallTime to);

}  // namespace waybill::base
