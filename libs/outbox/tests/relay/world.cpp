#include "world.hpp"

#include <algorithm>
#include <variant>

namespace waybill::outbox::testing {

RelayLimits World::quiet() {
  RelayLimits limits;
  limits.poll_busy = limits.poll_idle = limits.sweep_every = limits.promote_every = limits.maintain_every =
      1h;
  return limits;
}

void World::commit(std::int64_t id, const std::string& key, const std::string& exchange,
                   const std::string& routing_key) {
  Row row{.id = id, .key = key, .is_blocked = false, .publication = {}};
  row.publication.to = {message::Exchange{exchange}, message::RoutingKey{routing_key}};
  outbox.emplace(id, row);
}

void World::lead() {
  under_way.clear();
  std::map<std::pair<message::Exchange, std::string>, std::size_t> lanes;
  for (const auto& [id, row] : blocked) {
    if (!forgets_blocked) ++lanes[{row.publication.to.exchange, row.key}];
  }
  std::vector<RelayMachine::BlockedLane> found;
  for (const auto& [lane, rows] : lanes) found.push_back({lane.first, lane.second, rows});
  machine_ = std::make_unique<RelayMachine>(limits_, found, now);
}

void World::run() {
  for (;;) {
    auto action = machine_->next(now);
    std::visit(*this, action);
    for (auto& notice : machine_->take_notices()) notices.push_back(std::move(notice));
    if (std::holds_alternative<act::Wait>(action)) return;
  }
}

void World::run_after(std::chrono::milliseconds duration) {
  now += duration;
  run();
}

void World::answer(std::int64_t id, const message::Outcome& outcome) {
  std::erase(under_way, id);
  machine_->on_outcome(id, outcome, now);
}

void World::confirm_all() {
  while (!under_way.empty()) {
    answer(under_way.front(), message::Confirmed{});
    run();
  }
}

void World::operator()(act::Publish& publish) {
  ++acts["publish"];
  for (const auto& row : publish.rows) {
    published.push_back(row.id);
    under_way.push_back(row.id);
    if (answers) answer(row.id, answers(row.publication.to));
    if (sends) sends(row);
  }
}

void World::operator()(act::Read& read) {
  ++acts["read"];
  const auto is_asked_for = [&](std::int64_t id) {
    const auto holds = [id](const IdSpan& hole) { return hole.low <= id && id <= hole.high; };
    return id > read.after || (!forgets_holes && std::ranges::any_of(read.holes, holds));
  };
  std::vector<Row> rows;
  for (auto at = outbox.begin(); at != outbox.end() && rows.size() < read.rows; ++at) {
    if (!is_asked_for(at->first)) continue;
    rows.push_back(at->second);
    if (forgets_keys) rows.back().key.clear();
  }
  const bool was_last = rows.size() < read.rows;
  machine_->on_read(std::move(rows), was_last, snapshot, now);
}

void World::operator()(act::Sweep& sweep) {
  ++acts["sweep"];
  std::vector<std::int64_t> ids;
  for (const auto& [id, row] : outbox) {
    if (id <= sweep.up_to && !forgets_low_ids) ids.push_back(id);
  }
  now += std::chrono::duration_cast<base::SteadyTime::duration>(sweep_takes);
  machine_->on_swept(ids, sweep_takes, now);
}

void World::operator()(act::Fetch& fetch) {
  ++acts["fetch"];
  std::vector<Row> rows;
  for (const auto id : fetch.ids.waiting) {
    if (outbox.contains(id)) rows.push_back(outbox.at(id));
  }
  for (const auto id : fetch.ids.blocked) {
    if (blocked.contains(id)) rows.push_back(blocked.at(id));
  }
  machine_->on_fetched(fetch.ids, std::move(rows));
}

void World::operator()(act::Remove& remove) {
  ++acts["remove"];
  const bool holds_it = std::ranges::find(remove.ids.waiting, cannot_be_removed) != remove.ids.waiting.end();
  if (removal_fails || holds_it) return machine_->on_removal_failed(remove.ids, now);
  for (const auto* ids : {&remove.ids.waiting, &remove.ids.blocked}) {
    removed.insert(removed.end(), ids->begin(), ids->end());
  }
  for (const auto id : remove.ids.waiting) outbox.erase(id);
  for (const auto id : remove.ids.blocked) blocked.erase(id);
  machine_->on_removed(remove.ids);
}

void World::operator()(act::Block& block) {
  ++acts["block"];
  for (const auto& [id, reason] : block.rows) {
    auto moved = outbox.extract(id);
    if (moved.empty()) continue;
    moved.mapped().is_blocked = true;
    reasons[id] = reason;
    blocked.insert(std::move(moved));
  }
}

void World::operator()(act::Defer& defer) {
  ++acts["defer"];
  for (const auto& [id, reason] : defer.rows) reasons[id] = reason;
}

bool World::may_be_read(const Row& row, const std::vector<message::Address>& without) const {
  const auto goes_a_closed_way = [&](const Row& one) {
    return std::ranges::find(without, one.publication.to) != without.end();
  };
  if (goes_a_closed_way(row)) return false;
  if (row.key.empty()) return true;
  return std::ranges::none_of(blocked, [&](const auto& each) {
    const auto& earlier = each.second;
    return earlier.id < row.id && earlier.key == row.key &&
           earlier.publication.to.exchange == row.publication.to.exchange && goes_a_closed_way(earlier);
  });
}

void World::operator()(act::ReadBlocked& read) {
  ++acts["read_blocked"];
  std::vector<Row> rows;
  for (auto at = blocked.upper_bound(read.after); at != blocked.end() && rows.size() < read.rows; ++at) {
    if (may_be_read(at->second, read.without)) rows.push_back(at->second);
  }
  const bool was_last = rows.size() < read.rows;
  machine_->on_blocked_read(std::move(rows), was_last, now);
}

void World::operator()(act::Promote&) {
  ++acts["promote"];
  machine_->on_promoted(0, true, now);
}

void World::operator()(act::Maintain&) { ++acts["maintain"]; }

void World::operator()(act::Wait&) { ++acts["wait"]; }

}  // namespace waybill::outbox::testing
