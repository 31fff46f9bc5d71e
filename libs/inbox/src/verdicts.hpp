#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "received.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/inbox/consumer.hpp"

namespace waybill::inbox {

/// A message that failed, and why.
struct Failure {
  Verdict verdict = TryAgain{};
  std::string error{};
  /// How often it was tried; of one that ends processes, how often it did.
  std::uint32_t attempts = 1;
};

struct RetryIn {
  std::chrono::milliseconds wait{0};
};
struct DeadLetter {
  Reason reason = Reason::attempts_used;
};

/// Whether there is another attempt, and when. `chance` is between 0 and 1. Pure.
std::variant<RetryIn, DeadLetter> decide(const Failure& failure, const Received& message,
                                         const Retries& retries, std::chrono::seconds remember,
                                         base::WallTime now, double chance);

}  // namespace waybill::inbox
