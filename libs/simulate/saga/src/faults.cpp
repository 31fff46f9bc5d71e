#include "waybill/saga_simulation/faults.hpp"

#include <algorithm>

namespace waybill::saga_simulation {
namespace {

/// Sagas that are sent forth and back while answers of old times are still under way: what takes the most
/// faults in a row.
Faults undecided(const Faults& all) {
  const auto often = [](unsigned percent) { return std::min(16 * percent, std::max(percent, 50U)); };
  return {.crashes_before_commit = 0,
          .crashes_after_commit = 0,
          .losses = 0,
          .doubles = often(all.doubles),
          .delays = often(all.delays),
          .forgotten = often(all.forgotten),
          .absences = 0,
          .old_processes = all.old_processes,
          .early_dues = 0,
          .cancels = 0,
          .retries = all.retries,
          .compensates = often(all.compensates),
          .resumes = often(all.resumes),
          .abandons = 0,
          .operators_look = true};
}

}  // namespace

Faults Faults::drawn(simulate::Dice& dice) const {
  if (dice.one_in(4)) return undecided(*this);
  constexpr unsigned times[]{0, 0, 1, 8};
  auto drawn = *this;
  auto numbers = dice.draw();
  for (auto* percent :
       {&drawn.crashes_before_commit, &drawn.crashes_after_commit, &drawn.losses, &drawn.doubles,
        &drawn.delays, &drawn.forgotten, &drawn.absences, &drawn.early_dues, &drawn.cancels, &drawn.retries,
        &drawn.compensates, &drawn.resumes, &drawn.abandons}) {
    *percent = std::min(*percent * times[numbers % 4], std::max(*percent, 80U));
    numbers /= 4;
  }
  return drawn;
}

}  // namespace waybill::saga_simulation
