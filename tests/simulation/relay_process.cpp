#include "relay_process.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace waybill::simulation {

using namespace std::chrono_literals;
using simulate::CommitEnd;

namespace {

outbox::RelayLimits limits_for(simulate::Dice& dice) {
  outbox::RelayLimits limits;
  limits.window = 1 + dice.below(6);
  limits.read_rows = 1 + dice.below(8);
  limits.rows = limits.read_rows + dice.below(10);
  limits.remove_rows = 1 + dice.below(4);
  limits.poll_idle = 100ms;
  limits.promote_every = 20ms;
  limits.sweep_every = 500ms;
  limits.maintain_every = 1h;
  return limits;
}

}  // namespace

RelayProcess::RelayProcess(simulate::History& history, simulate::FakeBroker& broker, Database& database,
                           std::string name, Mistake mistake)
    : history_(history),
      broker_(broker),
      database_(database),
      name_(std::move(name)),
      mistake_(mistake),
      limits_(limits_for(history.dice)) {
  begin_anew(0ms);
}

void RelayProcess::step_at(base::SteadyTime when) {
  history_.time.call_off(next_step_);
  next_step_ = history_.time.at(when, [this] { step(); });
}

void RelayProcess::begin_anew(std::chrono::milliseconds rest) {
  machine_.reset();
  publisher_.reset();
  session_ = database_.store.connect(name_);
  waits_until_.reset();
  step_at(now() + rest);
}

void RelayProcess::wake() {
  if (!machine_) return;
  machine_->on_wake();
  if (waits_until_) step_at(now() + 1ms);
}

void RelayProcess::lead() {
  if (!session_->works()) return begin_anew(std::chrono::milliseconds{history_.dice.between(5, 50)});
  if (!session_->try_lock("relay")) return step_at(now() + 50ms);
  history_.story.tell(name_, " leads");
  std::map<std::pair<message::Exchange, std::string>, std::size_t> lanes;
  for (const auto& [id, row] : database_.blocked.rows()) {
    if (mistake_ != Mistake::forgets_what_is_blocked) ++lanes[{row.publication.to.exchange, row.key}];
  }
  std::vector<outbox::RelayMachine::BlockedLane> blocked;
  for (const auto& [lane, rows] : lanes) blocked.push_back({lane.first, lane.second, rows});
  publisher_ = broker_.publisher(name_);
  machine_ = std::make_unique<outbox::RelayMachine>(limits_, blocked, now());
  step_at(now());
}

void RelayProcess::step() {
  waits_until_.reset();
  if (!machine_) return lead();
  if (history_.dice.strikes(2)) {
    history_.story.tell(name_, " dies, with ", publisher_->under_way(), " messages under way");
    return begin_anew(std::chrono::milliseconds{history_.dice.between(5, 50)});
  }
  if (!session_->works()) return begin_anew(5ms);
  auto action = machine_->next(now());
  std::visit(*this, action);
  if (machine_ && !waits_until_) step_at(now() + std::chrono::milliseconds{1});
}

void RelayProcess::change(const simulate::FakeStore::Work& work) {
  if (database_.store.transact(work) != CommitEnd::committed) begin_anew(5ms);
}

void RelayProcess::send(const outbox::Row& row) {
  history_.story.tell(name_, " sends row ", row.id, ", message ", row.publication.message.message_id);
  publisher_->publish(row.publication,
                      [this, id = row.id](const message::Outcome& outcome) { on_outcome(id, outcome); });
}

void RelayProcess::on_outcome(std::int64_t id, message::Outcome outcome) {
  if (mistake_ == Mistake::takes_unknown_for_confirmed && std::holds_alternative<message::Unknown>(outcome)) {
    outcome = message::Confirmed{};
  }
  machine_->on_outcome(id, outcome, now());
  if (waits_until_) step_at(now());
}

void RelayProcess::operator()(outbox::act::Publish& publish) {
  for (const auto& row : publish.rows) send(row);
  if (mistake_ != Mistake::deletes_before_the_confirm) return;
  change([&] {
    for (const auto& row : publish.rows) database_.outbox.erase(row.id);
  });
}

