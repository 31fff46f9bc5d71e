#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "waybill/base/clock.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/outbound/fault.hpp"
#include "waybill/outbound/response.hpp"
#include "waybill/resilience/retry_limits.hpp"
#include "waybill/resilience/retry_schedule.hpp"

namespace waybill::outbound {

/// What another attempt is worth after one has ended.
enum class Worth {
  always,         ///< it surely was not sent, and may be another time
  if_idempotent,  ///< it may have had an effect: another attempt must not have one more
  never,          ///< it would end the same, or nobody wants it any longer
};
Worth worth_of(const Failure& failure);
Worth worth_of(const Response& response);

/// Whether a circuit breaker is to count it as a failure of the host; nothing when it says nothing of it.
std::optional<bool> tells_of_a_sick_host(const Failure& failure);
bool tells_of_a_sick_host(const Response& response);

/// One request's attempts: after each it says whether to make another, and when. Pure but for the clock;
/// one thread.
class Attempts {
 public:
  /// The first attempt begins now. The clock outlives it.
  Attempts(bool is_idempotent, const resilience::RetryLimits& limits, std::uint64_t seed,
           const base::Clock& clock, base::Deadline deadline);

  /// Give-up means: this is the response.
  resilience::RetryVerdict ended(Response& response);
  /// Give-up means: this is the failure, of all attempts together.
  resilience::RetryVerdict ended(Failure& failure);

  /// For the next attempt, which may take `within` at most.
  base::Deadline deadline(std::optional<std::chrono::nanoseconds> within) const;

 private:
  bool is_worth(Worth worth) const {
    return worth == Worth::always || (worth == Worth::if_idempotent && is_idempotent_);
  }

  bool is_idempotent_;
  const base::Clock& clock_;
  base::Deadline whole_;
  resilience::RetrySchedule schedule_;
  bool was_sent_before_ = false;
};

}  // namespace waybill::outbound
