#include "saga/place_order.hpp"

#include <gmock/gmock.h>

#include "api/order_json.hpp"
#include "waybill/saga/drawing.hpp"

namespace shop::order {
namespace {

using waybill::saga::Cause, waybill::saga::CauseKind;

TEST(PlaceOrder, says_why_it_comes_to_nothing) {
  PlaceOrder order;
  EXPECT_EQ(reason_of(order, {CauseKind::refused, "pay", {}}), Reason::payment_declined);
  EXPECT_EQ(reason_of(order, {CauseKind::refused, "reserve", {}}), Reason::out_of_stock);
  order.refused_for = "unknown_sku";
  EXPECT_EQ(reason_of(order, {CauseKind::refused, "reserve", {}}), Reason::unknown_sku);
  order.refused_for = "mixed_currencies";
  EXPECT_EQ(reason_of(order, {CauseKind::refused, "reserve", {}}), Reason::mixed_currencies);
  EXPECT_EQ(reason_of(order, {CauseKind::timed_out, "pay", {}}), Reason::timed_out);
  EXPECT_EQ(reason_of(order, {CauseKind::cancelled, "pay", "shop"}), Reason::customer_request);
  EXPECT_EQ(reason_of(order, {CauseKind::by_operator, "pay", "fraud"}), Reason::by_operator);
}

TEST(PlaceOrder, has_its_point_of_no_return_behind_the_payment) {
  const auto definition = place_order();
  const auto& plan = definition.plan();
  ASSERT_EQ(plan.steps.size(), 3U);
  EXPECT_EQ(plan.point_of_no_return, 2U);
  EXPECT_EQ(plan.steps[0].act.service, "inventory");
  EXPECT_EQ(plan.steps[1].act.service, "payment");
}

TEST(PlaceOrder, takes_as_long_as_it_is_told) {
  using namespace std::chrono_literals;
  const auto definition = place_order({.reserve = 1s, .pay = 2s, .confirm_resent = 3s});
  EXPECT_EQ(definition.plan().steps[0].within, 1s);
  EXPECT_EQ(definition.plan().steps[1].within, 2s);
  EXPECT_EQ(definition.plan().steps[2].resent_every, 3s);
}

TEST(PlaceOrder, tells_clients_that_an_operator_was_at_it_and_not_what_was_said) {
  waybill::saga::JournalEntry entry;
  entry.kind = waybill::saga::InputKind::operate;
  entry.order = "compensate";
  entry.by = "looks like fraud";
  const auto told = json_of(entry);
  EXPECT_THAT(told, ::testing::HasSubstr("an operator wanted it to compensate"));
  EXPECT_THAT(told, ::testing::Not(::testing::HasSubstr("fraud")));
  entry.kind = waybill::saga::InputKind::cancel;
  entry.by = "shop";
  EXPECT_THAT(json_of(entry), ::testing::HasSubstr("'shop' wanted it cancelled"));
}

}  // namespace
}  // namespace shop::order
