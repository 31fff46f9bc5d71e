#include "watch.hpp"

namespace waybill::saga_simulation::detail {

using saga::Outcome;
using simulate::Verdict;

Verdict Watch::on_change(const saga::Change& change, const Letter* answer) {
  if (answer != nullptr && answer->step < steps_.size()) {
    auto& step = steps_[answer->step];
    if (change.outcome == Outcome::step_refused) step.is_refused = true;
    if (change.outcome == Outcome::step_undone) {
      const bool is_awaited = answer->epoch == step.undoing && step.undone < step.undoing;
      if (!is_awaited) {
        return "step " + name(answer->step) + " counts as undone in epoch " + std::to_string(step.asked) +
               " for an answer of epoch " + std::to_string(answer->epoch);
      }
      step.undone = step.undoing;
    }
  }
  for (const auto& sent : change.sent) {
    if (auto wrong = on_sent(sent)) return wrong;
  }
  for (const auto milestone : change.milestones) {
    if (auto wrong = on_milestone(milestone)) return wrong;
  }
  return std::nullopt;
}

Verdict Watch::on_sent(const saga::Sent& sent) { return sent.is_undo ? on_undo(sent) : on_asked(sent); }

Verdict Watch::on_asked(const saga::Sent& sent) {
  auto& step = steps_[sent.step];
  if (sent.epoch == step.asked) {
    if (step.undoing != sent.epoch) return std::nullopt;
    return "step " + name(sent.step) + " is asked for again, and its undo was sent";
  }
  const bool is_over =
      step.asked == 0 || step.is_refused || step.undone == step.asked || !plan_->steps[sent.step].undo;
  const bool is_behind = step.asked != 0 && sent.step >= plan_->point_of_no_return;
  if (sent.epoch != step.asked + 1 || !is_over || is_behind) {
    return "step " + name(sent.step) + " is asked for under epoch " + std::to_string(sent.epoch) +
           ", and that of epoch " + std::to_string(step.asked) + " was not undone";
  }
  step.asked = sent.epoch;
  step.is_refused = false;
  return std::nullopt;
}

Verdict Watch::on_undo(const saga::Sent& sent) {
  auto& step = steps_[sent.step];
  if (sent.epoch != step.asked) {
    return "the undo of step " + name(sent.step) + " is sent under epoch " + std::to_string(sent.epoch) +
           ", and it was asked for under " + std::to_string(step.asked);
  }
  const auto later = still_done_from(sent.step + 1);
  if (later < steps_.size()) {
    return "step " + name(sent.step) + " is being undone, and the later step " + name(later) +
           " is not undone";
  }
  step.undoing = sent.epoch;
  return std::nullopt;
}

std::size_t Watch::still_done_from(std::size_t first) const {
  for (auto at = steps_.size(); at-- > first;) {
    const auto& step = steps_[at];
    const bool can_be_left = at < plan_->point_of_no_return && !plan_->steps[at].undo;
    const bool is_over = step.asked == 0 || step.is_refused || step.undone == step.asked || can_be_left;
    if (!is_over) return at;
  }
  return steps_.size();
}

Verdict Watch::on_milestone(saga::Milestone milestone) {
  auto& times = milestone == saga::Milestone::begun       ? begun_
                : milestone == saga::Milestone::completed ? completed_
                                                          : compensated_;
  const std::string what = milestone == saga::Milestone::begun       ? "its beginning"
                           : milestone == saga::Milestone::completed ? "its completion"
                                                                     : "its compensation";
  if (++times > 1) return what + " is published " + std::to_string(times) + " times";
  if (completed_ + compensated_ > 1) return "it is said to be completed and compensated";
  if (milestone != saga::Milestone::compensated) return std::nullopt;
  const auto left = still_done_from(0);
  if (left == steps_.size()) return std::nullopt;
  return "it is said to be compensated, and step " + name(left) + " is not undone";
}

Verdict Watch::at_end(saga::Status status) const {
  const bool is_completed = status == saga::Status::completed;
  const bool are_published =
      begun_ == 1 && completed_ == (is_completed ? 1 : 0) && compensated_ == (is_completed ? 0 : 1);
  if (!are_published) return "it has ended, and what was published says otherwise";
  if (!is_completed) return std::nullopt;
  for (std::size_t at = 0; at < steps_.size(); ++at) {
    const auto& step = steps_[at];
    const bool is_done = step.asked > 0 && step.undoing != step.asked && !step.is_refused;
    if (!is_done) return "it is completed, and step " + name(at) + " is not done";
  }
  return std::nullopt;
}

}  // namespace waybill::saga_simulation::detail
