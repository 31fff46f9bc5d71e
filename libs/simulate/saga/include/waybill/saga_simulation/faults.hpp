#pragma once

#include <chrono>

#include "waybill/simulate/dice.hpp"

namespace waybill::saga_simulation {

/// What goes wrong or comes between, in percent of the cases in which it could. Each is a fault of the dice,
/// so that there are only so many in one history, and a story is told with those alone that it needs.
///
/// In one history a kind does not come at all, in another one eight times as often: what takes several of few
/// kinds in a row is then found, and would be lost among all the others.
struct Faults {
  // Of what a process or a participant takes:
  unsigned crashes_before_commit = 2;  ///< nothing is done, and it comes again
  unsigned crashes_after_commit = 2;   ///< all is done, and a copy of it comes
  // Of commands and answers on their way:
  unsigned losses = 2;   ///< dead-lettered: it never comes
  unsigned doubles = 4;  ///< a copy with the same id comes as well, perhaps much later
  unsigned delays = 5;   ///< it comes late, up to twice what its step is waited for
  // Of copies:
  unsigned forgotten = 30;  ///< the inbox does not know the id any more
  // Of a participant's deliveries:
  unsigned absences = 1;  ///< it goes away for long
  // Of processes, where there is more than one version of the definition:
  unsigned old_processes = 40;  ///< it begins with an older version, and is replaced some time later
  // Of all that happens to a saga, what comes soon after it:
  unsigned early_dues = 2;  ///< a look at a deadline that has not come
  unsigned cancels = 2;
  unsigned retries = 2;  ///< an operator's orders, this and the next
  unsigned compensates = 2;
  unsigned resumes = 3;
  unsigned abandons = 1;  ///< somebody resumes what was abandoned
  /// Operators look before, and compensate only what runs and resume only what is being undone.
  bool operators_look = false;

  /// Those of one history.
  Faults drawn(simulate::Dice& dice) const;
};

/// How long things take, in virtual time.
struct Times {
  std::chrono::milliseconds longest_way{20};  ///< of a message that is not late
  std::chrono::milliseconds longest_restart{1'000};
  std::chrono::milliseconds longest_absence{300'000};
  std::chrono::milliseconds longest_abandoned{120'000};
  std::chrono::milliseconds longest_upgrade{60'000};  ///< until an old process is replaced
  std::chrono::milliseconds unknown_version_again{1'000};
  /// All faults end then. Zero: after ten minutes and twice all waits of the steps.
  std::chrono::milliseconds calm_after{0};
  /// So long after that, each saga has ended. Zero: ten minutes and twenty times all waits.
  std::chrono::milliseconds ends_within{0};
};

}  // namespace waybill::saga_simulation
