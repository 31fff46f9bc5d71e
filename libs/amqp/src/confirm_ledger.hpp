#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/message/publisher.hpp"

namespace waybill::amqp {

/// A publish that has its outcome, and who wants to know it.
struct Ended {
  message::Publisher::Done done;
  message::Outcome outcome;
  base::SteadyTime sent_at{};  ///< zero: never
};

/// Which publishes of a channel the broker has not answered. Every publish that is added comes out of ended()
/// exactly once, whatever the broker says, and in whatever order. One whose deadline passes, or that is
/// returned, comes out at once but keeps its place in the window until the broker's answer, since the broker
/// still has it to answer for. Does no I/O and calls nobody. Not thread-safe.
class ConfirmLedger {
 public:
  explicit ConfirmLedger(std::size_t window);

  bool full() const { return open_ >= window_; }
  std::size_t open() const { return open_; }
  /// The delivery tag that the next publish on the channel has.
  std::uint64_t next_number() const { return next_; }
  void add(std::size_t exchange_hash, base::Deadline deadline, message::Publisher::Done done,
           base::SteadyTime sent_at = {});

  // What the broker says. False: it speaks of a publish that was never made or is not open, so it cannot be
  // trusted.
  bool acked(std::uint64_t number, bool multiple) { return answered(number, multiple, message::Confirmed{}); }
  bool nacked(std::uint64_t number, bool multiple) { return answered(number, multiple, message::Nacked{}); }
  bool returned(std::uint64_t number, message::Returned returned);

  /// The broker closed the channel because of a publish to this exchange, without saying which. The last open
  /// one certainly did not arrive: it is the one, or came after it. An earlier one may have arrived before
  /// the exchange went.
  void exchange_failed(std::size_t exchange_hash, const message::Returned& returned);
  /// The channel is gone: nobody will answer for what is open. The next channel counts from 1 again.
  void interrupted(const std::string& why);
  void expire(base::SteadyTime now);
  /// No open deadline is earlier than this.
  base::SteadyTime next_deadline() const { return next_deadline_; }

  std::vector<Ended>& ended() { return ended_; }

 private:
  struct Entry {
    message::Publisher::Done done;  // empty once the outcome is out
    base::SteadyTime deadline = base::SteadyTime::max();
    base::SteadyTime sent_at{};
    std::size_t exchange_hash = 0;
    bool open = false;
  };
  using Straggler = std::pair<std::uint64_t, Entry>;

  Entry& at(std::uint64_t number) { return ring_[number & (ring_.size() - 1)]; }
  Entry* find(std::uint64_t number);
  bool answered(std::uint64_t number, bool multiple, const message::Outcome& outcome);
  void end(Entry& entry, message::Outcome outcome);
  void close(Entry& entry, const message::Outcome& outcome);
  void drop_closed();
  void set_oldest_apart();
  template <class Visit>
  void for_each_open(Visit visit);

  std::size_t window_;
  std::size_t open_ = 0;
  std::vector<Entry> ring_;            // numbers [first_, next_), each at its number modulo the size
  std::vector<Straggler> stragglers_;  // older open ones, by number: few, and long in coming
  std::uint64_t first_ = 1;
  std::uint64_t next_ = 1;
  base::SteadyTime next_deadline_ = base::SteadyTime::max();
  std::vector<Ended> ended_;
};

}  // namespace waybill::amqp
