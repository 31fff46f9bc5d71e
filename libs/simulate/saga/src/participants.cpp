#include "cells.hpp"
#include "play.hpp"
#include "words.hpp"

namespace waybill::saga_simulation::detail {

using namespace std::chrono_literals;

void Play::take_command(std::size_t letter) {
  const auto& command = command_of(letters_[letter]);
  if (is_away(letter, command.service) || is_skipped(letter, command.service)) return;
  if (strikes(faults_.crashes_before_commit)) {
    tell(stage_.services[command.service], " crashes on ", [&] { return name_of(letter); });
    return bring(letter, between(1ms, script_.times.longest_restart));
  }
  act(letter, command);
  disturb(letters_[letter].saga);
  if (strikes(faults_.crashes_after_commit)) {
    tell(stage_.services[command.service], " crashes after it has committed that");
    bring(letter, between(1ms, script_.times.longest_restart));
  }
}

bool Play::is_away(std::size_t letter, std::size_t service) {
  auto& until = away_until_[service];
  const auto now = history_.time.now();
  if (now >= until && strikes(faults_.absences)) {
    until = now + between(1'000ms, script_.times.longest_absence);
    tell(stage_.services[service], " goes away");
  }
  if (now >= until) return false;
  bring(letter, std::chrono::ceil<Milliseconds>(until - now) + way());
  return true;
}

bool Play::is_skipped(std::size_t letter, std::size_t service) {
  const auto& taken = letters_[letter];
  if (taken.expiry && history_.time.wall() >= *taken.expiry) {
    tell(
        stage_.services[service], " skips ", [&] { return name_of(letter); }, ", which has expired");
    return true;
  }
  const bool is_copy = taken.is_taken && script_.mechanism.has_inboxes;
  if (!is_copy || strikes(faults_.forgotten)) return false;
  tell([&] { return name_of(letter); }, " comes again, and the inbox of ", stage_.services[service],
       " knows it");
  return true;
}

void Play::act(std::size_t letter, const Stage::Command& command) {
  auto& taken = letters_[letter];
  const message::SagaReference asked{id_of(taken.saga),
                                     plan(sagas_[taken.saga].version).steps[taken.step].name, taken.epoch};
  auto answered = command.part->act(world_, *taken.payload, asked);
  taken.is_taken = true;
  tell(
      stage_.services[command.service], " takes ", [&] { return name_of(letter); },
      answered.payload ? " and answers " : " and does not answer", short_name(answered.type));
  if (!answered.payload) return;
  post({.kind = LetterKind::answer,
        .saga = taken.saga,
        .step = taken.step,
        .is_undo = taken.is_undo,
        .epoch = taken.epoch,
        .type = answered.type,
        .payload = std::move(answered.payload)},
       command.wait);
}

}  // namespace waybill::saga_simulation::detail
