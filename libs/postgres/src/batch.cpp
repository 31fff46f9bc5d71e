#include "waybill/postgres/batch.hpp"

#include <algorithm>
#include <random>

#include "batch_plan.hpp"

namespace waybill::postgres {
namespace {

/// Runs one group in one transaction and remembers how far it came.
class GroupRun {
 public:
  GroupRun(BatchWork& work, std::span<const std::size_t> members) : work_(work), members_(members) {}

  void operator()(Tx& tx) {
    try {
      perform(tx);
    } catch (...) {
      // A member may have made something else of another one's fault.
      if (tx.first_fault()) refused_ = tx.first_fault()->statement();
      throw;
    }
  }

  bool began() const { return began_; }

  /// The member that is to blame, if one is: whose statement was refused, which may be found out while
  /// another one waits for an answer or at COMMIT, or who was being worked on.
  std::optional<std::size_t> culprit(const Fault* fault) const {
    const auto refused = has_returned_ && fault != nullptr ? fault->statement() : refused_;
    if (!refused || ends_.empty() || *refused >= ends_.back()) return at_;
    if (*refused < ends_.front()) return std::nullopt;
    const auto whose = std::ranges::upper_bound(ends_, *refused) - ends_.begin() - 1;
    return members_[static_cast<std::size_t>(whose)];
  }

 private:
  void perform(Tx& tx) {
    began_ = true;
    work_.begin(tx, members_);
    throw_if_failed(tx);
    ends_.push_back(tx.statements());
    for (const std::size_t member : members_) {
      at_ = member;
      work_.each(tx, member);
      // A fault that was caught on the way is that member's all the same, and not the next one's.
      throw_if_failed(tx);
      ends_.push_back(tx.statements());
    }
    at_.reset();
    work_.end(tx, members_);
    has_returned_ = true;
  }

  static void throw_if_failed(const Tx& tx) {
    if (tx.first_fault()) throw *tx.first_fault();
  }

  BatchWork& work_;
  std::span<const std::size_t> members_;
  bool began_ = false;
  std::optional<std::size_t> at_;
  bool has_returned_ = false;  ///< so that what fails is the commit, or what it collects
  std::optional<std::size_t> refused_;
  std::vector<std::size_t> ends_;  ///< how many statements there were before each member, and behind the last
};

void blame(BatchPlan& plan, const GroupRun& run, const Fault* fault = nullptr) {
  if (const auto culprit = run.culprit(fault)) {
    plan.threw(*culprit);
  } else {
    plan.failed_together();
  }
}

void report(BatchPlan& plan, const Fault& fault, const GroupRun& run, std::size_t members,
            base::Deadline deadline) {
  switch (fault.kind()) {
    case FaultKind::in_doubt:
      return plan.left_in_doubt();
    case FaultKind::serialization:
      return plan.conflicted();
    case FaultKind::unavailable:
      // Where not even a connection was to be had, another try is for later.
      return run.began() && fault.connection_lost() ? plan.disconnected() : plan.gave_up();
    case FaultKind::transient:
      // The time was used up by all; only who had it alone is to blame.
      if (deadline.passed() && members > 1) return plan.gave_up();
      return blame(plan, run, &fault);
    case FaultKind::permanent:
      return blame(plan, run, &fault);
  }
}

/// One transaction, reported to the plan; the error that it ended with.
std::exception_ptr perform(Pool& pool, BatchWork& work, BatchPlan& plan, BatchPlan::Run next,
                           base::Deadline deadline) {
  GroupRun run(work, next.members);
  const std::size_t members = next.members.size();
  try {
    pool.run_once(TxFunction(run), deadline);
    plan.committed();
    return nullptr;
  } catch (const Fault& fault) {
    report(plan, fault, run, members, deadline);
    return std::current_exception();
  } catch (...) {
    blame(plan, run);
    return std::current_exception();
  }
}

bool may_go_on(Pool& pool, const BatchPlan::Run& next, base::Deadline deadline) {
  if (deadline.passed()) return false;
  return next.wait.count() == 0 || pool.pause(next.wait, deadline);
}

Fault no_time_left() {
  return Fault(FaultKind::transient,
               "the batch's deadline came, or its pool was closed, before this item had a transaction: it "
               "has done nothing");
}

}  // namespace

std::vector<BatchEnd> run_batch(Pool& pool, BatchWork& work, std::size_t items, base::Deadline deadline) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  BatchPlan plan(items, pool.options().attempts, random());
  std::vector<BatchEnd> ends(items);
  std::exception_ptr last_error;
  while (const auto next = plan.next()) {
    const std::vector<std::size_t> members(next->members.begin(), next->members.end());
    if (may_go_on(pool, *next, deadline)) {
      const auto error = perform(pool, work, plan, *next, deadline);
      for (const std::size_t member : members) ends[member].error = error;
      if (error) last_error = error;
    } else {
      last_error = std::make_exception_ptr(no_time_left());
      plan.gave_up();
    }
  }
  for (std::size_t item = 0; item < items; ++item) {
    ends[item].state = plan.states()[item];
    if (ends[item].state == BatchState::unfinished) ends[item].error = last_error;
  }
  return ends;
}

}  // namespace waybill::postgres
