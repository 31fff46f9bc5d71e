#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "waybill/outbox/relay_action.hpp"

namespace waybill::outbox {

/// The ids below the highest one seen that were not there. A transaction that is under way may hold them and
/// commit later; and while it has a key's lock, no other row of that key can be read before its own, if both
/// are looked for in one snapshot. So each read looks into the holes as well. A hole is forgotten when all
/// transactions have ended that had begun when it was noticed: it was rolled back, or deleted. Pure.
class Holes {
 public:
  /// Ids from `low` to `high` were not seen in this snapshot.
  void notice(std::int64_t low, std::int64_t high, const Snapshot& snapshot) {
    if (low <= high) holes_.emplace(low, Hole{high, snapshot.none_from});
  }
  void fill(std::int64_t id) {
    auto after = holes_.upper_bound(id);
    if (after == holes_.begin()) return;
    const auto found = std::prev(after);
    const auto [low, hole] = *found;
    if (hole.high < id) return;
    holes_.erase(found);
    if (low < id) holes_.emplace(low, Hole{id - 1, hole.begun_below});
    if (id < hole.high) holes_.emplace(id + 1, Hole{hole.high, hole.begun_below});
  }
  /// Of those up to `high`, which were looked into.
  void forget_ended(const Snapshot& snapshot, std::int64_t high) {
    std::erase_if(holes_, [&](const auto& hole) {
      return hole.second.high <= high && hole.second.begun_below <= snapshot.all_ended_below;
    });
  }
  std::vector<IdSpan> spans() const {
    std::vector<IdSpan> spans;
    spans.reserve(holes_.size());
    for (const auto& [low, hole] : holes_) spans.push_back({low, hole.high});
    return spans;
  }

 private:
  struct Hole {
    std::int64_t high = 0;
    std::uint64_t begun_below = 0;
  };
  std::map<std::int64_t, Hole> holes_;
};

}  // namespace waybill::outbox
