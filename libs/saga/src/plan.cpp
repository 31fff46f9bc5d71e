#include "waybill/saga/plan.hpp"

#include <algorithm>

#include "names.hpp"

namespace waybill::saga {
namespace {

bool is_version(std::string_view part) {
  return part.size() > 1 && part[0] == 'v' && part[1] >= '0' && part[1] <= '9';
}

std::string_view take_last_part(std::string_view& name) {
  const auto last = last_part(name);
  name.remove_suffix(std::min(last.size() + 1, name.size()));
  return last;
}

}  // namespace

std::string_view to_string(CauseKind kind) {
  switch (kind) {
    case CauseKind::none:
      return "none";
    case CauseKind::refused:
      return "refused";
    case CauseKind::timed_out:
      return "timed_out";
    case CauseKind::cancelled:
      return "cancelled";
    case CauseKind::by_operator:
      return "by_operator";
  }
  return "unknown";
}

const AnswerRow* StepRow::answer(std::string_view type) const {
  const auto found = std::ranges::find(answers, type, &AnswerRow::type);
  return found == answers.end() ? nullptr : &*found;
}

std::optional<std::size_t> Plan::step(std::string_view step_name) const {
  const auto found = std::ranges::find(steps, step_name, &StepRow::name);
  if (found == steps.end()) return std::nullopt;
  return static_cast<std::size_t>(found - steps.begin());
}

std::chrono::milliseconds Plan::shortest_wait() const {
  auto shortest = undo_resent_every;
  for (const auto& step : steps) {
    for (const auto& wait : {step.within, step.resent_every}) {
      if (wait) shortest = std::min(shortest, *wait);
    }
  }
  return shortest;
}

std::string service_of(std::string_view command) {
  take_last_part(command);
  auto service = take_last_part(command);
  if (is_version(service)) service = take_last_part(command);
  return std::string(service);
}

}  // namespace waybill::saga
