#include "consumer_simulation.hpp"

#include <algorithm>

namespace waybill::inbox::testing {

using namespace std::chrono_literals;
using End = ConsumerMachine::End;
using simulate::CommitEnd;

namespace {

const message::Queue queue{"q"};
const message::Address to_queue{{}, message::RoutingKey{"q"}};

/// A message has ended its process.
struct Killed {};

}  // namespace

ConsumerSimulation::ConsumerSimulation(simulate::History& history, Mistake mistake)
    : history_(history),
      dice_(history.dice),
      mistake_(mistake),
      broker_(history, {.longest_reconnect = 20ms}),
      store_(history, "the database") {
  broker_.declare_queue(queue);
  broker_.faults = {.loses_confirms = 5, .doubles = 5, .cuts = 2, .reorders = 20};
  const bool is_often_away = dice_.one_in(4);
  store_.faults = {.goes_away = is_often_away ? 40U : 8U,
                   .leaves_in_doubt = 15,
                   .longest_away = is_often_away ? 120ms : 60ms};
  publisher_ = broker_.publisher("the relay");
  std::vector<Copy> copies;
  for (std::size_t i = 0; i < static_cast<std::size_t>(history.size.messages); ++i) {
    Message message;
    auto bytes = base::Uuid::Bytes{};
    bytes[15] = static_cast<std::uint8_t>(i + 1);
    message.id = base::Uuid(bytes);
    const auto kind = dice_.below(10);
    if (kind < 3) message.throws = 1 + static_cast<std::uint32_t>(dice_.below(4));
    message.kills = kind == 9;
    messages_.push_back(message);
    copies.insert(copies.end(), 1 + dice_.below(2), Copy{i, 1, false});
  }
  dice_.shuffle(copies);
  for (const auto& copy : copies) send(copy);
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    processes_[i].name = "process " + std::to_string(i + 1);
    start(processes_[i]);
  }
}

std::string ConsumerSimulation::name(const Copy& copy) const {
  return std::to_string(copy.message) + (messages_[copy.message].kills ? " (kills)" : "") + " attempt " +
         std::to_string(copy.attempt) + (copy.is_redelivered ? " redelivered" : "");
}

/// Until it is confirmed: a lost confirm makes copies.
void ConsumerSimulation::send(const Copy& copy) {
  message::Publication publication{to_queue, {}};
  publication.message.message_id = std::to_string(copy.message);
  publication.message.headers.emplace_back("attempt", std::int64_t{copy.attempt});
  publisher_->publish(std::move(publication), [this, copy](const message::Outcome& outcome) {
    if (!message::is_confirmed(outcome)) send(copy);
  });
}

void ConsumerSimulation::start(Process& process) {
  process.machine = std::make_unique<ConsumerMachine>(
      ConsumerMachine::Limits{.crashes = crashes, .give_back_after = 30ms, .rest = {10ms, 10ms, 1.0}},
      dice_.draw());
  consume(process);
  process.hand.clear();
  process.begun.clear();
  process.asleep_until = {};
  process.life = ++lives_;
}

void ConsumerSimulation::consume(Process& process) {
  process.consumer = broker_.consumer(process.name, queue, 3);
}

void ConsumerSimulation::kill(Process& process, bool by_a_message) {
  history_.story.tell(process.name, " dies with ", std::to_string(process.begun.size()));
  if (!by_a_message) {
    for (const auto place : process.begun) ++messages_[process.hand[place].copy.message].suspected;
  }
  start(process);
}

simulate::Verdict ConsumerSimulation::run() {
  for (int steps = 0; steps < 5'000; ++steps) {
    promote();
    step(dice_.pick(processes_));
    history_.time.pass(std::chrono::milliseconds{dice_.below(5)});
    if (is_at_rest()) return verdict();
  }
  return "it does not come to rest";
}

bool ConsumerSimulation::is_at_rest() const {
  return scheduled_.rows().empty() && publisher_->under_way() == 0 && broker_.depth(queue) == 0;
}

simulate::Verdict ConsumerSimulation::verdict() const {
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const auto* made = effects_.find(i);
    const auto* written = dead_letters_.find(i);
    const int effects = made == nullptr ? 0 : *made;
    const int dead_letters = written == nullptr ? 0 : *written;
    const auto told = "message " + std::to_string(i) + " has " + std::to_string(effects) + " effects and " +
                      std::to_string(dead_letters) + " dead letters";
    if (effects + dead_letters != 1) return told;
    const auto& message = messages_[i];
    const bool may_die = message.kills || message.throws >= attempts || message.suspected >= crashes;
    if (dead_letters == 1 && !may_die) return told + ", and nothing was wrong with it";
  }
  return std::nullopt;
}

