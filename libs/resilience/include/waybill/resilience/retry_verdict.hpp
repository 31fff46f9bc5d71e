#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace waybill::resilience {

/// Wait so long, then try again.
struct RetryAfter {
  std::chrono::nanoseconds wait{0};
  friend bool operator==(const RetryAfter&, const RetryAfter&) = default;
};

/// Do not try again; the last error is the answer.
struct GiveUp {
  enum class Why {
    not_worth_it,   ///< the error would come again, or another attempt would do harm
    attempts_used,  ///< the last attempt that was allowed has failed
    out_of_time,    ///< the next attempt would begin at the deadline or after it
  };
  Why why = Why::not_worth_it;
  std::uint32_t attempts = 0;        ///< that were made
  std::chrono::nanoseconds took{0};  ///< since the beginning of the first
  friend bool operator==(const GiveUp&, const GiveUp&) = default;
};

/// What is to be done after an attempt has failed.
using RetryVerdict = std::variant<RetryAfter, GiveUp>;

/// "gave up after 3 attempts in 1200 ms: no attempt is left"
std::string to_string(const GiveUp& give_up);

}  // namespace waybill::resilience
