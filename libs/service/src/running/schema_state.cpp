#include "schema_state.hpp"

#include <algorithm>

namespace waybill::service {
std::optional<std::string> why_not_current(std::span<const postgres::MigrationStatus> steps,
                                           const std::string& program) {
  using State = postgres::MigrationState;
  const auto first_in = [&](State state) {
    return std::ranges::find(steps, state, &postgres::MigrationStatus::state);
  };
  for (const auto state : {State::unfinished, State::changed, State::too_late}) {
    if (const auto found = first_in(state); found != steps.end()) {
      return found->label() + " is " + std::string(to_string(state)) + "; '" + program +
             " migrate' says how to go on";
    }
  }
  const auto pending = std::ranges::count(steps, State::pending, &postgres::MigrationStatus::state);
  if (pending == 0) return std::nullopt;
  return std::to_string(pending) + " steps of its tables are pending, the first " +
         first_in(State::pending)->label() + "; run '" + program + " migrate'";
}

}  // namespace waybill::service
