#include "judgement.hpp"

#include <algorithm>
#include <utility>

namespace waybill::outbox {
namespace {

/// The time of the oldest event that the queue may have lost.
base::WallTime lost_since(const Watched& watched, bool is_same_queue, const WatchLimits& limits) {
  if (!watched.last_good_at) return watched.wanted_since;
  const auto binding_lost = *watched.last_good_at - limits.margin;
  if (is_same_queue) return binding_lost;
  // With the queue went what stood in it.
  auto queue_lost = binding_lost - limits.queue_keeps;
  if (watched.last_empty_at) queue_lost = std::max(queue_lost, *watched.last_empty_at - limits.margin);
  return std::min(binding_lost, queue_lost);
}

}  // namespace

SeenBindings::SeenBindings(BrokerView view, message::Exchange retry)
    : bindings_(std::move(view.bindings)), retry_(std::move(retry)) {
  std::ranges::sort(bindings_);
  for (auto& load : view.queues) {
    if (load.messages == 0) empty_.push_back(std::move(load.queue));
  }
  std::ranges::sort(empty_);
}

bool SeenBindings::has(const WantedBinding& wanted) const {
  return std::ranges::binary_search(bindings_, BoundQueue{wanted.exchange, wanted.queue, wanted.routing_key});
}

bool SeenBindings::has_mark(const message::Queue& queue, const std::string& mark) const {
  return std::ranges::binary_search(bindings_, BoundQueue{retry_, queue, message::RoutingKey{mark}});
}

std::string SeenBindings::mark_of(const message::Queue& queue) const {
  const BoundQueue least{retry_, queue, message::RoutingKey{std::string(mark_prefix)}};
  const auto found = std::ranges::lower_bound(bindings_, least);
  if (found == bindings_.end() || found->exchange != retry_ || found->queue != queue) return {};
  return found->routing_key.value().starts_with(mark_prefix) ? found->routing_key.value() : std::string();
}

bool SeenBindings::is_empty(const message::Queue& queue) const {
  return std::ranges::binary_search(empty_, queue);
}

Judgement judge(Watched& watched, const SeenBindings& seen, base::WallTime began, const WatchLimits& limits) {
  Judgement judgement;
  const auto& wanted = watched.wanted;
  const bool is_bound = seen.has(wanted);
  const bool is_known_queue = !watched.mark.empty() && seen.has_mark(wanted.queue, watched.mark);
  judgement.is_queue_gone = !watched.mark.empty() && !is_known_queue;
  if (wanted.carries_events && (!is_bound || judgement.is_queue_gone)) {
    // A queue without a mark may have been deleted with its binding: nobody can tell.
    auto from = lost_since(watched, is_known_queue, limits);
    if (watched.replay) from = std::min(from, watched.replay->from);
    watched.replay = Replay::since(from);
    judgement.must_replay_anew = true;
  }
  if (judgement.is_queue_gone) watched.mark.clear();
  if (!is_bound) {
    judgement.is_missing_now = !watched.missing_since;
    if (!watched.missing_since) watched.missing_since = began;
    return judgement;
  }
  judgement.is_repaired = watched.missing_since.has_value();
  watched.missing_since.reset();
  watched.last_good_at = began;
  if (!wanted.carries_events) return judgement;
  if (watched.mark.empty()) watched.mark = seen.mark_of(wanted.queue);
  judgement.needs_mark = watched.mark.empty();
  // Copies of old events may stand in the queue, uncounted yet.
  const bool is_settled =
      !watched.replay && (!watched.replayed_at || began > *watched.replayed_at + limits.margin);
  if (is_settled && seen.is_empty(wanted.queue)) watched.last_empty_at = began;
  return judgement;
}

}  // namespace waybill::outbox
