#include "waybill/saga/advance.hpp"

#include <algorithm>
#include <utility>

#include "waybill/base/ensure.hpp"

namespace waybill::saga {
namespace {

/// One input on its way through one instance.
class Move {
 public:
  Move(const Plan& plan, Change& change, base::WallTime now)
      : plan_(plan), change_(change), saga_(change.instance), now_(now) {}

  void begin() {
    saga_.steps.resize(plan_.steps.size());
    reach(Milestone::begun);
    do_step(0);
  }
  Outcome operator()(const input::Answer& answer);
  Outcome operator()(const input::Due&);
  Outcome operator()(const input::Cancel& cancel);
  Outcome operator()(const input::Operate& operate);

  void set_deadline();

 private:
  StepState& step() { return saga_.steps[saga_.at]; }
  const StepState& step() const { return saga_.steps[saga_.at]; }
  const StepRow& row() const { return plan_.steps[saga_.at]; }
  bool can_be_undone() const { return saga_.at < plan_.point_of_no_return; }

  Outcome done(std::size_t at, const AnswerRow& row, const input::Answer& answer);
  Outcome undone(std::size_t at);
  void do_step(std::size_t at);
  void complete_or_do(std::size_t at);
  void compensate(Cause cause);
  void undo_from(std::size_t at);
  void ask(bool is_undo);
  Outcome ask_again();
  void may_need_operator();
  std::chrono::milliseconds pause_of(std::chrono::milliseconds first) const;
  void reach(Milestone milestone) { change_.milestones.push_back(milestone); }

