#include "domain/provider.hpp"

namespace shop::payment {

Verdict decide_by_token(std::string_view token) {
  if (token == "tok_ok") return Approved{};
  if (token == "tok_slow") return Later{};
  if (token == "tok_declined") {
    return Refused{DeclineReason::means_refused, "The means of payment was declined."};
  }
  if (token == "tok_insufficient_funds") {
    return Refused{DeclineReason::insufficient_funds, "The account does not have that much."};
  }
  if (token == "tok_fraud") {
    return Refused{DeclineReason::suspected_fraud, "The payment was stopped on suspicion of fraud."};
  }
  return Refused{DeclineReason::means_refused, "The provider does not know this means of payment."};
}

}  // namespace shop::payment
