#pragma once

#include <chrono>
#include <cstddef>

namespace waybill::outbox {

/// How much the relay has in hand at a time, and how often it looks.
struct RelayLimits {
  std::size_t window = 1'000;      ///< publications that are not confirmed yet
  std::size_t rows = 3'000;        ///< rows in memory, whatever their state
  std::size_t bytes = 128 << 20;   ///< of their payloads, which is looked at before each statement
  std::size_t read_rows = 500;     ///< in one statement
  std::size_t remove_rows = 500;   ///< in one statement, when there are so many
  std::size_t promote_rows = 500;  ///< in one transaction
  std::chrono::milliseconds remove_within{20};  ///< a confirmed row is deleted so soon, if not sooner
  std::chrono::milliseconds poll_busy{10};      ///< how often it looks for new rows after there were some …
  std::chrono::milliseconds poll_idle{100};     ///< … and at rest
  std::chrono::milliseconds sweep_every{50};    ///< but at most a tenth of the time
  std::chrono::milliseconds promote_every{100};
  std::chrono::milliseconds maintain_every{std::chrono::minutes{10}};
  std::chrono::milliseconds retry_first{20};    ///< the wait after an unknown or refused publish, doubled …
  std::chrono::milliseconds retry_most{5'000};  ///< … up to this
  std::chrono::milliseconds blocked_first{1'000};  ///< the wait before a blocked way is tried, doubled …
  std::chrono::milliseconds blocked_most{10'000};  ///< … up to this
};

}  // namespace waybill::outbox
