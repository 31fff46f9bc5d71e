#include "consumer_machine.hpp"

#include <algorithm>

#include "waybill/base/ensure.hpp"

namespace waybill::inbox {

Action ConsumerMachine::next(base::SteadyTime now) {
  if (auto action = settle_or_record()) {
    // What is over is acknowledged at once; a failure waits until the database is there.
    if (std::holds_alternative<act::Settle>(*action) || (!sleep_ && !gives_back_)) return *std::move(action);
  }
  if (is_stopping_) {
    if (auto places = noted(); !places.empty()) return act::TakeBack{std::move(places)};
    return act::Stop{};
  }
  if (away_since_ && now - *away_since_ >= limits_.give_back_after) gives_back_ = true;
  if (gives_back_) return act::GiveBack{noted()};
  if (std::exchange(takes_back_, false)) {
    if (auto places = noted(); !places.empty()) return act::TakeBack{std::move(places)};
  }
  if (sleep_) return act::Sleep{*std::exchange(sleep_, std::nullopt)};
  for (std::size_t place = 0; place < hand_.size(); ++place) {
    auto& slot = hand_[place];
    if (slot.state != State::open) continue;
    if (!slot.card.is_suspect) return run_from(place);
    if (slot.is_begun) return act::Run{{place}, true};
    slot.may_be_noted = true;
    return act::Begin{place};
  }
  return act::Receive{};
}

std::optional<Action> ConsumerMachine::settle_or_record() const {
  if (auto over = in_state(State::over); !over.empty()) return act::Settle{std::move(over)};
  if (auto failed = in_state(State::failed); !failed.empty()) return act::Record{std::move(failed)};
  return std::nullopt;
}

/// As many as may share a transaction: in the order of the queue up to the first suspect. A copy of one that
/// is among them is left for later, when what became of that one is known; one with another payload ends the
/// run.
act::Run ConsumerMachine::run_from(std::size_t first) const {
  act::Run run;
  for (std::size_t place = first; place < hand_.size() && run.places.size() < fits_; ++place) {
    const auto& slot = hand_[place];
    if (slot.state != State::open) continue;
    if (slot.card.is_suspect) break;
    const auto same = std::ranges::find_if(
        run.places, [&](std::size_t other) { return hand_[other].card.id == slot.card.id; });
    if (same == run.places.end()) {
      run.places.push_back(place);
    } else if (hand_[*same].card.payload_hash != slot.card.payload_hash) {
      break;
    }
  }
  return run;
}

Places ConsumerMachine::in_state(State state) const {
  Places places;
  for (std::size_t place = 0; place < hand_.size(); ++place) {
    if (hand_[place].state == state) places.push_back(place);
  }
  return places;
}

Places ConsumerMachine::noted() const {
  Places places;
  for (std::size_t place = 0; place < hand_.size(); ++place) {
    if (hand_[place].may_be_noted && hand_[place].state != State::settled) places.push_back(place);
  }
  return places;
}

void ConsumerMachine::on_received(const std::vector<Card>& cards) {
  hand_.clear();
  for (const auto& card : cards) {
    auto& slot = hand_.emplace_back(Slot{card});
    if (card.is_refused) slot.state = State::failed;
    if (card.is_skipped) slot.state = State::over;
  }
}

void ConsumerMachine::on_begun(std::size_t place, std::uint32_t crashes) {
  hand_.at(place).is_begun = true;
  if (crashes > limits_.crashes) hand_.at(place).state = State::failed;
}

void ConsumerMachine::on_taken_back(const Places& places) {
  for (const auto place : places) hand_.at(place).may_be_noted = false;
}

void ConsumerMachine::on_ran(const Places& places, const std::vector<End>& ends, base::SteadyTime now,
                             std::optional<std::chrono::milliseconds> rest) {
  ENSURE(places.size() == ends.size());
  if (!rest) fit(places, ends);
  bool is_away = false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto& slot = hand_.at(places[i]);
    switch (ends[i]) {
      case End::over:
        slot.state = State::over;
        // Copies that came along are as much over; but a later attempt is not, where this one was stale.
        for (auto& other : hand_) {
          if (other.state == State::open && !other.card.is_suspect && other.card.id == slot.card.id &&
              other.card.payload_hash == slot.card.payload_hash && other.card.attempt <= slot.card.attempt) {
            other.state = State::over;
          }
        }
        break;
      case End::failed:
        slot.state = State::failed;
        break;
      case End::unfinished:
        is_away = is_away || !rest;
        slot.is_begun = false;
        break;
      case End::in_doubt:
        slot.is_begun = false;
        break;
    }
  }
  if (rest) {
    sleep_ = *rest;
    takes_back_ = true;
  }
  if (is_away) {
    on_unavailable(now);
  } else if (!rest) {
    away_since_.reset();
    rest_.reset();
  }
}

/// Several of which none came to an end may have been too many for the time they had: so slow that they would
/// never be done together. Half as many then, and step by step more again. A doubt says nothing of either.
void ConsumerMachine::fit(const Places& places, const std::vector<End>& ends) {
  const auto has_ended = [](End end) { return end == End::over || end == End::failed; };
  if (std::ranges::count(ends, End::in_doubt) == std::ssize(ends)) return;
  if (std::ranges::any_of(ends, has_ended)) {
    fits_ = fits_ <= std::numeric_limits<std::size_t>::max() / 2 ? 2 * fits_ : fits_;
  } else if (places.size() > 1) {
    fits_ = places.size() / 2;
  }
}

void ConsumerMachine::on_recorded(const Places& places) {
  for (const auto place : places) hand_.at(place).state = State::over;
  away_since_.reset();
}

void ConsumerMachine::on_settled(const Places& places) {
  for (const auto place : places) hand_.at(place).state = State::settled;
}

void ConsumerMachine::on_unavailable(base::SteadyTime now) {
  if (!away_since_) away_since_ = now;
  sleep_ = rest_.next();
}

void ConsumerMachine::on_given_back() {
  hand_.clear();
  gives_back_ = false;
  takes_back_ = false;
  away_since_.reset();
  sleep_.reset();
  rest_.reset();
}

}  // namespace waybill::inbox
