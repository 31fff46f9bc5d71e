#include "waybill/saga/engine.hpp"

#include <map>
#include <set>
#include <utility>

#include "journal_json.hpp"
#include "known.hpp"
#include "loaded.hpp"
#include "waybill/base/utf8.hpp"
#include "waybill/inbox/fault.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::saga {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_payload_bytes = 1 << 20;
/// A saga whose functions throw is tried again so late: it needs another program.
constexpr auto look_again_after_failure = 1min;

using Part = inbox::Handlers::Part;

}  // namespace

struct Engine::Parts {
  Loaded::Surroundings around;
  const outbox::Sender& sender;
  std::map<std::string, const Plan*, std::less<>> cancelled_by{};  ///< by the command's type

  std::string_view type_of(const Part& part) const {
    return sender.codec.registry().current_name(part.scope->message().type);
  }
  void take_answers(std::span<const Part> parts, postgres::Tx& tx, const message::Queue& queue) const;
  void take_answer(const Part& part, Loaded& loaded, postgres::Tx& tx, const message::Queue& queue) const;
  void pass_over(const Part& part, postgres::Tx& tx) const;
  void take_cancellations(std::span<const Part> parts, postgres::Tx& tx, const message::Queue& queue) const;
  void take_cancellation(const Part& part, const store::Key& key, Loaded& loaded, postgres::Tx& tx,
                         const message::Queue& queue) const;
  void take_again_later(const Part& part, postgres::Tx& tx, const message::Queue& queue) const;
  const Plan& plan_of(const Part& part) const { return *cancelled_by.find(type_of(part))->second; }
  Looked look(outbox::Scope& scope, std::size_t most) const;
  bool go_on(Saga& saga, Loaded& loaded, outbox::Scope& scope) const;
};

Engine::Engine(EngineOptions options, const outbox::Sender& sender, const Probe& probe)
    : parts_(new Parts{.around = Loaded::Surroundings(std::move(options), probe), .sender = sender}) {}

Engine::~Engine() = default;

void Engine::add_plan(std::shared_ptr<const Plan> plan) {
  for (const auto& step : plan->steps) {
    const bool has_services = !step.act.service.empty() && (!step.undo || !step.undo->service.empty());
    ENSURE(has_services, "a command without a package goes to the service that its step names by .at(...)");
  }
  if (plan->cancel) {
    auto& newest = parts_->cancelled_by[std::string(plan->cancel->type)];
    ENSURE(newest == nullptr || newest->name == plan->name, "a command cancels sagas of one name");
    if (newest == nullptr || newest->version < plan->version) newest = plan.get();
  }
  parts_->around.known.add(std::move(plan));
}

Engine& Engine::project(std::string name, Projection projection) {
  const bool is_new = parts_->around.projections.emplace(std::move(name), std::move(projection)).second;
  ENSURE(is_new, "the sagas of a name have one projection");
  return *this;
}

void Engine::receive_answers(inbox::Handlers& handlers, message::Queue queue) const {
  std::map<std::string_view, contract::Kind> taken;
  for (const auto& [name, plan] : parts_->around.known.plans()) {
    for (const auto& step : plan->steps) {
      for (const auto& answer : step.answers) {
        taken.emplace(answer.type, answer.is_refusal ? contract::Kind::refusal : contract::Kind::reply);
      }
      if (step.undo) taken.emplace(step.undone_by, contract::Kind::reply);
    }
  }
  std::vector<inbox::Handlers::ContractName> contracts;
  for (const auto& [type, kind] : taken) contracts.push_back({type, kind});
  const auto take = [parts = parts_.get(), queue = std::move(queue)](std::span<const Part> messages,
                                                                     postgres::Tx& tx) {
    parts->take_answers(messages, tx, queue);
  };
  handlers.on_batch_of(contracts, take);
  // What only a newer definition takes may come to this program all the same.
  handlers.on_others([](const message::Envelope& envelope) { return envelope.saga.has_value(); }, take);
}

void Engine::receive_cancellations(inbox::Handlers& handlers, message::Queue queue) const {
  std::vector<inbox::Handlers::ContractName> contracts;
  for (const auto& [type, plan] : parts_->cancelled_by) contracts.push_back({type, contract::Kind::command});
  handlers.on_batch_of(contracts, [parts = parts_.get(), queue = std::move(queue)](
                                      std::span<const Part> messages, postgres::Tx& tx) {
    parts->take_cancellations(messages, tx, queue);
  });
}

void Engine::Parts::take_answers(std::span<const Part> parts, postgres::Tx& tx,
                                 const message::Queue& queue) const {
  std::set<base::Uuid> ids;
  for (const auto& part : parts) {
    if (const auto& saga = part.scope->message().saga) ids.insert(saga->saga);
  }
  Loaded loaded(around, tx);
  loaded.load({ids.begin(), ids.end()});
  CRASH_POINT("saga.after_load");
  for (const auto& part : parts) take_answer(part, loaded, tx, queue);
  loaded.write();
}

