#include "loaded.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "journal_json.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::saga {
namespace {

/// What nobody looks at again by itself: infinity, to PostgreSQL.
constexpr base::WallTime never = base::WallTime::max();

}  // namespace

void Loaded::load(const std::vector<base::Uuid>& ids) {
  if (ids.empty()) return;
  std::vector<InstanceCache::Known> cached;
  std::vector<std::int64_t> revisions;
  for (const auto& id : ids) {
    revisions.push_back(cached.emplace_back(around_.cache.find(id)).revision);
  }
  const auto asked_at = around_.clock.steady();
  add(store::load(tx_, ids, revisions), asked_at);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (auto* saga = find(ids[i])) saga->cached = std::move(cached[i]);
  }
}

void Loaded::load_due(std::size_t most) {
  const auto asked_at = around_.clock.steady();
  add(store::load_due(tx_, around_.known, most), asked_at);
}

void Loaded::add(std::vector<store::Row> rows, base::SteadyTime asked_at) {
  if (!rows.empty()) around_.clock.heard(rows.back().now, asked_at);
  for (auto& row : rows) {
    const auto* plan = around_.known.find(row.type, row.version);
    auto& saga = sagas_.emplace_back(Saga{std::move(row), plan});
    by_id_.emplace(saga.row.id, &saga);
  }
}

