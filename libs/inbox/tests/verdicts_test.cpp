#include "verdicts.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/postgres/fault.hpp"

// What an exception means, and what follows from it.

namespace waybill::inbox {
namespace {

using namespace std::chrono_literals;

template <class Thrown>
Judged judged(const Thrown& thrown) {
  return judge(std::make_exception_ptr(thrown));
}

template <class Expected, class Thrown>
bool means(const Thrown& thrown) {
  return std::holds_alternative<Expected>(judged(thrown).verdict);
}

TEST(Judge, tries_again_what_may_go_better) {
  EXPECT_TRUE(means<TryAgain>(std::runtime_error("x")));
  EXPECT_TRUE(means<TryAgain>(postgres::Fault(postgres::FaultKind::transient, "x")));
  EXPECT_TRUE(means<TryAgain>(postgres::Fault(postgres::FaultKind::unavailable, "x")));
  EXPECT_TRUE(means<TryAgain>(42));
}

TEST(Judge, gives_up_what_would_fail_again) {
  EXPECT_TRUE(means<GiveUp>(Permanent("x")));
  EXPECT_TRUE(means<GiveUp>(std::logic_error("x")));
  EXPECT_TRUE(means<GiveUp>(postgres::Fault(postgres::FaultKind::permanent, "x")));
}

TEST(Judge, rests_when_it_is_asked_to) {
  EXPECT_EQ(std::get<Rest>(judged(Pause("away", 3s)).verdict).duration, 3s);
}

class Decide : public ::testing::Test {
 protected:
  static constexpr base::WallTime now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
  static Received message(std::uint32_t attempt, std::chrono::seconds age = 0s) {
    Received message;
    message.id = base::ids_between(now - age, now - age + 1ms).first;
    auto bytes = message.id.bytes();
    bytes[6] = 0x70;
    message.id = base::Uuid(bytes);
    message.attempt = attempt;
    return message;
  }
  static std::chrono::milliseconds wait(std::uint32_t attempt, double chance) {
    const auto decision = decide({}, message(attempt), retries, 24h, now, chance);
    return std::get<RetryIn>(decision).wait;
  }
  static constexpr Retries retries{.attempts = 5, .initial = 1s, .maximum = 30s, .multiplier = 4.0};
};

TEST_F(Decide, waits_longer_each_time_and_never_longer_than_the_maximum) {
  EXPECT_EQ(wait(1, 0.5), 1s);
  EXPECT_EQ(wait(2, 0.5), 4s);
  EXPECT_EQ(wait(3, 0.5), 16s);
  EXPECT_EQ(wait(4, 0.5), 30s);
}

TEST_F(Decide, spreads_the_waits_by_a_tenth) {
  EXPECT_EQ(wait(1, 0.0), 900ms);
  EXPECT_EQ(wait(1, 1.0), 1100ms);
}

TEST_F(Decide, ends_with_the_last_attempt) {
  const auto decision = decide({}, message(5), retries, 24h, now, 0.5);
  EXPECT_EQ(std::get<DeadLetter>(decision).reason, Reason::attempts_used);
}

TEST_F(Decide, ends_at_once_what_is_given_up_with_its_reason) {
  const auto decision = decide({.verdict = GiveUp{Reason::crashed}}, message(1), retries, 24h, now, 0.5);
  EXPECT_EQ(std::get<DeadLetter>(decision).reason, Reason::crashed);
}

TEST_F(Decide, makes_no_attempt_after_the_message_may_be_forgotten) {
  EXPECT_TRUE(std::holds_alternative<RetryIn>(decide({}, message(1, 23h), retries, 24h, now, 0.5)));
  EXPECT_TRUE(std::holds_alternative<DeadLetter>(decide({}, message(1, 24h - 1s), retries, 24h, now, 0.5)));
}

}  // namespace
}  // namespace waybill::inbox
