#include "play.hpp"

namespace waybill::saga_simulation::detail {

using namespace std::chrono_literals;

simulate::Verdict play(simulate::History& history, Script& script, void* world) {
  if (!script.stage) script.stage = std::make_shared<const Stage>(stage_of(script));
  return Play(history, script, world).run();
}

Play::Play(simulate::History& history, Script& script, void* world)
    : history_(history),
      script_(script),
      stage_(*script.stage),
      world_(world),
      faults_(script.faults.drawn(history.dice)),
      away_until_(stage_.services.size()) {
  letters_.reserve(64);
  begin_processes();
  begin_sagas();
  history_.time.after(stage_.calm_after, [this] { calm(); });
}

/// In a rolling upgrade, some are still of an older version, and new sagas begin with what they know.
void Play::begin_processes() {
  const auto versions = script_.versions.size();
  for (auto& process : processes_) {
    process = {static_cast<std::size_t>(&process - processes_.data()) + 1, versions};
    if (versions == 1 || !strikes(faults_.old_processes)) continue;
    process.knows = 1 + static_cast<std::size_t>(history_.dice.below(versions - 1));
    tell("process ", process.number, " knows no version after ", plan(process.knows - 1).version);
    history_.time.after(between(1ms, script_.times.longest_upgrade), [this, &process] {
      process.knows = script_.versions.size();
      tell("process ", process.number, " is replaced, and knows every version");
    });
  }
}

void Play::begin_sagas() {
  const auto most = static_cast<std::uint64_t>(std::max(history_.size.messages, 1));
  // Nobody may move them: the played ones point to them.
  sagas_.resize(1 + static_cast<std::size_t>(history_.dice.below(most)));
  played_.reserve(sagas_.size());
  for (std::size_t saga = 0; saga < sagas_.size(); ++saga) {
    letters_.push_back({.kind = LetterKind::begin, .saga = saga});
    bring(letters_.size() - 1, between(1ms, 1'000ms));
  }
}

/// From here on nothing goes wrong, and all that is late comes.
void Play::calm() {
  history_.dice.calm();
  for (auto& until : away_until_) until = {};
}

simulate::Verdict Play::run() {
  while (!wrong_ && history_.time.elapsed() < stage_.ends_at && history_.time.run_next()) {
    for (const auto& predicate : script_.always) {
      if (auto verdict = predicate(world_, played_)) fails(*std::move(verdict));
    }
  }
  return wrong_ ? wrong_ : at_end();
}

void Play::fails(std::size_t saga, const simulate::Verdict& verdict) {
  if (verdict) fails("saga " + std::to_string(saga + 1) + ": " + *verdict);
}

void Play::tell_line(const std::string& line) {
  const auto times = ++told_[line];
  if (times <= 3) history_.story.tell(line, times == 3 ? " (and perhaps more often)" : "");
}

simulate::Verdict Play::at_end() {
  for (std::size_t saga = 0; saga < sagas_.size(); ++saga) {
    const auto& instance = sagas_[saga].instance;
    const bool is_over =
        sagas_[saga].is_begun && has_ended(instance.status) && instance.status != saga::Status::abandoned;
    if (!is_over) {
      const auto& steps = plan(sagas_[saga].version).steps;
      return "saga " + std::to_string(saga + 1) + " does not end: it is " +
             std::string(to_string(instance.status)) + ", at '" + steps[instance.at].name + "', " +
             (history_.time.is_quiet() ? "and nothing more happens" : "long after the last fault");
    }
    if (!script_.mechanism.watches_protocol) continue;
    fails(saga, sagas_[saga].watch->at_end(instance.status));
  }
  if (wrong_) return wrong_;
  if (!history_.time.is_quiet()) return "the sagas have ended, and something is still under way";
  for (const auto& predicate : script_.at_end) {
    if (auto verdict = predicate(world_, played_)) return verdict;
  }
  return std::nullopt;
}

}  // namespace waybill::saga_simulation::detail
