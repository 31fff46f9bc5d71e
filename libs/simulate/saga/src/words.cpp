#include "words.hpp"

#include "cells.hpp"

namespace waybill::saga_simulation::detail {
namespace {

using saga::Outcome;

std::string step_and_epoch(const saga::Plan& plan, std::size_t step, std::uint32_t epoch) {
  const auto name = step < plan.steps.size() ? plan.steps[step].name : "step " + std::to_string(step);
  return name + ", epoch " + std::to_string(epoch);
}

std::string what_became(const saga::Change& change, const std::string& step) {
  switch (change.outcome) {
    case Outcome::begun:
      return "it begins";
    case Outcome::step_done:
      return step + " is done";
    case Outcome::step_refused:
      return step + " is refused";
    case Outcome::step_timed_out:
      return step + " timed out";
    case Outcome::step_resent:
    case Outcome::retried:
      return step + " is asked for again";
    case Outcome::step_undone:
      return step + " is undone";
    case Outcome::undo_resent:
      return "the undo of " + step + " is asked for again";
    case Outcome::cancelled:
    case Outcome::compensates:
      return "it is to be undone";
    case Outcome::turns_forward:
      return "it is to go forward again, when " + step + " is undone";
    case Outcome::abandoned:
      return "it is abandoned";
    case Outcome::resumed:
      return "it goes on";
    case Outcome::not_due:
      return "it is not due";
    default:
      return "nothing changes (" + std::string(to_string(change.outcome)) + ")";
  }
}

std::string_view ordered(saga::input::Order order) {
  switch (order) {
    case saga::input::Order::retry:
      return "an operator has it ask once more";
    case saga::input::Order::compensate:
      return "an operator has it undone";
    case saga::input::Order::resume:
      return "an operator resumes it";
    case saga::input::Order::abandon:
      return "an operator abandons it";
  }
  return "an operator orders something";
}

}  // namespace

std::string name_of(const saga::Plan& plan, const Letter& letter) {
  const auto of_saga = "saga " + std::to_string(letter.saga + 1);
  switch (letter.kind) {
    case LetterKind::begin:
      return "the order to begin " + of_saga;
    case LetterKind::cancel:
      return "the cancellation of " + of_saga;
    case LetterKind::order:
      return "an operator's order for " + of_saga;
    default:
      return std::string(short_name(letter.type)) + " (" + of_saga + ", " +
             step_and_epoch(plan, letter.step, letter.epoch) + ")";
  }
}

std::string input_of(const saga::Plan& plan, const Letter* letter) {
  if (letter == nullptr) return "its deadline is looked at";
  switch (letter->kind) {
    case LetterKind::begin:
      return "it is ordered";
    case LetterKind::cancel:
      return "somebody cancels it";
    case LetterKind::order:
      return std::string(ordered(letter->order));
    default:
      return std::string(short_name(letter->type)) + " (" +
             step_and_epoch(plan, letter->step, letter->epoch) + ") comes";
  }
}

std::string change_of(const saga::Plan& plan, const saga::Change& change, std::size_t was_at) {
  auto text = what_became(change, "step '" + plan.steps[was_at].name + "'");
  for (const auto& sent : change.sent) {
    text += "; " + std::string(short_name(command_of(plan, sent).type)) + " (" +
            step_and_epoch(plan, sent.step, sent.epoch) + ") is sent";
  }
  for (const auto milestone : change.milestones) {
    if (milestone == saga::Milestone::completed) text += "; it is completed";
    if (milestone == saga::Milestone::compensated) text += "; it is compensated";
  }
  if (!change.instance.needs_operator.empty()) text += "; it needs an operator";
  return text;
}

}  // namespace waybill::saga_simulation::detail
