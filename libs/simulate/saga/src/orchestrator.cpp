#include "play.hpp"
#include "table.hpp"
#include "words.hpp"

namespace waybill::saga_simulation::detail {

using namespace std::chrono_literals;

void Play::take_input(std::size_t letter) {
  const auto& process = history_.dice.pick(processes_);
  const auto& taken = letters_[letter];
  const auto saga = taken.saga;
  if (taken.kind == LetterKind::begin) return begin(letter, process);
  if (taken.is_for_abandoned && sagas_[saga].instance.status != saga::Status::abandoned) return;
  if (is_put_off(saga, letter, process)) return;
  advance(saga, letter, process);
}

/// Whoever looks for deadlines that have come has found this one.
void Play::take_due(std::size_t saga) {
  const auto& process = history_.dice.pick(processes_);
  if (is_put_off(saga, std::nullopt, process)) return;
  advance(saga, std::nullopt, process);
}

void Play::begin(std::size_t letter, const Process& process) {
  const auto number = letters_[letter].saga;
  auto& saga = sagas_[number];
  // Its business key is unique.
  if (saga.is_begun) {
    tell("saga ", number + 1, " is ordered again, and is there");
    return;
  }
  if (crashes_before_commit(number, letter, process)) return;
  saga.version = process.knows - 1;
  saga.is_begun = true;
  saga.watch.emplace(plan(saga.version));
  played_.push_back({number + 1, id_of(number), &plan(saga.version), &saga.instance});
  letters_[letter].is_taken = true;
  auto change = script_.mechanism.begin(
      plan(saga.version), script_.versions[saga.version].begin(world_, number + 1), history_.time.wall());
  tell("saga ", number + 1, ": it begins, of version ", plan(saga.version).version, [&] {
    return detail::change_of(plan(saga.version), change, 0).substr(std::string("it begins").size());
  });
  commit(number, std::move(change), nullptr);
  set_timer(number, 0ms);
  crash_after_commit(number, letter);
}

bool Play::is_put_off(std::size_t saga, std::optional<std::size_t> letter, const Process& process) {
  const auto& mechanism = script_.mechanism;
  if (mechanism.knows_versions && sagas_[saga].version >= process.knows) {
    tell("saga ", saga + 1, ": process ", process.number, " does not know its version");
    come_again(saga, letter, script_.times.unknown_version_again);
    return true;
  }
  const bool is_copy = letter && letters_[*letter].is_taken && mechanism.has_inboxes;
  if (is_copy && !strikes(faults_.forgotten)) {
    tell([&] { return name_of(*letter); }, " comes again, and the inbox knows it");
    return true;
  }
  return crashes_before_commit(saga, letter, process);
}

bool Play::crashes_before_commit(std::size_t saga, std::optional<std::size_t> letter,
                                 const Process& process) {
  if (!strikes(faults_.crashes_before_commit)) return false;
  const bool has_begun = sagas_[saga].is_begun;
  tell(
      "saga ", saga + 1, ": ",
      [&] { return detail::input_of(plan(sagas_[saga].version), letter ? &letters_[*letter] : nullptr); },
      "; process ", process.number, " crashes before it commits");
  if (has_begun && !script_.mechanism.sends_after_commit) {
    send(saga, change_of(saga, letter, process, sagas_[saga].instance));
  }
  crash();
  come_again(saga, letter, between(1ms, script_.times.longest_restart));
  return true;
}

void Play::crash_after_commit(std::size_t saga, std::optional<std::size_t> letter) {
  if (!strikes(faults_.crashes_after_commit)) return;
  tell("saga ", saga + 1, ": its process crashes after that was committed");
  crash();
  come_again(saga, letter, between(1ms, script_.times.longest_restart));
}

/// What the process had in memory is gone.
void Play::crash() {
  for (auto& saga : sagas_) saga.must_be_read = saga.is_begun;
}

void Play::come_again(std::size_t saga, std::optional<std::size_t> letter, Milliseconds after) {
  if (letter) return bring(*letter, after);
  history_.time.after(after, [this, saga] { take_due(saga); });
}

/// What is read of the database is what was written.
void Play::read_back(std::size_t number) {
  auto& saga = sagas_[number];
  if (!std::exchange(saga.must_be_read, false)) return;
  const auto& instance = saga.instance;
  auto read = saga::read_state(plan(saga.version), instance.status, instance.deadline,
                               instance.needs_operator, saga::write_state(plan(saga.version), instance));
  if (!stand_alike(read, instance)) fails(number, "it is read otherwise than it was written");
  if (read.data.to_text() != instance.data.to_text()) {
    fails(number, "it is read to remember " + read.data.to_text() + ", and " + instance.data.to_text() +
                      " was written");
  }
  saga.instance = std::move(read);
}

saga::Input Play::input_of(std::optional<std::size_t> letter) const {
  if (!letter) return saga::input::Due{};
  const auto& given = letters_[*letter];
  switch (given.kind) {
    case LetterKind::cancel:
      return saga::input::Cancel{"somebody"};
    case LetterKind::order:
      return saga::input::Operate{given.order, "an operator said so"};
    default:
      return saga::input::Answer{plan(sagas_[given.saga].version).steps[given.step].name, given.epoch,
                                 given.type, given.payload.get()};
  }
}

saga::Change Play::change_of(std::size_t number, std::optional<std::size_t> letter, const Process& process,
                             saga::Instance instance) {
  const auto now = history_.time.wall();
  const auto& own = plan(sagas_[number].version);
  const auto& advance = script_.mechanism.advance;
  if (sagas_[number].version < process.knows) return advance(own, std::move(instance), input_of(letter), now);
  // Of a process that takes the newest version that it knows for the saga's.
  const auto& other = plan(process.knows - 1);
  const auto as = [](const saga::Plan& read_by, const saga::Plan& written_by, const saga::Instance& written) {
    return saga::read_state(read_by, written.status, written.deadline, written.needs_operator,
                            saga::write_state(written_by, written));
  };
  auto change = advance(other, as(other, own, instance), input_of(letter), now);
  change.instance = as(own, other, change.instance);
  for (auto& sent : change.sent) sent.step = own.step(other.steps[sent.step].name).value();
  return change;
}

void Play::advance(std::size_t number, std::optional<std::size_t> letter, const Process& process) {
  auto& saga = sagas_[number];
  read_back(number);
  const auto& cells = script_.coverage.table(saga.version).cells();
  const auto state = cells.state_of(saga.instance);
  const auto was_at = saga.instance.at;
  auto change = change_of(number, letter, process, std::move(saga.instance));
  count(number, state, letter, change.outcome);
  const auto* given = letter ? &letters_[*letter] : nullptr;
  tell("saga ", number + 1, ": ", [&] {
    const auto& its_plan = plan(saga.version);
    return detail::input_of(its_plan, given) + "; " + detail::change_of(its_plan, change, was_at);
  });
  if (change.outcome == saga::Outcome::unknown_step || change.outcome == saga::Outcome::unknown_answer) {
    fails(number, "it does not know what it is answered: " + std::string(to_string(change.outcome)));
  }
  if (letter) letters_[*letter].is_taken = true;
  const bool is_answer = given != nullptr && given->kind == LetterKind::answer;
  const bool has_changed = saga::has_changed(change.outcome);
  const bool is_abandoned = change.outcome == saga::Outcome::abandoned;
  commit(number, std::move(change), is_answer ? given : nullptr);
  // Who found it due and could do nothing looks again a second later.
  if (has_changed || !letter) set_timer(number, has_changed ? 0ms : 1'000ms);
  if (is_abandoned) {
    letters_.push_back({.kind = LetterKind::order,
                        .saga = number,
                        .order = saga::input::Order::resume,
                        .is_for_abandoned = true});
    bring(letters_.size() - 1, between(1ms, script_.times.longest_abandoned));
  }
  crash_after_commit(number, letter);
}

void Play::count(std::size_t number, std::size_t state, std::optional<std::size_t> letter,
                 saga::Outcome outcome) {
  auto& table = script_.coverage.table(sagas_[number].version);
  const auto& cells = table.cells();
  auto input = cells.due();
  if (letter) {
    const auto& given = letters_[*letter];
    input = given.kind == LetterKind::cancel  ? cells.cancel()
            : given.kind == LetterKind::order ? cells.order(given.order)
                                              : cells.answer(given.step, given.type);
  }
  table.count(state, input, outcome);
}

/// The answer, if it is one, points into the letters: new ones come when it was looked at.
void Play::commit(std::size_t number, saga::Change change, const Letter* answer) {
  auto& saga = sagas_[number];
  if (script_.mechanism.watches_protocol) fails(number, saga.watch->on_change(change, answer));
  saga.instance = std::move(change.instance);
  for (const auto milestone : change.milestones) {
    const auto* event = event_of(plan(saga.version), milestone);
    if (event != nullptr) event->make(saga.instance.data, saga.instance.cause);
  }
  change.instance = {};
  send(number, change);
  disturb(number);
}

void Play::send(std::size_t number, const saga::Change& change) {
  const auto& saga = sagas_[number];
  const auto& its_plan = plan(saga.version);
  const auto& sends = script_.mechanism.sends;
  for (const auto& sent : change.sent) {
    if (sends && !sends(its_plan, sent)) continue;
    Letter letter{.kind = LetterKind::command,
                  .saga = number,
                  .step = sent.step,
                  .is_undo = sent.is_undo,
                  .epoch = sent.epoch,
                  .type = saga::command_of(its_plan, sent).type,
                  .payload = payload_of(its_plan, saga.instance, sent),
                  .expiry = sent.expiry};
    const auto wait = command_of(letter).wait;
    post(std::move(letter), wait);
  }
}

void Play::set_timer(std::size_t number, Milliseconds earliest) {
  auto& saga = sagas_[number];
  history_.time.call_off(saga.timer);
  if (!saga.instance.deadline) return;
  const auto until = std::chrono::ceil<Milliseconds>(*saga.instance.deadline - history_.time.wall());
  // Who looks for deadlines does not look all the time.
  saga.timer = history_.time.after(std::max(until, earliest) + way(), [this, number] { take_due(number); });
}

}  // namespace waybill::saga_simulation::detail
