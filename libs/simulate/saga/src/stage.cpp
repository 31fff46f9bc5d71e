#include "stage.hpp"

#include <algorithm>
#include <stdexcept>

namespace waybill::saga_simulation::detail {
namespace {

class Setting {
 public:
  explicit Setting(const Script& script) : script_(script) {}

  Stage set() {
    if (script_.versions.empty()) {
      throw std::invalid_argument("there is no saga to play: give the simulator a definition");
    }
    for (const auto& version : script_.versions) {
      auto& steps = stage_.versions.emplace_back();
      for (const auto& row : version.plan->steps) steps.push_back(step(*version.plan, row));
    }
    const auto or_by_waits = [&](std::chrono::milliseconds given, int waits) {
      return given.count() > 0 ? given : std::chrono::minutes(10) + waits * waits_;
    };
    stage_.calm_after = or_by_waits(script_.times.calm_after, 2);
    stage_.ends_at = stage_.calm_after + or_by_waits(script_.times.ends_within, 20);
    return std::move(stage_);
  }

 private:
  Stage::Step step(const saga::Plan& plan, const saga::StepRow& row) {
    Stage::Step step;
    step.act = command(row.act, row.within.value_or(row.resent_every.value_or(plan.undo_resent_every)));
    if (row.undo) step.undo = command(*row.undo, plan.undo_resent_every);
    return step;
  }

  Stage::Command command(const saga::CommandRow& row, std::chrono::milliseconds wait) {
    waits_ += wait;
    const auto part = std::ranges::find(script_.parts, row.type, &Script::Part::command);
    if (part == script_.parts.end()) {
      throw std::invalid_argument("no participant takes " + std::string(row.type) +
                                  ": give the simulator one that does");
    }
    const auto known = std::ranges::find(stage_.services, row.service);
    const auto service = static_cast<std::size_t>(known - stage_.services.begin());
    if (known == stage_.services.end()) stage_.services.push_back(row.service);
    return {&*part, service, wait};
  }

  const Script& script_;
  Stage stage_;
  std::chrono::milliseconds waits_{};
};

}  // namespace

Stage stage_of(const Script& script) { return Setting(script).set(); }

}  // namespace waybill::saga_simulation::detail
