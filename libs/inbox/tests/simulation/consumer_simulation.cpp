#include "consumer_simulation.hpp"

#include <algorithm>

namespace waybill::inbox::testing {

using namespace std::chrono_literals;
using End = ConsumerMachine::End;

ConsumerSimulation::ConsumerSimulation(std::uint64_t seed, Mistake mistake, Size size)
    : random_(seed),
      mistake_(mistake),
      faults_left_(size.faults),
      away_percent_(random_() % 4 == 0 ? 40 : 8) {
  for (int i = 0; i < size.messages; ++i) {
    Message message;
    auto bytes = base::Uuid::Bytes{};
    bytes[15] = static_cast<std::uint8_t>(i + 1);
    message.id = base::Uuid(bytes);
    const auto kind = random_() % 10;
    if (kind < 3) message.throws = 1 + static_cast<std::uint32_t>(random_() % 4);
    message.kills = kind == 9;
    messages_.push_back(message);
    const auto copies = 1 + random_() % 2;
    for (std::uint64_t copy = 0; copy < copies; ++copy)
      queue_.push_back({static_cast<std::size_t>(i), 1, false});
  }
  std::ranges::shuffle(queue_, random_);
  for (auto& process : processes_) start(process);
}

std::string ConsumerSimulation::name(const Copy& copy) const {
  return std::to_string(copy.message) + (messages_[copy.message].kills ? " (kills)" : "") + " attempt " +
         std::to_string(copy.attempt) + (copy.is_redelivered ? " redelivered" : "");
}

bool ConsumerSimulation::strikes(unsigned percent) {
  if (faults_left_ <= 0 || !chance(percent)) return false;
  --faults_left_;
  return true;
}

bool ConsumerSimulation::is_away() {
  if (now_ < away_until_) return true;
  if (!strikes(away_percent_)) return false;
  tell("  the database goes away");
  away_until_ = now_ + std::chrono::milliseconds{1 + random_() % 60};
  return true;
}

void ConsumerSimulation::start(Process& process) {
  process.machine = std::make_unique<ConsumerMachine>(
      ConsumerMachine::Limits{.crashes = crashes, .give_back_after = 30ms, .rest = {10ms, 10ms, 1.0}},
      random_());
  process.hand.clear();
  process.begun.clear();
}

void ConsumerSimulation::cut(Process& process) {
  for (auto held = process.hand.rbegin(); held != process.hand.rend(); ++held) {
    if (!held->is_live) continue;
    held->is_live = false;
    queue_.push_front(held->copy);
    queue_.front().is_redelivered = true;
  }
}

void ConsumerSimulation::kill(Process& process, bool by_a_message) {
  tell("  the process dies");
  if (!by_a_message) {
    for (const auto place : process.begun) ++messages_[process.hand[place].copy.message].died_under;
  }
  cut(process);
  start(process);
}

std::optional<std::string> ConsumerSimulation::run() {
  for (int steps = 0; steps < 3'000; ++steps) {
    promote();
    step(processes_[random_() % processes_.size()]);
    if (wrong_) return wrong_;
    if (is_at_rest()) return verdict();
  }
  return "it does not come to rest";
}

bool ConsumerSimulation::is_at_rest() const {
  return queue_.empty() && scheduled_.empty() && std::ranges::all_of(processes_, [](const Process& process) {
           return std::ranges::none_of(process.hand, [](const Held& held) { return held.is_live; });
         });
}

std::optional<std::string> ConsumerSimulation::verdict() const {
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const auto& message = messages_[i];
    const auto told = "message " + std::to_string(i) + " has " + std::to_string(message.effects) +
                      " effects and " + std::to_string(message.dead_letters) + " dead letters";
    if (message.effects + message.dead_letters != 1) return told;
    const bool may_die = message.kills || message.throws >= attempts || message.died_under > 0;
    if (message.dead_letters == 1 && !may_die) return told + ", and nothing was wrong with it";
  }
  return std::nullopt;
}

