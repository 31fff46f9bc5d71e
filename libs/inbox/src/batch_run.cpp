#include "batch_run.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::inbox {
namespace {

using End = ConsumerMachine::End;

std::optional<telemetry::TraceScope> continue_trace(const message::Envelope& envelope) {
  if (envelope.traceparent.empty()) return std::nullopt;
  const auto trace = telemetry::TraceContext::parse(envelope.traceparent, envelope.tracestate);
  if (!trace) return std::nullopt;
  return std::optional<telemetry::TraceScope>(std::in_place, trace->child());
}

std::optional<postgres::Fault> fault_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const postgres::Fault& fault) {
    return fault;
  } catch (...) {
    return std::nullopt;
  }
}

}  // namespace

BatchRun::BatchRun(const ConsumerOptions& options, const outbox::Sender& sender, const Handlers& handlers,
                   Watchdog& watchdog, AtWork& at_work, std::vector<const Received*> messages, bool settles)
    : options_(options),
      sender_(sender),
      handlers_(handlers),
      watchdog_(watchdog),
      at_work_(at_work),
      messages_(std::move(messages)),
      settles_(settles || options.order == Order::by_key),
      claims_(messages_.size(), store::Claim::unknown),
      stages_(messages_.size(), Stage::claiming),
      parked_(messages_.size(), false),
      ours_from_(messages_.size(), 0),
      committed_(messages_.size(), false),
      scope_of_(messages_.size(), nullptr) {}

void BatchRun::begin(postgres::Tx& tx, std::span<const std::size_t> members) {
  outgoing_.clear();
  scopes_.clear();
  others_are_unanswered_ = false;
  tx.before_waiting([this, &tx] { settle_others(tx); });
  std::vector<std::size_t> to_claim;
  set_stage(members, Stage::claiming);
  for (const auto item : members) {
    scope_of_[item] = nullptr;
    parked_[item] = false;
    to_claim.push_back(item);
  }
  if (options_.order == Order::by_key) {
    park_behind(tx, options_.consumer, messages_, members, committed_, parked_);
    std::erase_if(to_claim, [&](std::size_t item) { return parked_[item]; });
  }
  if (to_claim.empty()) {
    store::commit_something(tx);
  } else {
    std::vector<const Received*> batch;
    for (const auto item : to_claim) batch.push_back(messages_[item]);
    const auto claims = store::claim(tx, options_.consumer, batch, options_.handle_within);
    for (std::size_t i = 0; i < to_claim.size(); ++i) claims_[to_claim[i]] = claims[i];
  }
  lock_shared(tx, members);
  set_stage(members, Stage::handling);
}

void BatchRun::set_stage(std::span<const std::size_t> members, Stage stage) {
  for (const auto item : members) stages_[item] = stage;
}

void BatchRun::lock_shared(postgres::Tx& tx, std::span<const std::size_t> members) {
  std::set<std::string> names;
  // What names them is the handler's, and may fail for the message's sake; the locks are ours.
  set_stage(members, Stage::handling);
  for (const auto item : members) {
    const auto& message = *messages_[item];
    if (parked_[item] || claims_[item] != store::Claim::fresh || !message.handler->shared) continue;
    names.insert(message.handler->shared(*message.payload));
  }
  set_stage(members, Stage::claiming);
  if (!names.empty()) store::lock(tx, names);
}

void BatchRun::each(postgres::Tx& tx, std::size_t item) {
  if (parked_[item] || claims_[item] != store::Claim::fresh) return;
  const auto& message = *messages_[item];
  auto& scope = scopes_.emplace_back(tx, sender_, outgoing_, message.envelope);
  scope_of_[item] = &scope;
  if (!message.handler->one) return;
  const auto trace = continue_trace(message.envelope);
  at_work_.at(&message);
  others_are_unanswered_ = tx.has_unanswered();
  const Watchdog::Watch watch(watchdog_);
  handlers_.run(*message.handler, {message.payload.get(), &scope});
}

void BatchRun::run_batches(postgres::Tx& tx, std::span<const std::size_t> members) {
  std::map<const Handlers::Entry*, std::vector<Handlers::Part>> parts;
  for (const auto item : members) {
    const auto& message = *messages_[item];
    if (scope_of_[item] == nullptr || message.handler->one) continue;
    parts[message.handler].push_back({message.payload.get(), scope_of_[item]});
    at_work_.at(members.size() == 1 ? &message : nullptr);
  }
  for (const auto& [handler, its_parts] : parts) {
    others_are_unanswered_ = tx.has_unanswered();
    const Watchdog::Watch watch(watchdog_);
    handlers_.run(*handler, its_parts, tx);
  }
}

