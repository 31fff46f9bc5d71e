#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/payment.hpp"

namespace shop::payment {

/// What the provider says of a charge.
struct Approved {
  friend bool operator==(const Approved&, const Approved&) = default;
};
struct Refused {
  DeclineReason reason = DeclineReason::means_refused;
  std::string explanation{};  ///< for people; nothing of the token is in it
  friend bool operator==(const Refused&, const Refused&) = default;
};
/// It takes its time, and is asked again later.
struct Later {
  friend bool operator==(const Later&, const Later&) = default;
};
using Verdict = std::variant<Approved, Refused, Later>;

/// Decides about a charge by its token. It is called once for each, inside of a transaction, so it must not
/// wait for anybody. A token is as good as money: it is neither stored nor logged.
using Provider = std::function<Verdict(std::string_view token)>;

/// In place of a real provider: the token itself says what becomes of the charge.
Verdict decide_by_token(std::string_view token);

}  // namespace shop::payment