void Engine::Parts::take_answer(const Part& part, Loaded& loaded, postgres::Tx& tx,
                                const message::Queue& queue) const {
  const auto& envelope = part.scope->message();
  if (!envelope.saga) {
    throw inbox::Permanent("'" + envelope.type +
                           "' says of no saga that it answers: its sender does not echo the command's "
                           "sagaid, sagastep and sagaepoch");
  }
  auto* saga = loaded.find(envelope.saga->saga);
  if (saga == nullptr) return pass_over(part, tx);
  if (saga->plan == nullptr && has_ended(status_of(saga->row.status).value())) return;
  if (saga->plan == nullptr) return take_again_later(part, tx, queue);
  if (part.payload == nullptr) {
    throw inbox::Permanent("'" + envelope.type + "' is no answer that saga '" + saga->row.type +
                           "', version " + std::to_string(saga->row.version) + ", takes in any step");
  }
  const input::Answer answer{envelope.saga->step, envelope.saga->epoch, type_of(part), part.payload};
  const auto rendered = sender.codec.render(envelope, most_payload_bytes);
  const bool is_whole = rendered && !rendered->is_cut;
  auto json = json_of(answer, envelope, is_whole ? std::string_view(rendered->text) : std::string_view());
  const auto outcome = loaded.apply(*saga, answer, std::move(json), *part.scope);
  if (outcome != Outcome::unknown_step && outcome != Outcome::unknown_answer) return;
  throw inbox::Permanent(
      "'" + envelope.type + "' answers step '" + envelope.saga->step + "' of saga '" + saga->row.type +
      "', version " + std::to_string(saga->row.version) +
      (outcome == Outcome::unknown_step ? ", which has no such step" : ", which takes no such answer"));
}

/// Its saga has ended long ago, or was never there.
void Engine::Parts::pass_over(const Part& part, postgres::Tx& tx) const {
  const auto& envelope = part.scope->message();
  tx.on_commit(
      [&probe = around.probe, id = envelope.saga->saga, type = envelope.type, message = envelope.id.value()] {
        probe.no_saga();
        telemetry::log_warn("saga_is_not_there",
                            {{"id", id.to_string()}, {"type", type}, {"message", message.to_string()}});
      });
}

void Engine::Parts::take_cancellations(std::span<const Part> parts, postgres::Tx& tx,
                                       const message::Queue& queue) const {
  std::vector<store::Key> keys;
  std::set<base::Uuid> ids;
  for (const auto& part : parts) {
    const auto& plan = plan_of(part);
    keys.push_back({plan.name, plan.cancel->key(*part.payload)});
    if (const auto id = store::id_of(tx, keys.back())) ids.insert(*id);
  }
  Loaded loaded(around, tx);
  loaded.load({ids.begin(), ids.end()});
  for (std::size_t i = 0; i < parts.size(); ++i) take_cancellation(parts[i], keys[i], loaded, tx, queue);
  loaded.write();
}

void Engine::Parts::take_cancellation(const Part& part, const store::Key& key, Loaded& loaded,
                                      postgres::Tx& tx, const message::Queue& queue) const {
  auto& scope = *part.scope;
  const auto& cancel = *plan_of(part).cancel;
  const auto refuse = [&](NotCancelled why) {
    scope.answer_payload(scope.reply_address(), *cancel.refused(*part.payload, why));
  };
  auto* saga = loaded.find(key);
  if (saga == nullptr) return refuse(NotCancelled::unknown);
  if (saga->plan == nullptr && has_ended(status_of(saga->row.status).value())) {
    return refuse(NotCancelled::too_late);
  }
  if (saga->plan == nullptr) return take_again_later(part, tx, queue);
  const input::Cancel by{scope.message().source};
  if (loaded.apply(*saga, by, json_of(by), scope) == Outcome::too_late) return refuse(NotCancelled::too_late);
  scope.answer_payload(scope.reply_address(), *cancel.accepted(*part.payload));
}

/// As a message of its own, so that no attempt is counted and no copy of it can double.
void Engine::Parts::take_again_later(const Part& part, postgres::Tx& tx, const message::Queue& queue) const {
  tx.on_commit([&probe = around.probe] { probe.unknown_version(); });
  outbox::Reminder again{{outbox::Kind::reminder,
                          {around.options.retry_exchange, message::RoutingKey{queue.value()}},
                          part.scope->message()},
                         around.options.again_after};
  again.message.envelope.attempt = 1;
  outbox::schedule(tx, std::span(&again, 1));
}

base::Uuid Engine::begin_plan(outbox::Scope& scope, const Plan& plan, std::string key, AnyData data) const {
  // The engine's own, which outlives the caller's.
  const auto* known = parts_->around.known.find(plan.name, plan.version);
  ENSURE(known != nullptr, "who begins a saga has given its definition to add()");
  Loaded loaded(parts_->around, scope.tx());
  const auto id = loaded.begin(*known, std::move(key), std::move(data), scope);
  loaded.write();
  return id;
}

