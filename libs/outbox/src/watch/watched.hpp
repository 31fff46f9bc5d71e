#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "waybill/base/clock.hpp"
#include "waybill/outbox/binding_watch.hpp"

namespace waybill::outbox {

/// A place in outbox_sent, which is read in this order.
struct SentPlace {
  base::WallTime sent_at{};
  std::int64_t id = std::numeric_limits<std::int64_t>::min();
  friend bool operator==(const SentPlace&, const SentPlace&) = default;
};

/// Events that are to be sent to a queue again.
struct Replay {
  base::WallTime from{};
  /// Nothing while events that were under way at the repair may still have to be moved to outbox_sent.
  std::optional<base::WallTime> to{};
  SentPlace done{};  ///< all up to here were

  static Replay since(base::WallTime from) { return {.from = from, .to = {}, .done = {.sent_at = from}}; }
  friend bool operator==(const Replay&, const Replay&) = default;
};

/// What is known of a binding that ought to be there. All times are the database's.
struct Watched {
  WantedBinding wanted{};
  base::WallTime wanted_since{};  ///< when a leader first had to watch it
  std::string mark{};             ///< by which its queue is known; empty while it has none
  std::optional<base::WallTime> last_good_at{};
  std::optional<base::WallTime> last_empty_at{};  ///< nothing that was sent earlier stood in the queue
  std::optional<base::WallTime> missing_since{};
  std::optional<Replay> replay{};
  std::optional<base::WallTime> replayed_at{};  ///< the end of the last replay
  friend bool operator==(const Watched&, const Watched&) = default;
};

}  // namespace waybill::outbox