void ConsumerSimulation::promote() {
  if (scheduled_.empty() || !chance(20)) return;
  const auto copy = scheduled_.back();
  scheduled_.pop_back();
  queue_.push_back(copy);
  if (strikes(20)) queue_.push_back(copy);
}

void ConsumerSimulation::step(Process& process) {
  if (strikes(3)) {
    tell("  a connection is cut");
    cut(process);
  }
  auto action = process.machine->next(now_);
  if (strikes(5)) return kill(process);
  std::visit([&](const auto& what) { perform(process, what); }, action);
}

void ConsumerSimulation::perform(Process& process, const act::Receive&) {
  process.hand.clear();
  process.begun.clear();
  std::vector<ConsumerMachine::Card> cards;
  while (!queue_.empty() && process.hand.size() < 3) {
    process.hand.push_back({queue_.front()});
    queue_.pop_front();
    const auto& copy = process.hand.back().copy;
    tell("takes " + name(copy));
    const bool is_suspect = copy.is_redelivered && mistake_ != Mistake::handles_suspects_together;
    cards.push_back({messages_[copy.message].id, 1, copy.attempt, is_suspect, false, false});
  }
  process.machine->on_received(cards);
}

void ConsumerSimulation::perform(Process& process, const act::Begin& begin) {
  auto& held = process.hand[begin.place];
  if (is_away()) return process.machine->on_unavailable(now_);
  std::uint32_t count = 0;
  if (mistake_ != Mistake::notes_no_beginning) {
    auto& row = attempts_.try_emplace(held.copy.message, Attempt{held.copy.attempt, 0}).first->second;
    if (row.attempt <= held.copy.attempt) count = ++row.crashes;
  }
  tell("begins " + name(held.copy) + ", time " + std::to_string(count));
  process.begun.insert(begin.place);
  held.is_crash = count > crashes;
  if (strikes(5)) return kill(process);
  process.machine->on_begun(begin.place, count);
}

/// What one message does in a transaction; an effect counts when it is committed.
End ConsumerSimulation::handle(const Held& held, std::vector<std::size_t>& effects) {
  const auto& copy = held.copy;
  const bool looks = mistake_ != Mistake::looks_for_copies_of_the_redelivered_only || copy.is_redelivered;
  if (looks && inbox_.contains(copy.message)) return End::over;
  const auto row = attempts_.find(copy.message);
  if (row != attempts_.end() && row->second.attempt > copy.attempt) return End::over;
  if (copy.attempt <= messages_[copy.message].throws) return End::failed;
  effects.push_back(copy.message);
  return End::over;
}

void ConsumerSimulation::perform(Process& process, const act::Run& run) {
  if (mistake_ == Mistake::acknowledges_before_the_commit) {
    for (const auto place : run.places) acknowledge(process.hand[place]);
  }
  std::vector<std::size_t> effects;
  std::vector<End> ends;
  for (const auto place : run.places) {
    const auto& held = process.hand[place];
    tell("handles " + name(held.copy));
    ends.push_back(handle(held, effects));
    const bool is_handled =
        ends.back() == End::failed || (!effects.empty() && effects.back() == held.copy.message);
    if (is_handled && messages_[held.copy.message].kills) return kill(process, true);
  }
  if (strikes(8)) return kill(process);
  if (is_away()) {
    return process.machine->on_ran(run.places, std::vector(run.places.size(), End::unfinished), now_);
  }
  const bool is_in_doubt = strikes(15);
  if (!is_in_doubt || chance(50)) {
    for (const auto message : effects) {
      inbox_.insert(message);
      ++messages_[message].effects;
    }
    for (std::size_t i = 0; i < run.places.size(); ++i) {
      const auto& copy = process.hand[run.places[i]].copy;
      const auto row = attempts_.find(copy.message);
      if (ends[i] == End::over && row != attempts_.end() && row->second.attempt <= copy.attempt) {
        attempts_.erase(row);
      }
    }
    if (is_in_doubt && mistake_ == Mistake::takes_in_doubt_for_undone) {
      for (const auto message : effects) inbox_.erase(message);
    }
  }
  if (is_in_doubt) {
    tell("  the commit is in doubt");
    const auto end = mistake_ == Mistake::takes_in_doubt_for_committed ? End::over : End::in_doubt;
    std::ranges::replace(ends, End::over, end);
  }
  if (strikes(8)) return kill(process);
  for (std::size_t i = 0; i < run.places.size(); ++i) {
    if (ends[i] == End::over) process.begun.erase(run.places[i]);
  }
  process.machine->on_ran(run.places, ends, now_);
}

