#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include "waybill/message/names.hpp"

namespace waybill::outbox {

/// The order of rows: those of one exchange and key form a lane, and only the first of a lane may be under
/// way. A lane that has rows in outbox_blocked takes no others: they are to go there as well, behind them.
/// Pure; one thread.
class Lanes {
 public:
  struct Lane {
    std::deque<std::int64_t> rows;  ///< in memory, the first may be under way
    std::size_t blocked_rows = 0;   ///< that stand in outbox_blocked, in memory or not
    std::uint64_t stuck_in = 0;     ///< the pass over outbox_blocked in which nothing more of it may go
    bool is_blocked() const { return blocked_rows > 0; }
  };
  using Map = std::unordered_map<std::string, Lane>;
  /// A place in the map, which stays where it is; nothing for rows without a key, which have no order.
  using Place = Map::value_type*;

  Place find_or_make(const message::Exchange& exchange, const std::string& key) {
    if (key.empty()) return nullptr;
    return &*lanes_.try_emplace(name(exchange, key)).first;
  }

  /// Whether the row is the first of its lane, so may go.
  static bool push(Place place, std::int64_t id) {
    if (place == nullptr) return true;
    place->second.rows.push_back(id);
    return place->second.rows.size() == 1;
  }
  /// Takes the first row out; the id of the next one, or 0.
  std::int64_t pop(Place place) {
    if (place == nullptr) return 0;
    place->second.rows.pop_front();
    if (!place->second.rows.empty()) return place->second.rows.front();
    drop_if_idle(place);
    return 0;
  }
  /// Forgets the lane's rows in memory.
  std::deque<std::int64_t> clear(Place place) { return std::exchange(place->second.rows, {}); }
  void drop_if_idle(Place place) {
    if (place->second.rows.empty() && !place->second.is_blocked()) lanes_.erase(lanes_.find(place->first));
  }
  std::size_t size() const { return lanes_.size(); }

 private:
  static std::string name(const message::Exchange& exchange, const std::string& key) {
    std::string name;
    name.reserve(exchange.value().size() + 1 + key.size());
    return name.append(exchange.value()).append(1, '\0').append(key);
  }
  Map lanes_;
};

}  // namespace waybill::outbox
