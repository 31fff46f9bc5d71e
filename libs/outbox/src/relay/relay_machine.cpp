#include "waybill/outbox/relay_machine.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <variant>

#include "relay_state.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::outbox {

RelayMachine::RelayMachine(RelayLimits limits, std::span<const BlockedLane> blocked, base::SteadyTime now)
    : state_(std::make_unique<State>(limits, now)) {
  ENSURE(limits.window > 0 && limits.read_rows > 0 && limits.rows >= limits.read_rows,
         "a relay without room for a row can do nothing");
  for (const auto& lane : blocked) {
    state_->blocked_rows += lane.rows;
    const auto place = state_->lanes.find_or_make(lane.exchange, lane.key);
    if (place != nullptr) place->second.blocked_rows += lane.rows;
  }
}

RelayMachine::~RelayMachine() = default;

RelayAction RelayMachine::next(base::SteadyTime now) { return state_->next(now); }

void RelayMachine::on_read(std::vector<Row> rows, bool was_last, const Snapshot& snapshot,
                           base::SteadyTime now) {
  state_->blocked_had_its_turn = false;
  state_->turns.read(!rows.empty(), was_last, now);
  state_->found_none = rows.empty();
  // What was looked into and is still empty; behind the last row, it was cut off.
  if (was_last || !rows.empty()) {
    const auto looked_up_to = was_last ? std::numeric_limits<std::int64_t>::max() : rows.back().id;
    state_->holes.forget_ended(snapshot, looked_up_to);
  }
  for (auto& row : rows) {
    if (row.id > state_->cursor) {
      state_->holes.notice(state_->cursor + 1, row.id - 1, snapshot);
      state_->cursor = row.id;
    } else {
      state_->holes.fill(row.id);
    }
    state_->accept(std::move(row));
  }
}

void RelayMachine::on_swept(std::span<const std::int64_t> ids, std::chrono::nanoseconds took,
                            base::SteadyTime now) {
  state_->turns.swept(took, now);
  state_->late.clear();
  for (const auto id : ids) {
    if (state_->late.size() >= state_->room()) break;
    if (!state_->entries.contains(id)) state_->late.push_back(id);
  }
}

void RelayMachine::on_fetched(const RowIds& asked, std::vector<Row> rows) {
  std::unordered_set<std::int64_t> there;
  for (auto& row : rows) {
    const auto id = row.id;
    there.insert(id);
    const auto found = state_->entries.find(id);
    if (found == state_->entries.end()) {
      state_->accept(std::move(row));
      continue;
    }
    found->second.row = std::move(row);
    found->second.state = Entry::State::waiting;
    state_->ready.push_back(id);
  }
  // Somebody else has deleted them: an operator, since there is no other leader.
  for (const auto* ids : {&asked.waiting, &asked.blocked}) {
    for (const auto id : *ids) {
      const auto found = state_->entries.find(id);
      if (there.contains(id) || found == state_->entries.end()) continue;
      if (found->second.is_blocked) {
        --state_->blocked_rows;
        if (found->second.lane != nullptr) --found->second.lane->second.blocked_rows;
      }
      state_->leave_lane(found->second);
      state_->bytes -= found->second.bytes;
      state_->entries.erase(found);
    }
  }
}

void RelayMachine::on_removed(const RowIds& ids) {
  state_->remove_again_at = base::SteadyTime::min();
  state_->removable = std::min(2 * state_->removable, state_->limits.remove_rows);
  if (state_->confirmed.empty()) state_->remove_wait = state_->limits.retry_first;
  for (const auto id : ids.waiting) state_->entries.erase(id);
  for (const auto id : ids.blocked) state_->entries.erase(id);
}

void RelayMachine::on_removal_failed(const RowIds& ids, base::SteadyTime now) {
  auto& confirmed = state_->confirmed;
  if (confirmed.empty()) state_->confirmed_since = now;
  for (const auto id : ids.waiting) confirmed.add(id, false);
  for (const auto id : ids.blocked) confirmed.add(id, true);
  state_->removable = std::max<std::size_t>(ids.size() / 2, 1);
  state_->remove_again_at = now + state_->remove_wait;
  state_->remove_wait = std::min(2 * state_->remove_wait, state_->limits.retry_most);
}

void RelayMachine::on_blocked_read(std::vector<Row> rows, bool was_last, base::SteadyTime now) {
  state_->blocked_had_its_turn = true;
  for (auto& row : rows) {
    state_->pass_after = row.id;
    state_->accept(std::move(row));
  }
  if (!was_last) return;
  state_->pass_after.reset();
  const bool goes_on = std::exchange(state_->passed_by, false);
  state_->turns.blocked_passed(goes_on ? state_->limits.blocked_first : state_->ways.next_wait(), now);
}

void RelayMachine::on_promoted(std::size_t rows, bool was_last, base::SteadyTime now) {
  state_->turns.promoted(was_last, now);
  if (rows > 0) state_->turns.read_soon();
}

void RelayMachine::on_promotion_failed(base::SteadyTime now) { state_->turns.promotion_failed(now); }

void RelayMachine::on_outcome(std::int64_t id, const message::Outcome& outcome, base::SteadyTime now) {
  const auto found = state_->entries.find(id);
  ENSURE(found != state_->entries.end() && found->second.state == Entry::State::under_way,
         "an outcome of a row that was not published, or a second one");
  --state_->under_way;
  auto& entry = found->second;
  if (message::is_confirmed(outcome)) {
    state_->confirm(id, entry, now);
  } else if (std::holds_alternative<message::Returned>(outcome)) {
    state_->hold_back(id, entry, message::to_string(outcome), now);
  } else {
    state_->try_again(id, entry, now);
  }
}

void RelayMachine::on_wake() {
  state_->turns.read_soon();
  state_->found_none = false;
}

bool RelayMachine::is_at_rest() const {
  return state_->found_none && state_->entries.empty() && state_->to_block.empty() && state_->late.empty();
}

RelayMachine::Load RelayMachine::load() const {
  return {state_->entries.size(), state_->under_way, state_->blocked_rows};
}

std::vector<std::int64_t> RelayMachine::handed_over() const {
  std::vector<std::int64_t> ids;
  for (const auto& [id, entry] : state_->entries) {
    if (entry.state == Entry::State::under_way || entry.state == Entry::State::confirmed) ids.push_back(id);
  }
  return ids;
}

std::vector<RelayMachine::Notice> RelayMachine::take_notices() { return std::exchange(state_->notices, {}); }

}  // namespace waybill::outbox