/// What is scheduled is sent at some time, and twice if its removal fails.
void ConsumerSimulation::promote() {
  if (scheduled_.rows().empty() || !dice_.chance(20)) return;
  const auto [id, copy] = *scheduled_.rows().begin();
  if (store_.transact([&] { scheduled_.erase(id); }) == CommitEnd::unavailable) return;
  send(copy);
}

void ConsumerSimulation::step(Process& process) {
  if (history_.time.now() < process.asleep_until) return;
  if (process.consumer && dice_.strikes(3)) process.consumer->cut();
  if (dice_.strikes(2)) process.machine->on_stop();
  auto action = process.machine->next(history_.time.now());
  if (dice_.strikes(5)) return kill(process);
  std::visit([&](const auto& what) { perform(process, what); }, action);
}

void ConsumerSimulation::perform(Process& process, const act::Receive&) {
  process.hand.clear();
  process.begun.clear();
  std::vector<ConsumerMachine::Card> cards;
  for (const auto& delivery : process.consumer->receive(3)) {
    const auto& wire = delivery.message;
    const auto attempt = std::get<std::int64_t>(*message::find_header(wire.headers, "attempt"));
    const Copy copy{std::stoul(wire.message_id), static_cast<std::uint32_t>(attempt), delivery.redelivered};
    process.hand.push_back({delivery.tag, copy});
    history_.story.tell(process.name, " takes ", [&] { return name(copy); });
    const bool is_suspect = copy.is_redelivered && mistake_ != Mistake::handles_suspects_together;
    cards.push_back({messages_[copy.message].id, 1, copy.attempt, is_suspect, false, false});
  }
  process.machine->on_received(cards);
}

void ConsumerSimulation::perform(Process& process, const act::Begin& begin) {
  auto& held = process.hand[begin.place];
  std::uint32_t count = 0;
  const auto end = store_.transact([&] {
    if (mistake_ == Mistake::notes_no_beginning) return;
    const auto* row = attempts_.find(held.copy.message);
    auto noted = row == nullptr ? Attempt{held.copy.attempt, {}} : *row;
    if (noted.attempt > held.copy.attempt) return;
    const bool is_new = noted.begun_by.insert(process.life).second;
    if (!is_new && mistake_ == Mistake::counts_a_beginning_in_doubt_twice) noted.begun_by.insert(-++lives_);
    count = static_cast<std::uint32_t>(noted.begun_by.size());
    attempts_.put(held.copy.message, noted);
  });
  if (end == CommitEnd::in_doubt) {
    process.begun.insert(begin.place);
    history_.story.tell(process.name, " may have begun ", [&] { return name(held.copy); });
  }
  if (end != CommitEnd::committed) return process.machine->on_unavailable(history_.time.now());
  // Copies that two processes begin at a time cannot be told from an end.
  for (const auto& other : processes_) {
    for (const auto place : other.begun) {
      const bool is_copy = other.hand[place].copy.message == held.copy.message;
      if (is_copy && other.life != process.life) ++messages_[held.copy.message].suspected;
    }
  }
  history_.story.tell(
      process.name, " begins ", [&] { return name(held.copy); }, ", time ", count);
  process.begun.insert(begin.place);
  held.is_crash = count > crashes;
  if (dice_.strikes(5)) return kill(process);
  process.machine->on_begun(begin.place, count);
}

CommitEnd ConsumerSimulation::take_back(Process& process, const Places& places) {
  return store_.transact([&] {
    if (mistake_ == Mistake::takes_no_beginning_back) return;
    for (const auto place : places) {
      const auto message = process.hand[place].copy.message;
      const auto* row = attempts_.find(message);
      if (row == nullptr) continue;
      auto noted = *row;
      noted.begun_by.erase(process.life);
      attempts_.put(message, noted);
      history_.story.tell(process.name, " takes back ", [&] { return name(process.hand[place].copy); });
    }
  });
}

void ConsumerSimulation::perform(Process& process, const act::TakeBack& take_back) {
  const bool is_done = mistake_ != Mistake::stops_without_taking_back &&
                       this->take_back(process, take_back.places) == CommitEnd::committed;
  if (is_done || mistake_ == Mistake::stops_without_taking_back) process.begun.clear();
  process.machine->on_taken_back(take_back.places);
}

/// One more begins in its place.
void ConsumerSimulation::perform(Process& process, const act::Stop&) {
  history_.story.tell(process.name, " stops");
  for (const auto place : process.begun) ++messages_[process.hand[place].copy.message].suspected;
  start(process);
}

