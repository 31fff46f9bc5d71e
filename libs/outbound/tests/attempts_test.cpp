#include "policy/attempts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::outbound {
namespace {

using namespace std::chrono_literals;
using resilience::GiveUp;
using resilience::RetryAfter;
using resilience::RetryVerdict;
using testing::HasSubstr;

class AttemptsOf : public testing::Test {
 protected:
  Attempts attempts(bool is_idempotent, base::Deadline deadline = base::Deadline::never()) {
    return {is_idempotent, limits, 7, clock, deadline};
  }
  bool goes_on(Trouble trouble, Effect effect, bool is_idempotent) {
    auto all = attempts(is_idempotent);
    Failure failure{.trouble = trouble, .effect = effect};
    return std::holds_alternative<RetryAfter>(all.ended(failure));
  }
  bool goes_on(int status, bool is_idempotent) {
    auto all = attempts(is_idempotent);
    Response response{.status = status};
    return std::holds_alternative<RetryAfter>(all.ended(response));
  }

  resilience::RetryLimits limits{.attempts = 4, .within = 60s};
  base::ManualClock clock;
};

constexpr std::array troubles_that_pass{Trouble::kept_away, Trouble::name_not_found, Trouble::unreachable,
                                        Trouble::tls,       Trouble::deadline,       Trouble::lost,
                                        Trouble::malformed};

TEST_F(AttemptsOf, what_was_not_sent_are_made_again_in_any_case) {
  for (const auto trouble : troubles_that_pass) {
    EXPECT_TRUE(goes_on(trouble, Effect::none, false)) << to_string(trouble);
    EXPECT_TRUE(goes_on(trouble, Effect::none, true)) << to_string(trouble);
  }
}

// The one rule that keeps a customer from paying twice.
TEST_F(AttemptsOf, what_may_have_had_an_effect_are_made_again_only_if_that_does_no_harm) {
  for (const auto trouble : troubles_that_pass) {
    EXPECT_FALSE(goes_on(trouble, Effect::possible, false)) << to_string(trouble);
    EXPECT_TRUE(goes_on(trouble, Effect::possible, true)) << to_string(trouble);
  }
}

TEST_F(AttemptsOf, what_nobody_wants_or_would_end_the_same_are_not_made_again) {
  for (const auto trouble :
       {Trouble::invalid_request, Trouble::too_large, Trouble::cancelled, Trouble::closed}) {
    EXPECT_FALSE(goes_on(trouble, Effect::none, true)) << to_string(trouble);
    EXPECT_FALSE(goes_on(trouble, Effect::possible, true)) << to_string(trouble);
  }
}

TEST_F(AttemptsOf, an_idempotent_request_are_made_again_after_four_statuses) {
  for (const int status : {429, 502, 503, 504}) {
    EXPECT_TRUE(goes_on(status, true)) << status;
    EXPECT_FALSE(goes_on(status, false)) << status;
  }
  for (const int status : {200, 302, 400, 404, 409, 500, 501}) EXPECT_FALSE(goes_on(status, true)) << status;
}

TEST_F(AttemptsOf, a_request_are_bounded_in_number_and_time) {
  auto all = attempts(true);
  int made = 0;
  RetryVerdict verdict;
  do {
    Failure failure{.trouble = Trouble::unreachable, .effect = Effect::none};
    verdict = all.ended(failure);
    ++made;
  } while (std::holds_alternative<RetryAfter>(verdict));
  EXPECT_EQ(made, 4);

  auto late = attempts(true, base::Deadline::after(1s, clock));
  clock.advance(1s);
  Failure failure{.trouble = Trouble::unreachable, .effect = Effect::none};
  EXPECT_EQ(std::get<GiveUp>(late.ended(failure)).why, GiveUp::Why::out_of_time);
}

TEST_F(AttemptsOf, a_request_wait_as_long_as_the_server_asks_and_give_up_when_that_is_too_long) {
  auto all = attempts(true, base::Deadline::after(30s, clock));
  Response patient{.status = 503, .headers = {{"retry-after", "20"}}};
  EXPECT_GE(std::get<RetryAfter>(all.ended(patient)).wait, 20s);
  Response impatient{.status = 503, .headers = {{"Retry-After", "31"}}};
  EXPECT_EQ(std::get<GiveUp>(all.ended(impatient)).why, GiveUp::Why::out_of_time);
}

TEST_F(AttemptsOf, a_request_wait_until_the_circuit_may_close) {
  auto all = attempts(false);
  Failure refused{.trouble = Trouble::kept_away, .effect = Effect::none, .retry_after = 5s};
  EXPECT_GE(std::get<RetryAfter>(all.ended(refused)).wait, 5s);
}

// Otherwise a charge that may have gone through is told as one that surely did not, by the attempt after it.
TEST_F(AttemptsOf, a_request_may_have_had_an_effect_if_any_of_them_may) {
  auto all = attempts(true);
  Failure lost{.trouble = Trouble::lost, .effect = Effect::possible, .what = "lost"};
  all.ended(lost);
  EXPECT_EQ(lost.what, "lost");
  for (int i = 0; i < 2; ++i) {
    Failure refused{.trouble = Trouble::unreachable, .effect = Effect::none, .what = "refused"};
    all.ended(refused);
    EXPECT_EQ(refused.effect, Effect::possible);
    EXPECT_THAT(refused.what, HasSubstr("refused; an attempt before this one was sent"));
  }
}

TEST_F(AttemptsOf, a_request_may_have_had_an_effect_after_a_gateways_answer) {
  auto all = attempts(true);
  Response gateway{.status = 504};
  all.ended(gateway);
  EXPECT_FALSE(gateway.is_repeat);
  Failure refused{.trouble = Trouble::unreachable, .effect = Effect::none};
  all.ended(refused);
  EXPECT_EQ(refused.effect, Effect::possible);
  Response gone{.status = 404};
  all.ended(gone);
  EXPECT_TRUE(gone.is_repeat) << "what was to be deleted may have been, by the first attempt";
}

TEST_F(AttemptsOf, a_request_that_was_never_sent_surely_had_no_effect) {
  auto all = attempts(false);
  for (int i = 0; i < 3; ++i) {
    Failure refused{.trouble = Trouble::unreachable, .effect = Effect::none};
    all.ended(refused);
    EXPECT_EQ(refused.effect, Effect::none);
  }
  Response response{.status = 200};
  all.ended(response);
  EXPECT_FALSE(response.is_repeat);
}

TEST_F(AttemptsOf, a_request_may_take_their_own_time_and_never_more_than_the_whole) {
  const auto whole = base::Deadline::after(10s, clock);
  auto all = attempts(true, whole);
  EXPECT_EQ(all.deadline({}), whole);
  EXPECT_EQ(all.deadline(3s), base::Deadline::after(3s, clock));
  clock.advance(8s);
  EXPECT_EQ(all.deadline(3s), whole);
}

TEST(SickHost, is_told_by_faults_and_server_errors_and_by_nothing_of_our_own) {
  for (const int status : {500, 502, 503, 504})
    EXPECT_TRUE(tells_of_a_sick_host({.status = status})) << status;
  for (const int status : {200, 404, 409, 429})
    EXPECT_FALSE(tells_of_a_sick_host({.status = status})) << status;
  const auto told = [](Trouble trouble) { return tells_of_a_sick_host(Failure{.trouble = trouble}); };
  for (const auto trouble : {Trouble::name_not_found, Trouble::unreachable, Trouble::tls, Trouble::deadline,
                             Trouble::lost, Trouble::malformed}) {
    EXPECT_EQ(told(trouble), true) << to_string(trouble);
  }
  EXPECT_EQ(told(Trouble::too_large), false);
  for (const auto trouble :
       {Trouble::invalid_request, Trouble::kept_away, Trouble::cancelled, Trouble::closed}) {
    EXPECT_EQ(told(trouble), std::nullopt) << to_string(trouble);
  }
}

}  // namespace
}  // namespace waybill::outbound