Saga* Loaded::find(const base::Uuid& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Saga* Loaded::find(const store::Key& key) {
  const auto found = std::ranges::find_if(
      sagas_, [&](const Saga& saga) { return saga.row.type == key.type && saga.row.key == key.key; });
  return found == sagas_.end() ? nullptr : &*found;
}

void Loaded::read(Saga& saga) {
  const auto& row = saga.row;
  if (std::exchange(saga.is_read, true)) return;
  if (row.state.empty()) {
    saga.instance = *saga.cached.instance;
    saga.instance.deadline = row.deadline_at;
    saga.instance.needs_operator = row.needs_operator;
    saga.instance.data = saga.plan->read_data(nlohmann::json::parse(saga.cached.data));
  } else {
    saga.instance =
        read_state(*saga.plan, status_of(row.status).value(), row.deadline_at, row.needs_operator, row.state);
  }
}

base::Uuid Loaded::begin(const Plan& plan, std::string key, AnyData data, outbox::Scope& scope) {
  Saga saga{.row = {.id = base::new_uuid_v7(),
                    .type = plan.name,
                    .version = plan.version,
                    .key = std::move(key),
                    .revision = 1,
                    .now = now()},
            .plan = &plan};
  auto input = json_of_begin(saga.row.key, data);
  auto change = saga::begin(plan, std::move(data), saga.row.now);
  saga.instance = std::move(change.instance);
  saga.row.look_at = saga.row.now + plan.shortest_wait();
  settle_row(saga);
  send(saga, change, scope);
  store::insert(tx_, saga.row);
  note(saga, std::move(input), Outcome::begun, change.sent);
  happened_.push_back({saga.row.id, saga.row.key, &plan, Outcome::begun, saga.instance.status});
  keep_in_memory({&saga});
  return saga.row.id;
}

base::WallTime Loaded::now() {
  if (const auto heard = around_.clock.now()) return *heard;
  const auto asked_at = around_.clock.steady();
  const auto told = store::now(tx_);
  around_.clock.heard(told, asked_at);
  return told;
}

Outcome Loaded::apply(Saga& saga, const Input& input, std::string input_json, outbox::Scope& scope) {
  read(saga);
  auto& row = saga.row;
  const bool needed_operator = !saga.instance.needs_operator.empty();
  auto change = advance(*saga.plan, std::move(saga.instance), input, row.now);
  saga.instance = std::move(change.instance);
  const auto outcome = change.outcome;
  if (outcome == Outcome::not_due || outcome == Outcome::unknown_step || outcome == Outcome::unknown_answer) {
    return outcome;
  }
  send(saga, change, scope);
  if (has_changed(outcome)) {
    saga.has_changed = true;
    ++row.revision;
  }
  note(saga, std::move(input_json), outcome, change.sent);
  const bool asks_operator = !needed_operator && !saga.instance.needs_operator.empty();
  happened_.push_back({row.id, row.key, saga.plan, outcome, saga.instance.status,
                       asks_operator ? saga.instance.needs_operator : std::string()});
  // What comes next to this saga in this transaction comes later, also for who sorts by time.
  row.now += std::chrono::microseconds{1};
  return outcome;
}

void Loaded::send(const Saga& saga, const Change& change, outbox::Scope& scope) const {
  const auto& row = saga.row;
  const auto mark = scope.mark();
  try {
    for (const auto& sent : change.sent) {
      const auto payload = payload_of(*saga.plan, saga.instance, sent);
      scope.send_payload(
          command_of(*saga.plan, sent).service, *payload,
          {.subject = row.key,
           .correlation_id = row.key,
           .expiry = sent.expiry,
           .saga = message::SagaReference{row.id, saga.plan->steps[sent.step].name, sent.epoch}});
    }
    for (const auto milestone : change.milestones) {
      const auto* event = event_of(*saga.plan, milestone);
      if (event == nullptr) continue;
      scope.publish_payload(*event->make(saga.instance.data, saga.instance.cause),
                            {.subject = row.key, .correlation_id = row.key});
    }
  } catch (...) {
    scope.back_to(mark);
    throw;
  }
}

void Loaded::call_operator(Saga& saga, std::string why, std::chrono::seconds again_after) {
  auto& row = saga.row;
  saga.has_changed = false;
  saga.is_looked_at_later = true;
  row.look_at = row.now + again_after;
  if (row.needs_operator != why) happened_.push_back({row.id, row.key, saga.plan, {}, {}, why});
  row.needs_operator = std::move(why);
}

void Loaded::look_when_due(Saga& saga) {
  saga.row.look_at = saga.row.deadline_at.value();
  saga.is_looked_at_later = true;
}

void Loaded::note(const Saga& saga, std::string input_json, Outcome outcome, std::span<const Sent> sent) {
  lines_.push_back({saga.row.id, saga.row.revision, saga.row.now, saga.plan->name, saga.row.version,
                    std::move(input_json), to_string(outcome), to_string(saga.instance.status),
                    saga.plan->steps[saga.instance.at].name, json_of(*saga.plan, sent)});
}

/// Into the row, what the instance has come to.
void Loaded::settle_row(Saga& saga) {
  auto& row = saga.row;
  const auto& instance = saga.instance;
  row.status = to_string(instance.status);
  saga.data = instance.data.to_text();
  row.state = write_state(*saga.plan, instance, saga.data);
  row.deadline_at = instance.deadline;
  row.needs_operator = instance.needs_operator;
  if (instance.status == Status::abandoned) {
    row.look_at = never;
  } else if (has_ended(instance.status)) {
    row.look_at = row.now + around_.options.keep_ended;
  } else if (row.look_at <= row.now) {
    row.look_at = instance.deadline.value();
  } else {
    row.look_at = std::min(row.look_at, instance.deadline.value());
  }
}

void Loaded::write() {
  std::vector<const store::Row*> changed;
  std::vector<const store::Row*> later;
  std::vector<Saga*> changed_sagas;
  for (auto& saga : sagas_) {
    if (saga.is_looked_at_later) later.push_back(&saga.row);
    if (!std::exchange(saga.has_changed, false)) continue;
    settle_row(saga);
    changed.push_back(&saga.row);
    changed_sagas.push_back(&saga);
  }
  if (!lines_.empty()) make_journal_reach(lines_.back().at);
  store::save(tx_, changed);
  store::look_later(tx_, later);
  store::write(tx_, lines_);
  lines_.clear();
  project(changed_sagas);
  tell_of_commit();
  keep_in_memory(changed_sagas);
  CRASH_POINT("saga.after_save");
}

void Loaded::project(std::span<Saga* const> changed) {
  for (const auto& [name, projection] : around_.projections) {
    std::vector<Progress> progress;
    for (const auto* saga : changed) {
      if (saga->plan->name != name) continue;
      progress.push_back({saga->row.id, saga->row.key, saga->instance, saga->row.now});
    }
    if (!progress.empty()) projection(tx_, progress);
  }
}

/// Where nobody has made the journal's partitions of these days, they are made here: no answer is at fault.
void Loaded::make_journal_reach(base::WallTime now) {
  const auto now_us = now.time_since_epoch().count();
  if (now_us < around_.journal_until_us.load(std::memory_order_relaxed)) return;
  auto until = store::journal_until(tx_);
  if (until <= now) {
    store::make_journal(tx_);
    until = store::journal_until(tx_);
  }
  // The partitions are there when this is committed, and others look for themselves.
  tx_.on_commit([&known = around_.journal_until_us, until] {
    known.store(until.time_since_epoch().count(), std::memory_order_relaxed);
  });
}

/// From the commit on; before it, nobody may take these for what the rows say.
void Loaded::keep_in_memory(const std::vector<Saga*>& changed) {
  std::vector<std::pair<base::Uuid, InstanceCache::Known>> kept;
  for (auto* saga : changed) {
    if (has_ended(saga->instance.status)) continue;
    saga->instance.data = {};
    kept.emplace_back(
        saga->row.id,
        InstanceCache::Known{saga->row.revision, std::make_shared<const Instance>(std::move(saga->instance)),
                             std::move(saga->data)});
  }
  if (kept.empty()) return;
  tx_.on_commit([&cache = around_.cache, kept = std::move(kept)]() mutable {
    for (auto& [id, known] : kept) cache.keep(id, std::move(known));
  });
}

void Loaded::tell_of_commit() {
  if (happened_.empty()) return;
  tx_.on_commit([&probe = around_.probe, all = std::exchange(happened_, {})] {
    for (const auto& one : all) {
      const auto& name = one.plan->name;
      if (one.outcome) probe.input(name, *one.outcome);
      if (one.outcome && has_changed(*one.outcome) && has_ended(one.status)) probe.ended(name, one.status);
      if (one.asks_operator.empty()) continue;
      probe.needs_operator(name);
      telemetry::log_warn(
          "saga_needs_operator",
          {{"saga", name}, {"key", one.key}, {"id", one.saga.to_string()}, {"why", one.asks_operator}});
    }
  });
}

}  // namespace waybill::saga
