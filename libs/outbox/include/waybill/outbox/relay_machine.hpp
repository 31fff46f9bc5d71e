#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/message/outcome.hpp"
#include "waybill/outbox/relay_action.hpp"
#include "waybill/outbox/relay_limits.hpp"

namespace waybill::outbox {

/// What the leader of an outbox does next: which rows it reads, sends and deletes, and in what order. It does
/// nothing itself and knows no clock; the relay's loop and the simulator carry out what it asks for and tell
/// it how that ended.
///
///   for (;;) perform(machine.next(now));
///
/// Promises: each row that it was shown is published until it is confirmed, then removed. Of one exchange and
/// key, at most one row is under way at a time, in the order in which they were read. A row that was returned
/// holds back the later ones of its key and nobody else. Not more rows in memory, nor under way, than the
/// limits allow; of their bytes, by one statement more. Does not promise: that a row is published once. A
/// leader that lost its session is followed by a new machine, which begins anew. Concurrency: one thread.
class RelayMachine {
 public:
  /// The rows that stand in outbox_blocked when the leader begins, by lane.
  struct BlockedLane {
    message::Exchange exchange;
    std::string key;
    std::size_t rows = 0;
  };
  /// What operators should hear of.
  struct Notice {
    enum class What : std::uint8_t { way_blocked, way_free };
    What what = What::way_blocked;
    message::Address way;
    std::string reason;
    friend bool operator==(const Notice&, const Notice&) = default;
  };
  struct Load {
    std::size_t rows = 0;       ///< in memory
    std::size_t under_way = 0;  ///< published and without an outcome
    std::size_t blocked = 0;    ///< in outbox_blocked
  };

  RelayMachine(RelayLimits limits, std::span<const BlockedLane> blocked, base::SteadyTime now);
  ~RelayMachine();
  RelayMachine(const RelayMachine&) = delete;
  RelayMachine& operator=(const RelayMachine&) = delete;

  RelayAction next(base::SteadyTime now);

  /// The results of the actions of these names. `was_last`: no more rows stood behind these.
  void on_read(std::vector<Row> rows, bool was_last, const Snapshot& snapshot, base::SteadyTime now);
  void on_swept(std::span<const std::int64_t> ids, std::chrono::nanoseconds took, base::SteadyTime now);
  /// What is not among the rows is gone from the table.
  void on_fetched(const RowIds& asked, std::vector<Row> rows);
  void on_removed(const RowIds& ids);
  /// They stand in the tables still, and are asked for again after a while, in smaller pieces.
  void on_removal_failed(const RowIds& ids, base::SteadyTime now);
  void on_blocked_read(std::vector<Row> rows, bool was_last, base::SteadyTime now);
  void on_promoted(std::size_t rows, bool was_last, base::SteadyTime now);
  void on_promotion_failed(base::SteadyTime now);

  /// A publication has ended.
  void on_outcome(std::int64_t id, const message::Outcome& outcome, base::SteadyTime now);
  /// Somebody has committed rows: look at once.
  void on_wake();

  /// Nothing is in memory, and the last look, which came after the last wake-up, found no rows.
  bool is_at_rest() const;
  Load load() const;
  /// The rows that the broker has, or may have, and that stand in the outbox still.
  std::vector<std::int64_t> handed_over() const;
  std::vector<Notice> take_notices();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waybill::outbox
