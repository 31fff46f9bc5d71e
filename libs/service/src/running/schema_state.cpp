#include "schema_state.hpp"

#include <algorithm>

namespace waybill::service {
namespace {

std::string label(const postgres::MigrationStatus& step) {
  auto number = std::to_string(step.number);
  number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
  return step.module + " " + number + "_" + step.name;
}

}  // namespace

std::optional<std::string> why_not_current(std::span<const postgres::MigrationStatus> steps,
                                           const std::string& program) {
  using State = postgres::MigrationState;
  const auto first_in = [&](State state) {
    return std::ranges::find(steps, state, &postgres::MigrationStatus::state);
  };
  for (const auto state : {State::unfinished, State::changed, State::too_late}) {
    if (const auto found = first_in(state); found != steps.end()) {
      return label(*found) + " is " + std::string(to_string(state)) + "; '" + program +
             " migrate' says how to go on";
    }
  }
  const auto pending = std::ranges::count(steps, State::pending, &postgres::MigrationStatus::state);
  if (pending == 0) return std::nullopt;
  return std::to_string(pending) + " steps of its tables are pending, the first " +
         label(*first_in(State::pending)) + "; run '" + program + " migrate'";
}

}  // namespace waybill::service
