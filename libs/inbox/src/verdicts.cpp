#include "verdicts.hpp"

#include <algorithm>
#include <cmath>

#include "waybill/base/uuid_v7.hpp"

namespace waybill::inbox {

std::variant<RetryIn, DeadLetter> decide(const Failure& failure, const Received& message,
                                         const Retries& retries, std::chrono::seconds remember,
                                         base::WallTime now, double chance) {
  if (const auto* give_up = std::get_if<GiveUp>(&failure.verdict)) return DeadLetter{give_up->reason};
  if (message.attempt >= retries.attempts) return DeadLetter{Reason::attempts_used};
  const double growth = std::pow(retries.multiplier, static_cast<double>(message.attempt) - 1);
  const double ceiling = static_cast<double>(retries.maximum.count());
  const double wait = std::min(static_cast<double>(retries.initial.count()) * growth, ceiling);
  const std::chrono::milliseconds drawn{std::llround(wait * (0.9 + 0.2 * chance))};
  // A retry that came after its message's row may be forgotten could be an effect twice.
  const auto made = base::time_of(message.id);
  if (made && now + drawn >= *made + remember) return DeadLetter{Reason::attempts_used};
  return RetryIn{drawn};
}

}  // namespace waybill::inbox
