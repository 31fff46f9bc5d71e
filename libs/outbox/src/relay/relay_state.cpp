#include "relay_state.hpp"

#include <algorithm>
#include <utility>

#include "waybill/outbox/sendable.hpp"

namespace waybill::outbox {

void RelayMachine::State::accept(Row row) {
  if (entries.contains(row.id)) return;
  const auto id = row.id;
  const auto lane = lanes.find_or_make(row.publication.to.exchange, row.key);
  const bool waits = lane != nullptr && lane->second.is_blocked();
  if (!row.is_blocked && waits) return block(id, lane, "waits behind an earlier message of its key");
  auto problem = why_not_sendable(row.publication.to, row.publication.message);
  if (row.is_blocked) {
    if (lane != nullptr && lane->second.stuck_in == pass) return;
    if (problem || !ways.may_go(row.publication.to)) {
      if (lane != nullptr) lane->second.stuck_in = pass;
      return;
    }
  } else if (problem) {
    notices.push_back({Notice::What::way_blocked, row.publication.to, *problem});
    return block(id, lane, std::move(*problem));
  }
  auto& entry = entries[id];
  entry.is_blocked = row.is_blocked;
  entry.lane = lane;
  entry.way = row.publication.to;
  entry.bytes = row.publication.message.body.size();
  bytes += entry.bytes;
  entry.row = std::move(row);
  if (Lanes::push(lane, id)) ready.push_back(id);
}

void RelayMachine::State::block(std::int64_t id, Lanes::Place lane, std::string reason) {
  to_block.push_back({id, std::move(reason)});
  ++blocked_rows;
  if (lane == nullptr) return;
  ++lane->second.blocked_rows;
  // The pass is beyond it, so what it still reads of this lane would overtake it.
  if (pass_after && id <= *pass_after) {
    lane->second.stuck_in = pass;
    passed_by = true;
  }
}

void RelayMachine::State::leave_lane(Entry& entry) {
  if (const auto next = lanes.pop(entry.lane); next != 0) ready.push_back(next);
}

void RelayMachine::State::confirm(std::int64_t id, Entry& entry, base::SteadyTime now) {
  entry.state = Entry::State::confirmed;
  bytes -= std::exchange(entry.bytes, 0);
  if (confirmed.empty()) confirmed_since = now;
  confirmed.add(id, entry.is_blocked);
  if (entry.is_blocked) {
    --blocked_rows;
    if (entry.lane != nullptr) --entry.lane->second.blocked_rows;
  }
  leave_lane(entry);
  way_is_open(entry.way);
}

void RelayMachine::State::way_is_open(const message::Address& way) {
  if (ways.empty()) return;
  if (const auto opened = ways.open(way); opened.is_new) {
    if (opened.was_told) notices.push_back({Notice::What::way_free, way, {}});
    // All that waits for this way may go now, from the first row on.
    pass_after.reset();
    turns.blocked_soon();
  }
  if (blocked_rows == 0) ways.clear();
}

void RelayMachine::State::try_again(std::int64_t id, Entry& entry, base::SteadyTime now) {
  entry.state = Entry::State::lost;
  const auto doublings = std::min(entry.failures++, 16U);
  const auto wait = std::min(limits.retry_first * (std::int64_t{1} << doublings), limits.retry_most);
  lost.emplace(now + wait, id);
}

void RelayMachine::State::hold_back(std::int64_t id, Entry& entry, const std::string& reason,
                                    base::SteadyTime now) {
  const auto way = entry.way;
  if (ways.close(way)) {
    notices.push_back({Notice::What::way_blocked, way, reason});
    // Where others wait, their next trial is as soon as it was, however many ways close meanwhile.
    if (blocked_rows == 0) turns.blocked_passed(ways.next_wait(), now);
  }
  const auto lane = entry.lane;
  const auto hold = [&](std::int64_t each, std::string why) {
    const auto found = entries.find(each);
    const bool was_blocked = found->second.is_blocked;
    bytes -= found->second.bytes;
    entries.erase(found);
    if (!was_blocked) {
      block(each, lane, std::move(why));
    } else if (each == id) {
      to_defer.push_back({each, std::move(why)});
    }
  };
  if (lane == nullptr) return hold(id, reason);
  lane->second.stuck_in = pass;
  for (const auto each : lanes.clear(lane)) {
    hold(each, each == id ? reason : "waits behind an earlier message of its key");
  }
  lanes.drop_if_idle(lane);
}

}  // namespace waybill::outbox
