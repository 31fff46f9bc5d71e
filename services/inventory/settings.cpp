#include "settings.hpp"

namespace shop::inventory {
namespace {

using namespace std::chrono_literals;
using waybill::runtime::Setting;
namespace form = waybill::runtime::form;

const Setting<std::chrono::milliseconds> overdue_after =
    Setting{"inventory.overdue_after", form::duration(1ms, 24h * 7),
            "When a reservation that was neither confirmed nor released raises an alarm"}
        .by_default("15m");
const Setting<std::chrono::milliseconds> overdue_look_every =
    Setting{"inventory.overdue_look_every", form::duration(10ms, 1h),
            "How often overdue reservations are looked for"}
        .by_default("30s");

}  // namespace

waybill::runtime::Section settings() { return {"Inventory", {overdue_after, overdue_look_every}}; }

OverdueWatchOptions overdue_watch_options(const waybill::runtime::Configuration& configuration) {
  return {.after = configuration[overdue_after], .look_every = configuration[overdue_look_every]};
}

}  // namespace shop::inventory