/// A handler that waits for its own statement waits for theirs as well, which may take longer than it may.
void BatchRun::settle_others(postgres::Tx& tx) {
  if (!std::exchange(others_are_unanswered_, false)) return;
  const Watchdog::Pause pause(watchdog_);
  tx.settle();
}

void BatchRun::end(postgres::Tx& tx, std::span<const std::size_t> members) {
  run_batches(tx, members);
  others_are_unanswered_ = false;
  if (settles_) tx.settle();
  set_stage(members, Stage::writing);
  for (const auto item : members) ours_from_[item] = tx.statements();
  std::vector<const Received*> tried_before;
  std::vector<const Received*> over;
  std::vector<const Received*> acquitted;
  for (const auto item : members) {
    const auto& message = *messages_[item];
    if (parked_[item] && message.is_suspect) acquitted.push_back(&message);
    if (parked_[item] || claims_[item] == store::Claim::other_payload) continue;
    over.push_back(&message);
    if (message.attempt > 1 || message.is_suspect || !message.tag) tried_before.push_back(&message);
  }
  outgoing_.write(tx, sender_);
  store::forget_attempts(tx, options_.consumer, tried_before);
  store::take_back(tx, options_.consumer, acquitted);
  if (options_.order == Order::by_key) unpark(tx, options_.consumer, over);
  if (settles_) tx.settle();
  set_stage(members, Stage::committing);
  tx.on_commit([this, done = std::vector(members.begin(), members.end())] {
    for (const auto item : done) committed_[item] = true;
  });
  CRASH_POINT("inbox.before_commit");
}

std::vector<BatchRun::Result> BatchRun::results(const std::vector<postgres::BatchEnd>& ends) {
  std::vector<Result> results;
  results.reserve(ends.size());
  for (std::size_t item = 0; item < ends.size(); ++item) results.push_back(result_of(item, ends[item]));
  return results;
}

BatchRun::Result BatchRun::result_of(std::size_t item, const postgres::BatchEnd& end) {
  switch (end.state) {
    case postgres::BatchState::in_doubt:
      return {.end = End::in_doubt};
    case postgres::BatchState::unfinished:
      return {.end = End::unfinished};
    case postgres::BatchState::failed:
      return failed(item, end.error);
    case postgres::BatchState::committed:
      break;
  }
  if (parked_[item]) return {.end = End::over, .ending = Ending::parked};
  switch (claims_[item]) {
    case store::Claim::fresh:
      return {.end = End::over, .ending = Ending::handled};
    case store::Claim::seen:
      return {.end = End::over, .ending = Ending::seen};
    case store::Claim::stale:
      return {.end = End::over, .ending = Ending::stale};
    case store::Claim::expired:
      return {.end = End::over, .ending = Ending::expired};
    case store::Claim::other_payload:
      return {.end = End::failed,
              .failure = Failure{GiveUp{Reason::other_payload},
                                 "a message of this id was handled before, with another payload",
                                 messages_[item]->attempt}};
    case store::Claim::unknown:
      break;
  }
  return {.end = End::unfinished};
}

bool BatchRun::is_ours(std::size_t item, const std::exception_ptr& thrown) const {
  if (stages_[item] == Stage::claiming) return true;
  if (stages_[item] == Stage::handling) return false;
  const auto fault = fault_of(thrown);
  if (!fault) return false;
  // What a handler pipelined is refused later than it was given.
  if (fault->statement()) return *fault->statement() >= ours_from_[item];
  return stages_[item] == Stage::writing;
}

BatchRun::Result BatchRun::failed(std::size_t item, const std::exception_ptr& thrown) {
  auto judged = judge(thrown);
  if (is_ours(item, thrown)) {
    telemetry::log_error("inbox_cannot_work", {{"consumer", options_.consumer}, {"fault", judged.error}});
    return {.end = End::unfinished};
  }
  if (const auto* rest = std::get_if<Rest>(&judged.verdict)) {
    telemetry::log_warn("inbox_rests", {{"consumer", options_.consumer}, {"why", judged.error}});
    rest_ = std::max(rest_.value_or(std::chrono::milliseconds{0}), rest->duration);
    return {.end = End::unfinished};
  }
  return {.end = End::failed,
          .failure = Failure{judged.verdict, std::move(judged.error), messages_[item]->attempt}};
}

}  // namespace waybill::inbox
