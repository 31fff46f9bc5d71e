#include "batch_plan.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "conflict_waits.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;

}  // namespace

BatchPlan::BatchPlan(std::size_t items, std::size_t attempts, std::uint64_t seed)
    : states_(items, BatchState::unfinished), attempts_(attempts), backoff_(conflict_waits, seed) {
  if (items == 0) return;
  Group all{.members = std::vector<std::size_t>(items)};
  std::iota(all.members.begin(), all.members.end(), std::size_t{0});
  groups_.push_back(std::move(all));
}

std::optional<BatchPlan::Run> BatchPlan::next() {
  if (groups_.empty()) {
    if (alone_.empty()) return std::nullopt;
    groups_.push_back({.members = {*alone_.begin()}});
    alone_.erase(alone_.begin());
  }
  return Run{.members = current().members, .wait = std::exchange(wait_, 0ms)};
}

void BatchPlan::committed() {
  decide(BatchState::committed);
  groups_.pop_front();
}

void BatchPlan::threw(std::size_t member) {
  auto& members = current().members;
  const auto found = std::ranges::find(members, member);
  ENSURE(found != members.end(), "only a member of the run can have thrown in it");
  if (members.size() == 1) {
    decide(BatchState::failed);
    groups_.pop_front();
    return;
  }
  members.erase(found);
  alone_.insert(member);
}

void BatchPlan::failed_together() {
  if (current().members.size() == 1) {
    decide(BatchState::failed);
    groups_.pop_front();
    return;
  }
  halve();
}

void BatchPlan::conflicted() {
  Group& group = current();
  ++group.conflicts;
  if (group.members.size() == 1 && group.conflicts >= attempts_) {
    decide(BatchState::failed);
    groups_.pop_front();
    return;
  }
  wait_ = backoff_.next();
  // Once more as it is, since the other transaction is probably through; then smaller, so that it holds fewer
  // locks.
  if (group.members.size() > 1 && group.conflicts > 1) halve();
}

void BatchPlan::disconnected() {
  if (std::exchange(disconnected_, true)) gave_up();
}

void BatchPlan::left_in_doubt() {
  decide(BatchState::in_doubt);
  gave_up();
}

void BatchPlan::gave_up() {
  groups_.clear();
  alone_.clear();
}

void BatchPlan::decide(BatchState state) {
  for (const std::size_t member : current().members) states_[member] = state;
}

void BatchPlan::halve() {
  auto& members = current().members;
  const auto middle = members.begin() + static_cast<std::ptrdiff_t>((members.size() + 1) / 2);
  Group second{.members = {middle, members.end()}};
  members.erase(middle, members.end());
  current().conflicts = 0;
  groups_.insert(groups_.begin() + 1, std::move(second));
}

}  // namespace waybill::postgres
