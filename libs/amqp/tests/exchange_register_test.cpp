#include "exchange_register.hpp"

#include <gtest/gtest.h>

#include "start.hpp"

namespace waybill::amqp {
namespace {

using tests::start;
using Standing = ExchangeRegister::Standing;

TEST(ExchangeRegister, asks_for_every_exchange_once_but_for_the_default_one) {
  ExchangeRegister exchanges;
  EXPECT_EQ(exchanges.standing("", start), Standing::usable);
  EXPECT_EQ(exchanges.standing("events", start), Standing::unknown);
  exchanges.set_usable("events");
  EXPECT_EQ(exchanges.standing("events", start), Standing::usable);
  EXPECT_EQ(exchanges.standing("event", start), Standing::unknown);
}

TEST(ExchangeRegister, leaves_a_missing_exchange_alone_until_its_time_and_asks_again_then) {
  ExchangeRegister exchanges;
  exchanges.set_unusable("events", {404, "no exchange 'events'"}, start + std::chrono::seconds{1});
  EXPECT_EQ(exchanges.standing("events", start), Standing::unusable);
  EXPECT_EQ(exchanges.reason("events").code, 404);
  EXPECT_EQ(exchanges.standing("events", start + std::chrono::seconds{1}), Standing::unknown);
}

// The last usable one is remembered for speed; that must not outlive its deletion.
TEST(ExchangeRegister, knows_that_a_usable_exchange_became_unusable) {
  ExchangeRegister exchanges;
  exchanges.set_usable("events");
  EXPECT_EQ(exchanges.standing("events", start), Standing::usable);
  exchanges.set_unusable("events", {404, ""}, start + std::chrono::seconds{1});
  EXPECT_EQ(exchanges.standing("events", start), Standing::unusable);
}

TEST(ExchangeRegister, forgets_all_for_a_new_connection) {
  ExchangeRegister exchanges;
  exchanges.set_usable("events");
  EXPECT_EQ(exchanges.standing("events", start), Standing::usable);
  exchanges.forget_all();
  EXPECT_EQ(exchanges.standing("events", start), Standing::unknown);
}

// Names come from callers: a different one for each message must not fill the memory.
TEST(ExchangeRegister, stays_bounded_whatever_names_it_is_given) {
  ExchangeRegister exchanges;
  for (int i = 0; i < 5'000; ++i)
    exchanges.set_unusable(std::to_string(i), {404, ""}, base::SteadyTime::max());
  EXPECT_EQ(exchanges.standing("0", start), Standing::unknown);
  EXPECT_EQ(exchanges.standing("4999", start), Standing::unusable);
}

}  // namespace
}  // namespace waybill::amqp
