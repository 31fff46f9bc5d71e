#pragma once

#include <string>
#include <vector>

#include "watched.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/outbox/binding_source.hpp"
#include "waybill/outbox/binding_watch.hpp"

namespace waybill::outbox {

/// How the keys begin by which queues are marked.
inline constexpr std::string_view mark_prefix = "waybill.mark.";

/// What a look has shown of one binding.
struct Judgement {
  bool is_missing_now = false;    ///< and was not before
  bool is_repaired = false;       ///< it was missing before
  bool is_queue_gone = false;     ///< the queue that was known is: deleted, or another one has its name
  bool must_replay_anew = false;  ///< what was replayed so far does not count
  bool needs_mark = false;
};

/// What a broker was seen to have, made ready for being asked about many bindings.
class SeenBindings {
 public:
  SeenBindings(BrokerView view, message::Exchange retry);

  bool has(const WantedBinding& wanted) const;
  bool has_mark(const message::Queue& queue, const std::string& mark) const;
  /// The first of the marks of a queue; empty when it has none.
  std::string mark_of(const message::Queue& queue) const;
  bool is_empty(const message::Queue& queue) const;

 private:
  std::vector<BoundQueue> bindings_;   // sorted
  std::vector<message::Queue> empty_;  // sorted
  message::Exchange retry_;
};

/// Notes in `watched` what a look that began at `began` has shown, and from when on its events have to be
/// sent again. Pure.
Judgement judge(Watched& watched, const SeenBindings& seen, base::WallTime began, const WatchLimits& limits);

}  // namespace waybill::outbox
