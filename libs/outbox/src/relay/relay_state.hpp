#pragma once

#include <deque>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "blocked_ways.hpp"
#include "entries.hpp"
#include "holes.hpp"
#include "lanes.hpp"
#include "turns.hpp"
#include "waybill/outbox/relay_machine.hpp"

namespace waybill::outbox {

struct RelayMachine::State {
  State(RelayLimits given, base::SteadyTime now) : limits(given), turns(limits, now), ways(limits) {}

  RelayAction next(base::SteadyTime now);

  /// Takes a row into memory, or to where it has to wait.
  void accept(Row row);
  void confirm(std::int64_t id, Entry& entry, base::SteadyTime now);
  void try_again(std::int64_t id, Entry& entry, base::SteadyTime now);
  void hold_back(std::int64_t id, Entry& entry, const std::string& reason, base::SteadyTime now);
  /// The row leaves its lane, whose next one may go.
  void leave_lane(Entry& entry);
  void block(std::int64_t id, Lanes::Place lane, std::string reason);
  void way_is_open(const message::Address& way);

  // For half a statement's rows at least: a few at a time would cost a statement each.
  bool has_room() const {
    return entries.size() + (limits.read_rows + 1) / 2 <= limits.rows && bytes < limits.bytes;
  }
  std::size_t room() const { return std::min(limits.read_rows, limits.rows - entries.size()); }

  const RelayLimits limits;
  Entries entries;
  std::size_t bytes = 0;  // of their payloads
  Lanes lanes;
  Turns turns;
  BlockedWays ways;
  std::int64_t cursor = 0;                                     // the highest id that was read …
  Holes holes;                                                 // … and those below that were not there
  std::deque<std::int64_t> ready;                              // waiting, and first of their lanes
  RowIds confirmed;                                            // to be removed …
  base::SteadyTime confirmed_since{};                          // … the first of them since then …
  base::SteadyTime remove_again_at = base::SteadyTime::min();  // … but not before that: it failed
  std::chrono::milliseconds remove_wait = limits.retry_first;
  std::size_t removable = limits.remove_rows;  // in one statement; fewer after one has failed
  using Due = std::pair<base::SteadyTime, std::int64_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> lost;  // to be read again, at a time
  std::vector<std::int64_t> late;                                   // found by a sweep
  std::vector<Hindrance> to_block;
  std::vector<Hindrance> to_defer;
  std::size_t under_way = 0;
  std::size_t blocked_rows = 0;
  std::uint64_t pass = 0;                  // which pass over outbox_blocked this is …
  std::optional<std::int64_t> pass_after;  // … and how far it has come, while it lasts
  bool passed_by = false;                  // it has left out a row that is not to blame
  bool blocked_had_its_turn = false;       // and new rows have theirs
  bool found_none = false;
  std::vector<Notice> notices;

 private:
  act::Publish publish();
  act::Fetch fetch(base::SteadyTime now);
  act::Remove remove();
  act::ReadBlocked read_blocked();
  std::optional<RelayAction> take_more(base::SteadyTime now);
  act::Wait wait() const;
  base::SteadyTime removal_due() const;
  std::size_t publishable() const;
};

}  // namespace waybill::outbox
