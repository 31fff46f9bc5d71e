#include "domain/provider.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shop::payment {
namespace {

DeclineReason reason_for(std::string_view token) { return std::get<Refused>(decide_by_token(token)).reason; }

TEST(TokenProvider, approves_refuses_or_takes_its_time_as_the_token_says) {
  EXPECT_EQ(decide_by_token("tok_ok"), Verdict(Approved{}));
  EXPECT_EQ(decide_by_token("tok_slow"), Verdict(Later{}));
  EXPECT_EQ(reason_for("tok_declined"), DeclineReason::means_refused);
  EXPECT_EQ(reason_for("tok_insufficient_funds"), DeclineReason::insufficient_funds);
  EXPECT_EQ(reason_for(""), DeclineReason::means_refused);
  EXPECT_EQ(reason_for("tok_fraud"), DeclineReason::suspected_fraud);
}

// A token is as good as money: it must not come out again in what people and logs read.
TEST(TokenProvider, refuses_a_token_that_it_does_not_know_without_repeating_it) {
  for (const std::string token : {"tok_OK", "tok_ok ", "card-4111"}) {
    const auto verdict = decide_by_token(token);
    const auto& refused = std::get<Refused>(verdict);
    EXPECT_EQ(refused.reason, DeclineReason::means_refused);
    EXPECT_FALSE(refused.explanation.empty());
    EXPECT_EQ(refused.explanation.find(token), std::string::npos);
  }
}

}  // namespace
}  // namespace shop::payment
