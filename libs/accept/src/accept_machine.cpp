#include "accept_machine.hpp"

#include <algorithm>
#include <utility>

#include "waybill/base/ensure.hpp"

namespace waybill::accept {

using namespace std::chrono_literals;

/// All callers with one key, and where they stand.
class AcceptMachine::Execution {
 public:
  enum class Stage : std::uint8_t { waiting, running, resting };
  struct Waiting {
    Caller* caller = nullptr;
    base::SteadyTime deadline{};
  };

  Execution(RequestMark its_mark, bool alone) : mark(std::move(its_mark)), is_alone(alone) {}

  What what_late_ones_are_told() const {
    return is_in_doubt || stage == Stage::running ? What::unknown : What::late;
  }
  /// Those who may be told anything: all but the owner while it runs.
  std::size_t first_free() const { return stage == Stage::running ? 1 : 0; }

  const RequestMark mark;
  const bool is_alone;
  std::vector<Waiting> callers;  ///< the owner first
  Stage stage = Stage::waiting;
  bool is_in_doubt = false;
  std::uint32_t runs = 0;
  base::SteadyTime ready_at{};
};

namespace {

/// Beside so few it costs nothing to begin at once.
constexpr std::size_t small_group = 8;
constexpr auto longest_growth = 10ms;

/// Whoever runs again waits a little: for the server to notice that a connection is gone, or to come back.
std::chrono::milliseconds rest_after(std::uint32_t runs) {
  constexpr auto longest = 500ms;
  return std::min<std::chrono::milliseconds>(longest, 10ms * (1 << std::min(runs, 10U)) / 2);
}

}  // namespace

AcceptMachine::AcceptMachine(Limits limits) : limits_(limits) {
  ENSURE(limits_.group > 0 && limits_.waiting > 0, "an acceptor has room for one request at least");
}

AcceptMachine::~AcceptMachine() = default;

std::optional<AcceptMachine::Refusal> AcceptMachine::add(Caller* caller, RequestMark mark,
                                                         base::SteadyTime deadline, Sharing sharing) {
  if (is_stopping_) return Refusal::stopping;
  const auto found = executions_.find(&mark);
  if (found != executions_.end() && found->second->mark.fingerprint != mark.fingerprint) {
    return Refusal::reused;
  }
  if (load().waiting >= limits_.waiting) return Refusal::full;
  ++callers_;
  earliest_ = std::min(earliest_, deadline);
  if (found != executions_.end()) {
    found->second->callers.push_back({caller, deadline});
    return std::nullopt;
  }
  auto execution = std::make_unique<Execution>(std::move(mark), sharing == Sharing::alone);
  execution->callers.push_back({caller, deadline});
  line_.push_back(execution.get());
  const auto* const key = &execution->mark;
  executions_.emplace(key, std::move(execution));
  return std::nullopt;
}

/// Two half groups beside each other take more of the processor than one whole group behind another: what has
/// come waits for the one that is under way, unless that is small or takes long.
bool AcceptMachine::is_to_grow(base::SteadyTime now) const {
  return running_ > small_group && line_.size() < limits_.group && now < last_taken_ + longest_growth;
}

AcceptMachine::Group AcceptMachine::take(base::SteadyTime now) {
  wake_rested(now);
  Group group;
  is_growth_known_ = !line_.empty() && is_to_grow(now);
  if (is_growth_known_) return group;
  for (auto next = line_.begin(); next != line_.end() && group.members.size() < limits_.group;) {
    Execution& execution = **next;
    if (execution.is_alone && !group.members.empty()) {
      ++next;
      continue;
    }
    begin(execution, group);
    next = line_.erase(next);
    if (execution.is_alone) break;
  }
  if (!group.members.empty()) last_taken_ = now;
  return group;
}

void AcceptMachine::begin(Execution& execution, Group& group) {
  for (const auto& one : execution.callers) group.deadline = std::max(group.deadline, one.deadline);
  group.members.push_back({.execution = &execution,
                           .owner = execution.callers.front().caller,
                           .mark = &execution.mark,
                           .was_begun = execution.runs > 0});
  execution.stage = Execution::Stage::running;
  ++execution.runs;
  ++running_;
}

std::vector<AcceptMachine::Told> AcceptMachine::finished(const Member& member, RunEnd end,
                                                         base::SteadyTime now) {
  Execution& execution = *member.execution;
  ENSURE(execution.stage == Execution::Stage::running, "a run ends that was not begun");
  std::vector<Told> told;
  execution.stage = Execution::Stage::resting;
  --running_;
  if (end == RunEnd::in_doubt) execution.is_in_doubt = true;
  if (end == RunEnd::over) {
    tell_all(execution, execution.is_in_doubt ? What::doubt_solved : What::answer, told);
  } else if (end == RunEnd::away && !execution.is_in_doubt) {
    tell_all(execution, What::away, told);
  } else if (is_closed_) {
    tell_all(execution, execution.what_late_ones_are_told(), told);
  } else {
    tell_late(execution, now, told);
  }
  if (execution.callers.empty()) {
    forget(execution);
  } else {
    rest(execution, now);
  }
  return told;
}

void AcceptMachine::rest(Execution& execution, base::SteadyTime now) {
  execution.ready_at = now + rest_after(execution.runs);
  resting_.push_back(&execution);
  note_deadlines(execution);
}

void AcceptMachine::wake_rested(base::SteadyTime now) {
  for (auto one = resting_.rbegin(); one != resting_.rend(); ++one) {
    if ((*one)->ready_at > now) continue;
    (*one)->stage = Execution::Stage::waiting;
    line_.push_front(*one);
  }
  std::erase_if(resting_, [](const Execution* one) { return one->stage == Execution::Stage::waiting; });
}

std::vector<AcceptMachine::Told> AcceptMachine::expire(base::SteadyTime now) {
  std::vector<Told> told;
  if (now < earliest_) return told;
  earliest_ = base::SteadyTime::max();
  std::vector<Execution*> emptied;
  for (const auto& [key, execution] : executions_) {
    tell_late(*execution, now, told);
    if (execution->callers.empty()) emptied.push_back(execution.get());
    note_deadlines(*execution);
  }
  for (auto* execution : emptied) forget(*execution);
  return told;
}

std::vector<AcceptMachine::Told> AcceptMachine::close() {
  is_stopping_ = true;
  is_closed_ = true;
  std::vector<Told> told;
  std::vector<Execution*> emptied;
  for (const auto& [key, execution] : executions_) {
    if (execution->stage == Execution::Stage::running) continue;
    tell_all(*execution, execution->what_late_ones_are_told(), told);
    emptied.push_back(execution.get());
  }
  for (auto* execution : emptied) forget(*execution);
  return told;
}

void AcceptMachine::tell_late(Execution& execution, base::SteadyTime now, std::vector<Told>& told) {
  const auto free = execution.callers.begin() + static_cast<std::ptrdiff_t>(execution.first_free());
  const auto late = std::remove_if(free, execution.callers.end(), [&](const auto& one) {
    if (one.deadline > now) return false;
    told.push_back({one.caller, execution.what_late_ones_are_told()});
    --callers_;
    return true;
  });
  execution.callers.erase(late, execution.callers.end());
}

void AcceptMachine::tell_all(Execution& execution, What what, std::vector<Told>& told) {
  for (const auto& one : execution.callers) {
    told.push_back({one.caller, what});
    if (what == What::answer || what == What::doubt_solved) what = What::same_answer;
  }
  callers_ -= execution.callers.size();
  execution.callers.clear();
}

void AcceptMachine::forget(Execution& execution) {
  std::erase(line_, &execution);
  std::erase(resting_, &execution);
  executions_.erase(&execution.mark);
}

void AcceptMachine::note_deadlines(const Execution& execution) {
  for (auto i = execution.first_free(); i < execution.callers.size(); ++i) {
    earliest_ = std::min(earliest_, execution.callers[i].deadline);
  }
}

std::optional<base::SteadyTime> AcceptMachine::next_ready() const {
  std::optional<base::SteadyTime> ready;
  if (!resting_.empty()) ready = (*std::ranges::min_element(resting_, {}, &Execution::ready_at))->ready_at;
  if (!line_.empty()) ready = std::min(ready.value_or(base::SteadyTime::max()), last_taken_ + longest_growth);
  return ready;
}

}  // namespace waybill::accept
