#include "group_run.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

#include "caller.hpp"
#include "refusals.hpp"
#include "stored_head.hpp"
#include "waybill/http/status.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"
#include "waybill/telemetry/log_context.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::accept {
namespace {

/// The function has answered with 5xx: what it did is rolled back.
class ServerErrorAnswer : public std::exception {};

GroupRun::Result over(Refused refused) {
  return {.end = RunEnd::over, .ending = refused.ending, .answer = std::move(refused.answer)};
}

}  // namespace

GroupRun::GroupRun(const AcceptorOptions& options, const outbox::Sender& sender, const Probe& probe,
                   std::span<const AcceptMachine::Member> members)
    : options_(options), sender_(sender), probe_(probe), members_(members), runs_(members.size()) {
  for (std::size_t i = 0; i < members.size(); ++i) runs_[i].may_hold_lock = members[i].was_begun;
}

void GroupRun::begin(postgres::Tx& tx, std::span<const std::size_t> members) {
  outgoing_.clear();
  std::vector<const RequestMark*> marks;
  for (const auto item : members) {
    runs_[item].stage = Stage::claiming;
    marks.push_back(members_[item].mark);
  }
  // From here on the server may lock them, also when its answer does not come.
  std::vector<bool> may_have_held;
  for (const auto item : members) may_have_held.push_back(std::exchange(runs_[item].may_hold_lock, true));
  auto found = store::claim(tx, marks, options_.keep);
  for (std::size_t i = 0; i < members.size(); ++i) {
    Run& run = runs_[members[i]];
    run.found = std::move(found[i]);
    run.stage = Stage::answering;
    const bool is_busy = run.found.what == store::Found::What::busy;
    run.is_held_up = is_busy && may_have_held[i];
    if (is_busy) run.may_hold_lock = may_have_held[i];
  }
}

void GroupRun::each(postgres::Tx& tx, std::size_t item) {
  Run& run = runs_[item];
  if (run.found.what == store::Found::What::nothing) answer(tx, item);
  run.ours_from = tx.statements();
}

void GroupRun::answer(postgres::Tx& tx, std::size_t item) {
  const Caller& owner = *members_[item].owner;
  const telemetry::LogContext context{{"request_id", owner.request->id}};
  std::optional<telemetry::TraceScope> trace;
  if (owner.request->trace) trace.emplace(*owner.request->trace);
  Scope scope(tx, sender_, outgoing_, *owner.request);
  http::Response answer = (*owner.function)(scope);
  if (const auto why = why_not_kept(answer, options_.answer_bytes)) {
    throw std::logic_error("the answer of a request cannot be kept: " + *why);
  }
  const bool is_server_error = answer.status >= http::status::internal_server_error;
  runs_[item].answer = std::move(answer);
  if (is_server_error) throw ServerErrorAnswer();
}

void GroupRun::end(postgres::Tx& tx, std::span<const std::size_t> members) {
  std::vector<store::Answer> answers;
  bool has_found_any = false;
  for (const auto item : members) {
    Run& run = runs_[item];
    run.stage = Stage::keeping;
    run.ours_from = tx.statements();
    if (run.found.what == store::Found::What::nothing) answers.push_back({members_[item].mark, &run.answer});
    if (run.found.what == store::Found::What::answer) has_found_any = true;
  }
  if (answers.empty() && has_found_any) store::commit_something(tx);
  store::keep(tx, answers);
  outgoing_.write(tx, sender_);
  tx.on_commit([this, count = answers.size(), written = base::system_clock().steady()] {
    CRASH_POINT("accept.after_commit");
    if (count > 0) probe_.committed(count, base::system_clock().steady() - written);
  });
  CRASH_POINT("accept.before_commit");
}

std::vector<GroupRun::Result> GroupRun::results(const std::vector<postgres::BatchEnd>& ends) {
  std::vector<Result> results;
  results.reserve(ends.size());
  for (std::size_t item = 0; item < ends.size(); ++item) results.push_back(result_of(item, ends[item]));
  return results;
}

GroupRun::Result GroupRun::result_of(std::size_t item, const postgres::BatchEnd& end) {
  switch (end.state) {
    case postgres::BatchState::committed:
      return committed(runs_[item]);
    case postgres::BatchState::in_doubt:
      return {.end = RunEnd::in_doubt};
    case postgres::BatchState::failed:
      return failed(item, end.error);
    case postgres::BatchState::unfinished:
      break;
  }
  try {
    std::rethrow_exception(end.error);
  } catch (const postgres::Fault& fault) {
    // Whose neighbours are in doubt, or took all the time, has its own time yet.
    return {.end = fault.kind() == postgres::FaultKind::unavailable ? RunEnd::away : RunEnd::again};
  } catch (...) {
    return {.end = RunEnd::again};
  }
}

GroupRun::Result GroupRun::committed(Run& run) {
  switch (run.found.what) {
    case store::Found::What::nothing:
      return {.end = RunEnd::over, .ending = Ending::accepted, .answer = std::move(run.answer)};
    case store::Found::What::answer:
      return {.end = RunEnd::over, .ending = Ending::replayed, .answer = std::move(run.found.answer)};
    case store::Found::What::reused:
      return over(key_reused());
    case store::Found::What::busy:
      break;
  }
  // Its own lock goes with its own transaction, and the next run finds out what became of it.
  if (run.is_held_up) return {.end = RunEnd::again};
  return over(in_progress());
}

GroupRun::Result GroupRun::failed(std::size_t item, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const ServerErrorAnswer&) {
    return {.end = RunEnd::over, .ending = Ending::failed, .answer = std::move(runs_[item].answer)};
  } catch (const postgres::Fault& fault) {
    return fault_of(item, fault);
  } catch (const std::exception& error) {
    return failed_by_itself(item, error.what());
  } catch (...) {
    return failed_by_itself(item, "it throws what is no exception");
  }
}

GroupRun::Result GroupRun::fault_of(std::size_t item, const postgres::Fault& fault) {
  const bool is_passing = fault.kind() != postgres::FaultKind::permanent;
  if (is_ours(runs_[item], fault)) {
    if (store::is_lack_of_room(fault)) return {.end = RunEnd::again, .lacks_room = true};
    if (!is_passing) telemetry::log_error("accept_cannot_work", {{"fault", fault.what()}});
    return {.end = RunEnd::away};
  }
  if (!is_passing) return failed_by_itself(item, fault.what());
  telemetry::log_warn("accept_lost_to_others", {{"request_id", members_[item].owner->request->id},
                                                {"route", members_[item].owner->request->route},
                                                {"fault", fault.what()}});
  return over(conflict());
}

GroupRun::Result GroupRun::failed_by_itself(std::size_t item, const char* what) const {
  const auto& request = *members_[item].owner->request;
  std::optional<telemetry::TraceScope> trace;
  if (request.trace) trace.emplace(*request.trace);
  telemetry::log_error("accept_function_failed",
                       {{"request_id", request.id}, {"route", request.route}, {"error", what}});
  return over(internal_error());
}

bool GroupRun::is_ours(const Run& run, const postgres::Fault& fault) const {
  if (run.stage == Stage::claiming) return true;
  // What a function pipelined is refused later than it was given.
  if (fault.statement()) return *fault.statement() >= run.ours_from && run.stage == Stage::keeping;
  return run.stage == Stage::keeping;
}

}  // namespace waybill::accept
