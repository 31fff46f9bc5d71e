#include "policy/attempts.hpp"

#include "policy/retry_after.hpp"

namespace waybill::outbound {
namespace {

bool is_overloaded_or_behind(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

Worth worth_of(const Failure& failure) {
  switch (failure.trouble) {
    case Trouble::invalid_request:
    case Trouble::too_large:
    case Trouble::cancelled:
    case Trouble::closed:
      return Worth::never;
    default:
      return failure.effect == Effect::none ? Worth::always : Worth::if_idempotent;
  }
}

Worth worth_of(const Response& response) {
  return is_overloaded_or_behind(response.status) ? Worth::if_idempotent : Worth::never;
}

std::optional<bool> tells_of_a_sick_host(const Failure& failure) {
  switch (failure.trouble) {
    case Trouble::invalid_request:
    case Trouble::kept_away:
    case Trouble::cancelled:
    case Trouble::closed:
      return std::nullopt;
    case Trouble::too_large:
      return false;
    default:
      return true;
  }
}

bool tells_of_a_sick_host(const Response& response) {
  return response.status == 500 || (response.status != 429 && is_overloaded_or_behind(response.status));
}

Attempts::Attempts(bool is_idempotent, const resilience::RetryLimits& limits, std::uint64_t seed,
                   const base::Clock& clock, base::Deadline deadline)
    : is_idempotent_(is_idempotent),
      clock_(clock),
      whole_(deadline),
      schedule_(limits, seed, clock, deadline) {}

resilience::RetryVerdict Attempts::ended(Response& response) {
  response.is_repeat = was_sent_before_;
  was_sent_before_ = true;
  if (!is_worth(worth_of(response))) return schedule_.failed_for_good();
  const auto* value = find_header(response.headers, "Retry-After");
  const auto wait = value != nullptr ? retry_after(*value, clock_.wall()) : std::nullopt;
  return schedule_.failed(wait.value_or(std::chrono::nanoseconds{0}));
}

resilience::RetryVerdict Attempts::ended(Failure& failure) {
  const auto worth = worth_of(failure);
  if (was_sent_before_ && failure.effect == Effect::none) {
    failure.effect = Effect::possible;
    failure.what += "; an attempt before this one was sent, and may have had an effect";
  }
  was_sent_before_ = failure.effect == Effect::possible;
  if (!is_worth(worth)) return schedule_.failed_for_good();
  return schedule_.failed(failure.retry_after.value_or(std::chrono::nanoseconds{0}));
}

base::Deadline Attempts::deadline(std::optional<std::chrono::nanoseconds> within) const {
  return within ? whole_.earlier_of(base::Deadline::after(*within, clock_)) : whole_;
}

}  // namespace waybill::outbound