/// What one message does in a transaction.
End ConsumerSimulation::handle(const Held& held) {
  const auto& copy = held.copy;
  const auto* row = attempts_.find(copy.message);
  const bool looks = mistake_ != Mistake::looks_for_copies_of_the_redelivered_only || copy.is_redelivered;
  const bool is_seen = looks && inbox_.contains(copy.message);
  const bool is_stale = row != nullptr && row->attempt > copy.attempt;
  if (!is_seen && !is_stale) {
    const auto& message = messages_[copy.message];
    if (message.kills) throw Killed{};
    if (copy.attempt <= message.throws) return End::failed;
    inbox_.put(copy.message, copy.attempt);
    const auto* made = effects_.find(copy.message);
    effects_.put(copy.message, made == nullptr ? 1 : *made + 1);
  }
  if (row != nullptr && !is_stale) attempts_.erase(copy.message);
  return End::over;
}

void ConsumerSimulation::perform(Process& process, const act::Run& run) {
  if (mistake_ == Mistake::acknowledges_before_the_commit) settle(process, run.places);
  std::vector<End> ends(run.places.size(), End::unfinished);
  if (dice_.strikes(8)) return kill(process);
  CommitEnd end{};
  try {
    end = store_.transact([&] {
      for (std::size_t i = 0; i < run.places.size(); ++i) {
        const auto& held = process.hand[run.places[i]];
        history_.story.tell(process.name, " handles ", [&] { return name(held.copy); });
        ends[i] = handle(held);
      }
    });
  } catch (const Killed&) {
    return kill(process, true);
  }
  if (end == CommitEnd::in_doubt) {
    if (mistake_ == Mistake::takes_in_doubt_for_undone) {
      store_.transact([&] {
        for (const auto place : run.places) inbox_.erase(process.hand[place].copy.message);
      });
    }
    const bool is_believed = mistake_ == Mistake::takes_in_doubt_for_committed;
    std::ranges::replace(ends, End::over, is_believed ? End::over : End::in_doubt);
  }
  if (dice_.strikes(8)) return kill(process);
  for (std::size_t i = 0; i < run.places.size(); ++i) {
    if (ends[i] == End::over) process.begun.erase(run.places[i]);
  }
  process.machine->on_ran(run.places, ends, history_.time.now());
}

/// The attempt ends, if it still counted.
bool ConsumerSimulation::has_counted(const Copy& copy) {
  if (mistake_ == Mistake::retries_and_gives_up_without_counting) return true;
  const auto* row = attempts_.find(copy.message);
  if (inbox_.contains(copy.message) || (row != nullptr && row->attempt > copy.attempt)) return false;
  attempts_.put(copy.message, {copy.attempt + 1, {}});
  return true;
}

/// What follows from that is written.
void ConsumerSimulation::decide(const Held& held, bool is_final) {
  const auto& copy = held.copy;
  if (!is_final) {
    scheduled_.insert(store_.next_id(), {copy.message, copy.attempt + 1, false});
    return;
  }
  const auto* written = dead_letters_.find(copy.message);
  dead_letters_.put(copy.message, written == nullptr ? 1 : *written + 1);
}

void ConsumerSimulation::perform(Process& process, const act::Record& record) {
  if (mistake_ == Mistake::acknowledges_before_a_failure_is_recorded) settle(process, record.places);
  if (dice_.strikes(8)) return kill(process);
  const bool is_apart = mistake_ == Mistake::counts_an_attempt_apart_from_its_retry && dice_.strikes(20);
  const auto end = store_.transact([&] {
    for (const auto place : record.places) {
      const auto& held = process.hand[place];
      const bool is_final = held.is_crash || held.copy.attempt >= attempts;
      history_.story.tell(process.name, is_final ? " gives up " : " will retry ",
                          [&] { return name(held.copy); });
      if (has_counted(held.copy) && !is_apart) decide(held, is_final);
    }
  });
  if (is_apart || dice_.strikes(8)) return kill(process);
  if (end != CommitEnd::committed) return process.machine->on_unavailable(history_.time.now());
  process.machine->on_recorded(record.places);
}

void ConsumerSimulation::settle(Process& process, const Places& places) {
  std::vector<message::DeliveryTag> tags;
  for (const auto place : places) tags.push_back(process.hand[place].tag);
  if (process.consumer) process.consumer->settle(tags, message::Settlement::ack);
}

void ConsumerSimulation::perform(Process& process, const act::Settle& settle) {
  this->settle(process, settle.places);
  process.machine->on_settled(settle.places);
}

void ConsumerSimulation::perform(Process& process, const act::Sleep& sleep) {
  process.asleep_until = history_.time.now() + sleep.duration;
}

/// Until the database is there again: then the notes are taken back, and the queue is consumed anew.
void ConsumerSimulation::perform(Process& process, const act::GiveBack& give_back) {
  if (process.consumer) history_.story.tell(process.name, " gives back");
  process.consumer.reset();
  if (take_back(process, give_back.begun) != CommitEnd::committed) {
    process.asleep_until = history_.time.now() + 10ms;
    return;
  }
  consume(process);
  process.machine->on_given_back();
  process.hand.clear();
}

}  // namespace waybill::inbox::testing
