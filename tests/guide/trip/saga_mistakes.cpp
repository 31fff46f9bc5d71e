#include "saga_mistakes.hpp"

#include <variant>

using namespace waybill::saga;
using waybill::base::WallTime;
using waybill::saga_simulation::Mechanism;

namespace {

using Advance = Change (*)(const Plan&, Instance, const Input&, WallTime);

/// Nothing has become of an input.
Change unchanged(Instance instance, Outcome outcome) {
  Change change;
  change.outcome = outcome;
  change.instance = std::move(instance);
  return change;
}

/// The undo that is sent for the first time counts as answered.
Change forget_an_undo(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto change = advance(plan, std::move(instance), given, now);
  if (change.sent.empty()) return change;
  const auto sent = change.sent.front();
  if (!sent.is_undo || sent.attempt > 1 || plan.steps[sent.step].name != "pay") return change;
  const auto& row = plan.steps[sent.step];
  auto next = advance(plan, std::move(change.instance),
                      input::Answer{row.name, sent.epoch, row.undone_by, nullptr}, now);
  next.outcome = change.outcome;
  return next;
}

Change ignore_a_refusal(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  const auto* answer = std::get_if<input::Answer>(&given);
  const auto at = answer == nullptr ? std::nullopt : plan.step(answer->step);
  const auto* row = at ? plan.steps[*at].answer(answer->type) : nullptr;
  if (row == nullptr || !row->is_refusal) return advance(plan, std::move(instance), given, now);
  // As if it were the reply, of which nothing is kept.
  auto done = *answer;
  auto wrong_plan = plan;
  for (auto& other : wrong_plan.steps[*at].answers) {
    other.keep = nullptr;
    if (!other.is_refusal) done.type = other.type;
  }
  return advance(wrong_plan, std::move(instance), done, now);
}

Change ignore_an_answer(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  const auto* answer = std::get_if<input::Answer>(&given);
  if (answer != nullptr && answer->step == "ticket") return unchanged(std::move(instance), Outcome::repeated);
  return advance(plan, std::move(instance), given, now);
}

Change ignore_deadlines(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  if (std::holds_alternative<input::Due>(given)) return unchanged(std::move(instance), Outcome::not_due);
  return advance(plan, std::move(instance), given, now);
}

/// Sends another undo than it should.
void undo_instead(const Plan&, Change& change, std::size_t step, WallTime now) {
  auto& instance = change.instance;
  instance.at = step;
  instance.status = Status::compensating;
  auto& state = instance.steps[step];
  state.status = StepStatus::undoing;
  state.attempts = 1;
  state.since = state.sent_at = now;
  change.sent = {{.step = step, .is_undo = true, .epoch = state.epoch}};
  change.milestones.clear();
}

/// The first step before all others.
Change undo_in_order(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto change = advance(plan, std::move(instance), given, now);
  auto& steps = change.instance.steps;
  if (change.sent.empty() || !change.sent.front().is_undo || change.sent.front().attempt > 1) return change;
  const auto last = change.sent.front().step;
  if (last == 0 || steps[0].status != StepStatus::done) return change;
  steps[last].status = StepStatus::done;
  undo_instead(plan, change, 0, now);
  return change;
}

Change stop_undoing_early(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto change = advance(plan, std::move(instance), given, now);
  if (change.outcome != Outcome::step_undone || change.instance.status != Status::compensating) return change;
  change.instance.status = Status::compensated;
  change.instance.deadline.reset();
  change.sent.clear();
  change.milestones = {Milestone::compensated};
  return change;
}

Change ignore_the_epoch(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto input = given;
  if (auto* answer = std::get_if<input::Answer>(&input)) {
    if (const auto at = plan.step(answer->step)) answer->epoch = instance.steps[*at].epoch;
  }
  return advance(plan, std::move(instance), input, now);
}

/// The step that timed out does not count as one to undo.
Change leave_a_timed_out_step(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto as_timed_out = instance;
  const bool is_timed_out = std::holds_alternative<input::Due>(given) &&
                            advance(plan, instance, given, now).outcome == Outcome::step_timed_out;
  if (is_timed_out) as_timed_out.steps[instance.at].status = StepStatus::refused;
  return advance(plan, std::move(as_timed_out), given, now);
}

Change cancel_whenever(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  if (!std::holds_alternative<input::Cancel>(given)) return advance(plan, std::move(instance), given, now);
  auto wrong_plan = plan;
  wrong_plan.point_of_no_return = plan.steps.size();
  return advance(wrong_plan, std::move(instance), given, now);
}

Change ask_under_a_new_epoch(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto change = advance(plan, std::move(instance), given, now);
  for (auto& sent : change.sent) {
    if (sent.attempt > 1) sent.epoch = ++change.instance.steps[sent.step].epoch;
  }
  return change;
}

Change publish_again(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  auto change = advance(plan, std::move(instance), given, now);
  const bool is_repeated = change.outcome == Outcome::has_ended;
  if (!is_repeated) return change;
  if (change.instance.status == Status::completed) change.milestones = {Milestone::completed};
  if (change.instance.status == Status::compensated) change.milestones = {Milestone::compensated};
  return change;
}

/// An answer that comes while its step is being undone turns the saga forward again.
Change take_a_late_answer(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  const auto* answer = std::get_if<input::Answer>(&given);
  const auto at = answer == nullptr ? std::nullopt : plan.step(answer->step);
  if (at && instance.at == *at && instance.steps[*at].status == StepStatus::undoing) {
    const auto* row = plan.steps[*at].answer(answer->type);
    if (row != nullptr && !row->is_refusal && answer->epoch == instance.steps[*at].epoch) {
      instance.steps[*at].status = StepStatus::begun;
      instance.status = Status::running;
      instance.cause = {};
    }
  }
  return advance(plan, std::move(instance), given, now);
}

/// Resumed, it goes forward, whatever it was abandoned in.
Change forget_what_was_abandoned(const Plan& plan, Instance instance, const Input& given, WallTime now) {
  instance.before_abandoned.reset();
  return advance(plan, std::move(instance), given, now);
}

Advance advance_with(SagaMistake mistake) {
  switch (mistake) {
    case SagaMistake::forgets_an_undo:
      return forget_an_undo;
    case SagaMistake::ignores_a_refusal:
      return ignore_a_refusal;
    case SagaMistake::ignores_an_answer:
      return ignore_an_answer;
    case SagaMistake::ignores_deadlines:
      return ignore_deadlines;
    case SagaMistake::undoes_in_the_order_of_doing:
      return undo_in_order;
    case SagaMistake::stops_undoing_early:
      return stop_undoing_early;
    case SagaMistake::ignores_the_epoch:
      return ignore_the_epoch;
    case SagaMistake::leaves_a_timed_out_step_alone:
      return leave_a_timed_out_step;
    case SagaMistake::cancels_behind_the_point_of_no_return:
      return cancel_whenever;
    case SagaMistake::asks_again_under_a_new_epoch:
      return ask_under_a_new_epoch;
    case SagaMistake::publishes_its_end_with_each_repeated_answer:
      return publish_again;
    case SagaMistake::takes_a_late_answer_for_done:
      return take_a_late_answer;
    case SagaMistake::forgets_what_was_abandoned:
      return forget_what_was_abandoned;
    case SagaMistake::takes_every_version_for_its_own:
    case SagaMistake::sends_before_it_commits:
    case SagaMistake::sends_no_undo_again:
      break;
  }
  return waybill::saga::advance;
}

}  // namespace

void plant(SagaMistake mistake, Mechanism& mechanism) {
  mechanism.advance = advance_with(mistake);
  mechanism.knows_versions = mistake != SagaMistake::takes_every_version_for_its_own;
  if (mistake == SagaMistake::sends_no_undo_again) {
    mechanism.sends = [](const Plan&, const Sent& sent) { return !sent.is_undo || sent.attempt == 1; };
  }
  mechanism.sends_after_commit = mistake != SagaMistake::sends_before_it_commits;
}