Cancellation Engine::cancel(outbox::Scope& scope, std::string_view name, std::string_view key,
                            std::string_view by) const {
  const auto id = store::id_of(scope.tx(), {std::string(name), std::string(key)});
  if (!id) return Cancellation::unknown;
  Loaded loaded(parts_->around, scope.tx());
  loaded.load({*id});
  auto* saga = loaded.find(*id);
  if (saga == nullptr) return Cancellation::unknown;
  if (saga->plan == nullptr && has_ended(status_of(saga->row.status).value())) return Cancellation::too_late;
  if (saga->plan == nullptr) return Cancellation::not_now;
  const auto who = base::storable(by);
  const input::Cancel cancel{who};
  const auto outcome = loaded.apply(*saga, cancel, json_of(cancel), scope);
  loaded.write();
  return outcome == Outcome::too_late ? Cancellation::too_late : Cancellation::accepted;
}

Operation Engine::operate(outbox::Scope& scope, const base::Uuid& id, input::Order order,
                          std::string_view reason) const {
  Loaded loaded(parts_->around, scope.tx());
  loaded.load({id});
  auto* saga = loaded.find(id);
  if (saga == nullptr) return Operation::unknown;
  if (saga->plan == nullptr) return Operation::not_now;
  const auto why = base::storable(reason);
  const input::Operate operate{order, why};
  const auto outcome = loaded.apply(*saga, operate, json_of(operate), scope);
  loaded.write();
  if (outcome == Outcome::too_late) return Operation::too_late;
  return outcome == Outcome::not_possible ? Operation::not_possible : Operation::done;
}

std::optional<Standing> Engine::find(postgres::Tx& tx, std::string_view name, std::string_view key) const {
  auto row = store::read(tx, name, key);
  if (!row) return std::nullopt;
  Saga saga{*std::move(row)};
  saga.plan = parts_->around.known.find(saga.row.type, saga.row.version);
  if (saga.plan == nullptr) return std::nullopt;
  Loaded::read(saga);
  const auto& step = saga.plan->steps[saga.instance.at].name;
  return Standing{saga.row.id, saga.row.version, std::move(saga.row.key), std::move(saga.instance),
                  step,        saga.row.revision};
}

std::vector<JournalEntry> Engine::journal(postgres::Tx& tx, const base::Uuid& saga) {
  return store::journal(tx, saga);
}

std::optional<std::int64_t> Engine::revision(postgres::Tx& tx, const base::Uuid& saga) {
  return store::revision_of(tx, saga);
}

Engine::Looked Engine::look(postgres::Pool& pool, std::size_t most, base::Deadline deadline) const {
  const auto began = base::system_clock().steady();
  const auto looked = outbox::transact(
      pool, parts_->sender, [&](outbox::Scope& scope) { return parts_->look(scope, most); }, deadline);
  parts_->around.probe.looked(base::system_clock().steady() - began);
  if (looked.went_on > 0) CRASH_POINT("saga.after_due_commit");
  return looked;
}

Engine::Looked Engine::Parts::look(outbox::Scope& scope, std::size_t most) const {
  store::remove_old(scope.tx(), most);
  Loaded loaded(around, scope.tx());
  loaded.load_due(most);
  Looked looked{.seen = loaded.all().size()};
  for (auto& saga : loaded.all()) {
    if (saga.row.deadline_at && *saga.row.deadline_at > saga.row.now) {
      loaded.look_when_due(saga);
    } else if (go_on(saga, loaded, scope)) {
      ++looked.went_on;
    }
  }
  loaded.write();
  if (looked.went_on > 0) CRASH_POINT("saga.before_due_commit");
  return looked;
}

/// One saga whose definition throws keeps no other waiting.
bool Engine::Parts::go_on(Saga& saga, Loaded& loaded, outbox::Scope& scope) const {
  const auto give_up = [&](const std::string& what) {
    loaded.call_operator(saga,
                         base::storable("what its definition does when a deadline comes fails: " + what),
                         look_again_after_failure);
  };
  const auto late = saga.row.deadline_at ? saga.row.now - *saga.row.deadline_at : base::WallTime::duration{};
  try {
    const input::Due due{};
    loaded.apply(saga, due, json_of(due), scope);
    scope.tx().on_commit([&probe = around.probe, late] { probe.was_due(late); });
    return true;
  } catch (const std::exception& error) {
    give_up(error.what());
  } catch (...) {
    give_up("it throws what is no exception");
  }
  return false;
}

void Engine::maintain(postgres::Pool& pool, std::chrono::seconds keep_journal,
                      base::Deadline deadline) const {
  const auto dropped = pool.transact(
      [&](postgres::Tx& tx) {
        store::make_journal(tx);
        return store::drop_journal(tx, keep_journal);
      },
      deadline);
  for (const auto& name : dropped) telemetry::log_info("saga_journal_dropped", {{"name", name}});
  const auto unknown = pool.transact(
      [&](postgres::Tx& tx) { return store::those_unknown(tx, parts_->around.known); }, deadline);
  for (const auto& [type, version, sagas] : unknown) {
    telemetry::log_error("sagas_wait_for_a_program_that_knows_them",
                         {{"saga", type}, {"version", version}, {"sagas", sagas}});
  }
}

}  // namespace waybill::saga