/// The attempt ends, and what follows from that is written, if the attempt still counted.
bool ConsumerSimulation::record(const Held& held, bool is_final) {
  const auto& copy = held.copy;
  if (mistake_ != Mistake::retries_and_gives_up_without_counting) {
    if (inbox_.contains(copy.message)) return false;
    const auto [row, is_new] = attempts_.try_emplace(copy.message, Attempt{copy.attempt, 0});
    if (!is_new && row->second.attempt > copy.attempt) return false;
    row->second = {copy.attempt + 1, 0};
  }
  if (mistake_ == Mistake::counts_an_attempt_apart_from_its_retry && strikes(20)) return true;
  if (is_final) {
    ++messages_[copy.message].dead_letters;
  } else {
    scheduled_.push_back({copy.message, copy.attempt + 1, false});
  }
  return false;
}

void ConsumerSimulation::perform(Process& process, const act::Record& record) {
  if (mistake_ == Mistake::acknowledges_before_a_failure_is_recorded) {
    for (const auto place : record.places) acknowledge(process.hand[place]);
  }
  if (is_away()) return process.machine->on_unavailable(now_);
  if (strikes(8)) return kill(process);
  for (const auto place : record.places) {
    const auto& held = process.hand[place];
    const bool is_final = held.is_crash || held.copy.attempt >= attempts;
    tell((is_final ? "gives up " : "will retry ") + name(held.copy));
    if (this->record(held, is_final)) return kill(process);
  }
  if (strikes(8)) return kill(process);
  process.machine->on_recorded(record.places);
}

void ConsumerSimulation::perform(Process& process, const act::Settle& settle) {
  for (const auto place : settle.places) acknowledge(process.hand[place]);
  process.machine->on_settled(settle.places);
}

void ConsumerSimulation::perform(Process&, const act::Sleep& sleep) { now_ += sleep.duration; }

void ConsumerSimulation::perform(Process& process, const act::GiveBack& give_back) {
  tell("gives back");
  cut(process);
  if (mistake_ != Mistake::takes_no_beginning_back) {
    for (const auto place : give_back.begun) {
      auto& row = attempts_[process.hand[place].copy.message];
      if (row.crashes > 0) --row.crashes;
    }
  }
  process.machine->on_given_back();
  process.hand.clear();
}

std::string shrunk(std::uint64_t seed, Mistake mistake) {
  for (int messages = 1; messages <= 8; ++messages) {
    for (int faults = 0; faults <= 40; ++faults) {
      ConsumerSimulation simulation(seed, mistake, {messages, faults});
      const auto wrong = simulation.run();
      if (!wrong) continue;
      std::string story = *wrong + ", with " + std::to_string(messages) + " messages and " +
                          std::to_string(faults) + " faults at most:\n";
      constexpr std::ptrdiff_t most_lines = 60;
      const auto& lines = simulation.story();
      auto line = lines.begin();
      if (std::ssize(lines) > most_lines) line = lines.end() - most_lines;
      for (; line != lines.end(); ++line) story += "  " + *line + "\n";
      return story;
    }
  }
  return "nothing goes wrong in any smaller history";
}

}  // namespace waybill::inbox::testing