void RelayProcess::operator()(outbox::act::Read& read) {
  const bool looks_into_holes =
      mistake_ != Mistake::reads_ahead_alone && mistake_ != Mistake::sweeps_for_late_rows_alone;
  const auto is_asked_for = [&](std::int64_t id) {
    const auto holds = [id](const outbox::IdSpan& hole) { return hole.low <= id && id <= hole.high; };
    return id > read.after || (looks_into_holes && std::ranges::any_of(read.holes, holds));
  };
  std::vector<outbox::Row> rows;
  for (const auto& [id, row] : database_.outbox.rows()) {
    if (rows.size() >= read.rows) break;
    if (!is_asked_for(id)) continue;
    rows.push_back(row);
    if (mistake_ == Mistake::sends_several_of_a_key) rows.back().key.clear();
  }
  const bool was_last = rows.size() < read.rows;
  const auto& store = database_.store;
  machine_->on_read(std::move(rows), was_last, {store.all_ended_below(), store.none_from()}, now());
}

void RelayProcess::operator()(outbox::act::Sweep& sweep) {
  std::vector<std::int64_t> ids;
  for (const auto& [id, row] : database_.outbox.rows()) {
    if (id <= sweep.up_to && mistake_ != Mistake::reads_ahead_alone) ids.push_back(id);
  }
  machine_->on_swept(ids, 0ns, now());
}

void RelayProcess::operator()(outbox::act::Fetch& fetch) {
  std::vector<outbox::Row> rows;
  for (const auto id : fetch.ids.waiting) {
    if (const auto* row = database_.outbox.find(id)) rows.push_back(*row);
  }
  for (const auto id : fetch.ids.blocked) {
    if (const auto* row = database_.blocked.find(id)) rows.push_back(*row);
  }
  machine_->on_fetched(fetch.ids, std::move(rows));
}

void RelayProcess::operator()(outbox::act::Remove& remove) {
  const auto ids = remove.ids;
  change([&] {
    for (const auto id : ids.waiting) database_.outbox.erase(id);
    for (const auto id : ids.blocked) database_.blocked.erase(id);
  });
  if (machine_) machine_->on_removed(ids);
}

void RelayProcess::operator()(outbox::act::Block& block) {
  change([&] {
    for (const auto& [id, reason] : block.rows) {
      auto row = database_.outbox.take(id);
      if (!row) continue;
      history_.story.tell(name_, " puts row ", id, " aside: ", reason);
      row->is_blocked = true;
      database_.blocked.insert(id, *std::move(row));
    }
  });
}

void RelayProcess::operator()(outbox::act::ReadBlocked& read) {
  using Lane = std::pair<message::Exchange, std::string>;
  std::vector<Lane> closed;
  std::vector<outbox::Row> rows;
  for (const auto& [id, row] : database_.blocked.rows()) {
    const Lane lane{row.publication.to.exchange, row.key};
    const bool is_behind = !row.key.empty() && std::ranges::count(closed, lane) > 0;
    if (is_behind || std::ranges::count(read.without, row.publication.to) > 0) {
      closed.push_back(lane);
    } else if (id > read.after && rows.size() < read.rows) {
      rows.push_back(row);
    }
  }
  const bool was_last = rows.size() < read.rows;
  machine_->on_blocked_read(std::move(rows), was_last, now());
}

void RelayProcess::operator()(outbox::act::Promote& promote) {
  std::size_t rows = 0;
  const auto work = [&] {
    std::vector<std::int64_t> due;
    for (const auto& [id, scheduled] : database_.scheduled.rows()) {
      if (scheduled.due <= now() && due.size() < promote.rows) due.push_back(id);
    }
    rows = due.size();
    for (const auto id : due) {
      auto scheduled = database_.scheduled.take(id);
      if (mistake_ == Mistake::promotes_without_sending_on) continue;
      database_.add(database_.store.next_id(), std::move(scheduled->publication));
    }
  };
  if (!database_.scheduled.rows().empty()) change(work);
  if (machine_) machine_->on_promoted(rows, rows < promote.rows, now());
}

void RelayProcess::operator()(outbox::act::Wait& wait) {
  waits_until_ = wait.until;
  step_at(std::max(wait.until, now() + 1ms));
}

}  // namespace waybill::simulation
