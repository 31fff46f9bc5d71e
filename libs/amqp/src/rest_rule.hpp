#pragma once

#include <chrono>
#include <cstddef>

#include "waybill/base/clock.hpp"

namespace waybill::amqp {

/// When the connection's thread had better sleep through what arrives. A broker in full flow writes two
/// messages at a time; reading each such write costs as much in thread switches as the messages themselves.
/// So in a stream the thread rests a while between two reads, as long as what one read brings is little of
/// the prefetch: the broker goes on sending meanwhile. A message that comes alone is never kept waiting, nor
/// is what is there to be read already: a few large messages are all that one read takes.
class RestRule {
 public:
  explicit RestRule(std::size_t prefetch) : small_burst_(prefetch / 8) {}

  /// After a read that brought `burst` deliveries, and may have left more: until when to rest; `now` for not
  /// at all.
  base::SteadyTime rest_until(std::size_t burst, bool has_more, base::SteadyTime now) {
    if (burst == 0) return now;
    const bool streams = now < last_burst_at_ + rest_time;
    last_burst_at_ = now;
    if (!streams || has_more || burst > small_burst_) return now;
    last_burst_at_ += rest_time;
    return last_burst_at_;
  }

  static constexpr std::chrono::microseconds rest_time{150};

 private:
  std::size_t small_burst_;
  base::SteadyTime last_burst_at_{};
};

}  // namespace waybill::amqp
