#include "settings.hpp"

#include <chrono>

#include "waybill/runtime/setting.hpp"

namespace shop::order {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using waybill::runtime::Setting;
namespace form = waybill::runtime::form;

const Setting<milliseconds> reserve_within =
    Setting<milliseconds>{"saga.reserve_within", form::duration(100ms, 24h),
                          "How long the inventory has to set the goods aside, until the order is undone"}
        .by_default("30s");
const Setting<milliseconds> pay_within =
    Setting<milliseconds>{"saga.pay_within", form::duration(100ms, 24h),
                          "How long the payment may take, until the order is undone"}
        .by_default("60s");
const Setting<milliseconds> confirm_resent_every =
    Setting<milliseconds>{"saga.confirm_resent_every", form::duration(100ms, 1h),
                          "How often the inventory is asked again to make a paid reservation final"}
        .by_default("10s");

}  // namespace

waybill::runtime::Section saga_section() {
  return {"The saga of an order", {reserve_within, pay_within, confirm_resent_every}};
}

StepLimits step_limits(const waybill::runtime::Configuration& configuration) {
  return {.reserve = configuration[reserve_within],
          .pay = configuration[pay_within],
          .confirm_resent = configuration[confirm_resent_every]};
}

}  // namespace shop::order
