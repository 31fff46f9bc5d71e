#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "waybill/base/clock.hpp"
#include "waybill/servers/fault.hpp"

namespace waybill::servers {

/// What lasts in one direction, for all connections.
struct StreamFaults {
  bool stopped = false;
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};
  std::uint64_t bytes_per_second = 0;
};

/// One direction of one connection, without its sockets: says how much may be read, keeps what was read, and
/// says what may be passed on and when. It knows no clock and does no I/O. Not thread-safe; `faults` outlives
/// it.
class FaultyStream {
 public:
  FaultyStream(const StreamFaults& faults, std::uint64_t seed) : faults_(faults), random_(seed) {}

  /// How many bytes may be read at the moment; 0 means not to read.
  std::size_t wanted() const;
  void take(std::string_view bytes, base::SteadyTime now);

  /// What may be passed on now.
  std::string_view ready(base::SteadyTime now) const;
  void passed(std::size_t count, base::SteadyTime now);
  /// When ready() has something; nothing if it first needs to be read.
  std::optional<base::SteadyTime> next_ready() const;
  bool empty() const { return pieces_.empty(); }

  void cut_after(std::uint64_t bytes, Cut how);
  void corrupt(std::uint64_t offset);
  /// How to end the connection: all that was to arrive has been passed on, and more has come.
  std::optional<Cut> cut_due() const;

  /// What is taken from now on is dropped.
  void drop_what_comes() { dropping_ = true; }
  void drop_everything();
  void heal();

 private:
  struct Piece {
    std::string bytes;
    base::SteadyTime due;
  };
  struct CutAt {
    std::uint64_t offset;
    Cut how;
  };

  std::chrono::milliseconds draw_delay();

  const StreamFaults& faults_;
  std::mt19937_64 random_;
  std::deque<Piece> pieces_;
  std::size_t passed_of_first_ = 0;
  std::size_t held_ = 0;
  std::uint64_t taken_ = 0;
  base::SteadyTime last_due_;
  base::SteadyTime pass_next_at_;
  std::optional<CutAt> cut_at_;
  std::optional<std::uint64_t> corrupt_at_;
  bool overrun_ = false;
  bool dropping_ = false;
};

}  // namespace waybill::servers
