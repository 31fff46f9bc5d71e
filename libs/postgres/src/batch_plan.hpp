#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "waybill/base/backoff.hpp"
#include "waybill/postgres/batch.hpp"

namespace waybill::postgres {

/// Decides which items of a batch share the next transaction, from how the last one ended. Pure: it knows
/// nothing of databases. `next()` says what to run; exactly one of the reports follows; and so on until there
/// is nothing to run.
class BatchPlan {
 public:
  struct Run {
    std::span<const std::size_t> members;  ///< ascending; valid until the report
    std::chrono::milliseconds wait{0};     ///< before it is run
  };

  BatchPlan(std::size_t items, std::size_t attempts, std::uint64_t seed);

  std::optional<Run> next();

  void committed();
  /// This member threw: the others run again without it, it runs alone after them. Alone already, it has
  /// failed.
  void threw(std::size_t member);
  /// Something went wrong that no member can be blamed for: halves run on their own.
  void failed_together();
  /// Lost to another transaction: nobody's fault. Again after a wait; then in halves.
  void conflicted();
  /// The connection broke before the commit: again once in the whole batch, then the end.
  void disconnected();
  /// The run's members are in doubt, the rest is unfinished.
  void left_in_doubt();
  /// There is no going on: what is not decided is unfinished.
  void gave_up();

  const std::vector<BatchState>& states() const { return states_; }

 private:
  struct Group {
    std::vector<std::size_t> members;
    std::size_t conflicts = 0;
  };

  Group& current() { return groups_.front(); }
  void decide(BatchState state);
  void halve();

  std::vector<BatchState> states_;
  std::deque<Group> groups_;
  std::set<std::size_t> alone_;  ///< they threw, and have their turn when all others are through
  std::size_t attempts_;
  base::Backoff backoff_;
  std::chrono::milliseconds wait_{0};
  bool disconnected_ = false;
};

}  // namespace waybill::postgres
