#include <algorithm>
#include <iterator>

#include "relay_state.hpp"

namespace waybill::outbox {

// What frees memory and what is asked for by others comes before what takes more in.
RelayAction RelayMachine::State::next(base::SteadyTime now) {
  if (!to_block.empty()) return act::Block{std::exchange(to_block, {})};
  if (!to_defer.empty()) return act::Defer{std::exchange(to_defer, {}), ways.wait()};
  if (publishable() > 0) return publish();
  if (confirmed.size() >= limits.remove_rows && now >= remove_again_at) return remove();
  if (!late.empty() || (!lost.empty() && lost.top().first <= now)) return fetch(now);
  if (turns.is_promote_due(now)) return act::Promote{limits.promote_rows};
  if (turns.is_maintain_due(now)) {
    turns.maintained(now);
    return act::Maintain{};
  }
  if (cursor > 0 && turns.is_sweep_due(now)) return act::Sweep{cursor};
  if (auto action = take_more(now)) return *std::move(action);
  if (!confirmed.empty() && now >= removal_due()) return remove();
  return wait();
}

// Blocked rows and new ones in turn, where there are both.
std::optional<RelayAction> RelayMachine::State::take_more(base::SteadyTime now) {
  if (!has_room()) return std::nullopt;
  const bool reads = turns.is_read_due(now);
  const bool reads_blocked = blocked_rows > 0 && turns.is_blocked_due(now);
  if (reads_blocked && !(reads && blocked_had_its_turn)) return read_blocked();
  if (reads) return act::Read{cursor, room(), holes.spans()};
  return std::nullopt;
}

std::size_t RelayMachine::State::publishable() const {
  return std::min(ready.size(), limits.window - under_way);
}

act::Publish RelayMachine::State::publish() {
  act::Publish action;
  action.rows.reserve(publishable());
  for (auto left = publishable(); left > 0; --left) {
    auto& entry = entries.at(ready.front());
    ready.pop_front();
    entry.state = Entry::State::under_way;
    action.rows.push_back(std::move(*entry.row));
    entry.row.reset();
  }
  under_way += action.rows.size();
  return action;
}

act::Remove RelayMachine::State::remove() {
  act::Remove action;
  for (const auto& [from, to] : {std::pair(&confirmed.waiting, &action.ids.waiting),
                                 std::pair(&confirmed.blocked, &action.ids.blocked)}) {
    const auto some = static_cast<std::ptrdiff_t>(std::min(from->size(), removable - action.ids.size()));
    to->assign(from->begin(), from->begin() + some);
    from->erase(from->begin(), from->begin() + some);
  }
  return action;
}

// A row that stays a little longer is only sent twice if the leader dies meanwhile; a statement for each row
// would cost the database more than the row itself did.
base::SteadyTime RelayMachine::State::removal_due() const {
  return std::max(under_way == 0 ? confirmed_since : confirmed_since + limits.remove_within, remove_again_at);
}

act::Fetch RelayMachine::State::fetch(base::SteadyTime now) {
  act::Fetch action;
  const auto some = std::min(late.size(), limits.read_rows);
  action.ids.waiting.assign(late.begin(), late.begin() + static_cast<std::ptrdiff_t>(some));
  late.erase(late.begin(), late.begin() + static_cast<std::ptrdiff_t>(some));
  while (!lost.empty() && lost.top().first <= now && action.ids.size() < limits.read_rows) {
    const auto id = lost.top().second;
    lost.pop();
    action.ids.add(id, entries.at(id).is_blocked);
  }
  return action;
}

act::ReadBlocked RelayMachine::State::read_blocked() {
  if (!pass_after) {
    ++pass;
    pass_after = 0;
    ways.forget_trials();
  }
  return {*pass_after, room(), ways.not_open()};
}

act::Wait RelayMachine::State::wait() const {
  auto until = turns.next(has_room(), blocked_rows > 0, cursor > 0);
  if (!lost.empty()) until = std::min(until, lost.top().first);
  if (!confirmed.empty()) until = std::min(until, removal_due());
  return {until};
}

}  // namespace waybill::outbox
