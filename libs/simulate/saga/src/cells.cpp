#include "cells.hpp"

namespace waybill::saga_simulation {

using saga::Status;

std::string_view short_name(std::string_view type) {
  const auto dot = type.rfind('.');
  return dot == std::string_view::npos ? type : type.substr(dot + 1);
}

// Each step is done and undone, and there are three ends.
Cells::Cells(const saga::Plan& plan) : plan_(plan), states_(2 * plan.steps.size() + 3) {
  for (const auto& step : plan.steps) {
    first_answer_.push_back(inputs_.size());
    const auto add = [&](std::string_view type) {
      inputs_.push_back({std::string(short_name(type)) + " (" + step.name + ")", type});
    };
    for (const auto& row : step.answers) add(row.type);
    if (step.undo) add(step.undone_by);
  }
  first_answer_.push_back(inputs_.size());
  fixed_ = inputs_.size();
  for (const auto* name :
       {"due", "cancel", "retry", "compensate", "resume", "abandon", "what it cannot know"}) {
    inputs_.push_back({name});
  }
}

std::size_t Cells::state_of(const saga::Instance& instance) const {
  const auto steps = plan_.steps.size();
  switch (instance.status) {
    case Status::running:
      return instance.at;
    case Status::compensating:
      return steps + instance.at;
    case Status::completed:
      return 2 * steps;
    case Status::compensated:
      return 2 * steps + 1;
    case Status::abandoned:
      return 2 * steps + 2;
  }
  return 0;
}

std::size_t Cells::answer(std::size_t step, std::string_view type) const {
  if (step >= plan_.steps.size()) return unknown();
  for (auto at = first_answer_[step]; at < first_answer_[step + 1]; ++at) {
    if (inputs_[at].type == type) return at;
  }
  return unknown();
}

std::string Cells::state_name(std::size_t cell) const {
  const auto state = cell / outcomes / inputs_.size();
  const auto steps = plan_.steps.size();
  if (state < steps) return "running, at '" + plan_.steps[state].name + "'";
  if (state < 2 * steps) return "compensating, at '" + plan_.steps[state - steps].name + "'";
  constexpr std::string_view ends[]{"completed", "compensated", "abandoned"};
  return std::string(ends[state - 2 * steps]);
}

}  // namespace waybill::saga_simulation