  const Plan& plan_;
  Change& change_;
  Instance& saga_;
  base::WallTime now_;
};

Outcome Move::operator()(const input::Answer& answer) {
  const auto at = plan_.step(answer.step);
  if (!at) return Outcome::unknown_step;
  const auto& its_row = plan_.steps[*at];
  const bool answers_undo = its_row.undo && answer.type == its_row.undone_by;
  const auto* its_answer = its_row.answer(answer.type);
  if (!answers_undo && its_answer == nullptr) return Outcome::unknown_answer;
  if (has_ended(saga_.status)) return Outcome::has_ended;
  const auto& its_step = saga_.steps[*at];
  const bool was_asked = its_step.status != StepStatus::waiting && answer.epoch == its_step.epoch;
  if (!was_asked) return Outcome::other_epoch;
  return answers_undo ? undone(*at) : done(*at, *its_answer, answer);
}

Outcome Move::done(std::size_t at, const AnswerRow& answer_row, const input::Answer& answer) {
  auto& its_step = saga_.steps[at];
  if (its_step.status == StepStatus::undoing || its_step.status == StepStatus::undone ||
      its_step.status == StepStatus::left) {
    return Outcome::late;
  }
  if (its_step.status != StepStatus::begun) return Outcome::repeated;
  ENSURE(saga_.status == Status::running && saga_.at == at, "one step is under way at a time");
  if (answer_row.keep) answer_row.keep(saga_.data, *answer.payload);
  saga_.needs_operator.clear();
  if (answer_row.is_refusal) {
    its_step.status = StepStatus::refused;
    compensate({CauseKind::refused, row().name, std::string(answer.type)});
    return Outcome::step_refused;
  }
  its_step.status = StepStatus::done;
  complete_or_do(at + 1);
  return Outcome::step_done;
}

Outcome Move::undone(std::size_t at) {
  if (saga_.steps[at].status != StepStatus::undoing) return Outcome::repeated;
  saga_.steps[at].status = StepStatus::undone;
  saga_.needs_operator.clear();
  if (std::exchange(saga_.turns_forward, false)) {
    saga_.status = Status::running;
    saga_.cause = {};
    do_step(at);
  } else {
    undo_from(at);
  }
  return Outcome::step_undone;
}

Outcome Move::operator()(const input::Due&) {
  if (!saga_.deadline || now_ < *saga_.deadline) return Outcome::not_due;
  if (saga_.status == Status::running && row().within && now_ >= step().since + *row().within) {
    compensate({CauseKind::timed_out, row().name, {}});
    return Outcome::step_timed_out;
  }
  may_need_operator();
  return ask_again();
}

Outcome Move::operator()(const input::Cancel& cancel) {
  switch (saga_.status) {
    case Status::compensated:
      return Outcome::repeated;
    case Status::completed:
    case Status::abandoned:
      return Outcome::too_late;
    case Status::running:
      if (!can_be_undone()) return Outcome::too_late;
      compensate({CauseKind::cancelled, row().name, std::string(cancel.by)});
      return Outcome::cancelled;
    case Status::compensating:
      if (std::exchange(saga_.turns_forward, false)) {
        saga_.cause = {CauseKind::cancelled, row().name, std::string(cancel.by)};
        return Outcome::cancelled;
      }
      if (saga_.cause.kind == CauseKind::cancelled || std::exchange(saga_.stays_undone, true)) {
        return Outcome::repeated;
      }
      return Outcome::cancelled;
  }
  return Outcome::not_possible;
}

Outcome Move::operator()(const input::Operate& operate) {
  switch (operate.order) {
    case input::Order::retry:
      if (has_ended(saga_.status)) return Outcome::not_possible;
      ask_again();
      return Outcome::retried;
    case input::Order::compensate:
      if (saga_.status == Status::running && can_be_undone()) {
        compensate({CauseKind::by_operator, row().name, std::string(operate.reason)});
        return Outcome::compensates;
      }
      if (saga_.status == Status::compensating && std::exchange(saga_.turns_forward, false)) {
        saga_.cause = {CauseKind::by_operator, row().name, std::string(operate.reason)};
        return Outcome::compensates;
      }
      return saga_.status == Status::running ? Outcome::too_late : Outcome::not_possible;
    case input::Order::resume:
      if (saga_.status == Status::abandoned) {
        saga_.status = std::exchange(saga_.before_abandoned, std::nullopt).value_or(Status::running);
        step().attempts = 0;
        step().since = now_;
        ask(saga_.status == Status::compensating);
        return Outcome::resumed;
      }
      // Who has cancelled it was told that it is undone.
      if (saga_.status != Status::compensating || saga_.turns_forward || saga_.stays_undone ||
          saga_.cause.kind == CauseKind::cancelled) {
        return Outcome::not_possible;
      }
      saga_.turns_forward = true;
      return Outcome::turns_forward;
    case input::Order::abandon:
      if (has_ended(saga_.status)) return Outcome::not_possible;
      saga_.before_abandoned = std::exchange(saga_.status, Status::abandoned);
      saga_.needs_operator.clear();
      return Outcome::abandoned;
  }
  return Outcome::not_possible;
}

void Move::do_step(std::size_t at) {
  saga_.at = at;
  auto& its_step = step();
  its_step.status = StepStatus::begun;
  ++its_step.epoch;
  its_step.attempts = 0;
  its_step.since = now_;
  ask(false);
}

void Move::complete_or_do(std::size_t at) {
  if (at < plan_.steps.size()) return do_step(at);
  saga_.status = Status::completed;
  reach(Milestone::completed);
}

void Move::compensate(Cause cause) {
  saga_.status = Status::compensating;
  saga_.cause = std::move(cause);
  saga_.needs_operator.clear();
  undo_from(saga_.at + 1);
}

/// Undoes the last of the steps before this one that was begun and may have done something; without any, all
/// is undone.
void Move::undo_from(std::size_t at) {
  while (at-- > 0) {
    auto& its_step = saga_.steps[at];
    if (its_step.status != StepStatus::done && its_step.status != StepStatus::begun) continue;
    saga_.at = at;
    if (!row().undo) {
      its_step.status = StepStatus::left;
      continue;
    }
    its_step.status = StepStatus::undoing;
    its_step.attempts = 0;
    its_step.since = now_;
    return ask(true);
  }
  saga_.status = Status::compensated;
  reach(Milestone::compensated);
}

void Move::ask(bool is_undo) {
  auto& its_step = step();
  its_step.sent_at = now_;
  ++its_step.attempts;
  std::optional<base::WallTime> expiry;
  if (!is_undo && row().within) expiry = its_step.since + *row().within;
  change_.sent.push_back({saga_.at, is_undo, its_step.epoch, its_step.attempts, expiry});
}

Outcome Move::ask_again() {
  const bool is_undo = saga_.status == Status::compensating;
  ask(is_undo);
  return is_undo ? Outcome::undo_resent : Outcome::step_resent;
}

/// When the wait for an answer is over once more. An operator who asks again needs not be told.
void Move::may_need_operator() {
  const bool is_undo = saga_.status == Status::compensating;
  const bool must_be_answered = is_undo || !can_be_undone();
  if (!must_be_answered || step().attempts < plan_.asks_operator_after || !saga_.needs_operator.empty())
    return;
  saga_.needs_operator = std::string(is_undo ? "the undo of step '" : "step '") + row().name +
                         "' was asked for " + std::to_string(step().attempts) + " times and is not answered";
}

/// How long an answer is waited for until it is asked for again. Who asks at one pace for hours buries a
/// participant that comes back under questions, all of them older than what is wanted of it now: once an
/// operator was told, each pause is twice the one before, up to 32 times the first.
std::chrono::milliseconds Move::pause_of(std::chrono::milliseconds first) const {
  const auto attempts = step().attempts;
  if (attempts <= plan_.asks_operator_after) return first;
  return first * (1 << std::min(attempts - plan_.asks_operator_after, 5U));
}

void Move::set_deadline() {
  saga_.deadline.reset();
  if (has_ended(saga_.status)) return;
  if (saga_.status == Status::compensating) {
    saga_.deadline = step().sent_at + pause_of(plan_.undo_resent_every);
    return;
  }
  if (row().within) saga_.deadline = step().since + *row().within;
  if (!row().resent_every) return;
  const auto resend_at = step().sent_at + pause_of(*row().resent_every);
  saga_.deadline = std::min(saga_.deadline.value_or(resend_at), resend_at);
}

}  // namespace

Change begin(const Plan& plan, AnyData data, base::WallTime now) {
  Change change;
  change.instance.data = std::move(data);
  Move move(plan, change, now);
  move.begin();
  move.set_deadline();
  return change;
}

Change advance(const Plan& plan, Instance instance, const Input& input, base::WallTime now) {
  ENSURE(instance.steps.size() == plan.steps.size(), "an instance goes on by the table it began with");
  Change change;
  change.instance = std::move(instance);
  Move move(plan, change, now);
  change.outcome = std::visit(move, input);
  if (has_changed(change.outcome)) move.set_deadline();
  return change;
}

const CommandRow& command_of(const Plan& plan, const Sent& sent) {
  const auto& row = plan.steps.at(sent.step);
  return sent.is_undo ? row.undo.value() : row.act;
}

contract::PayloadPointer payload_of(const Plan& plan, const Instance& instance, const Sent& sent) {
  return command_of(plan, sent).make(instance.data);
}

const EventRow* event_of(const Plan& plan, Milestone milestone) {
  const auto& row = milestone == Milestone::begun       ? plan.when_begun
                    : milestone == Milestone::completed ? plan.when_completed
                                                        : plan.when_compensated;
  return row ? &*row : nullptr;
}

}  // namespace waybill::saga
