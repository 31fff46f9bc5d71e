#include "answers.hpp"

#include <utility>

#include "refusals.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::accept {
namespace {

using What = AcceptMachine::What;

/// Who gets what another one's run has brought, or an earlier one's, is told so. A run that finds the answer
/// of its own lost COMMIT has brought it.
Ending ending_for(What what, Ending of_run) {
  if (what == What::doubt_solved && of_run == Ending::replayed) return Ending::accepted;
  if (what == What::same_answer && of_run == Ending::accepted) return Ending::replayed;
  return of_run;
}

Refused refusal_of(What what) {
  switch (what) {
    case What::away:
      return away();
    case What::late:
      return late();
    case What::unknown:
      return unknown_outcome();
    case What::answer:
    case What::same_answer:
    case What::doubt_solved:
      break;
  }
  ENSURE(false, "who is to get an answer is refused");
}

bool is_answer(What what) {
  return what == What::answer || what == What::same_answer || what == What::doubt_solved;
}

}  // namespace

void append_answers(const std::vector<AcceptMachine::Told>& told, GroupRun::Result& result,
                    const Probe& probe, Answers& answers) {
  for (const auto& one : told) {
    if (!is_answer(one.what)) {
      append_undone({one}, probe, answers);
      continue;
    }
    const auto ending = ending_for(one.what, result.ending);
    answers.push_back({one.caller, &one == &told.back() ? std::move(result.answer) : result.answer});
    if (ending == Ending::replayed) answers.back().answer.with("Idempotency-Replayed", "true");
    probe.ended(ending);
  }
}

void append_undone(const std::vector<AcceptMachine::Told>& told, const Probe& probe, Answers& answers) {
  for (const auto& [caller, what] : told) {
    auto refused = refusal_of(what);
    probe.ended(refused.ending);
    answers.push_back({caller, std::move(refused.answer)});
  }
}

}  // namespace waybill::accept
