#include "waybill/amqp/manifest.hpp"

#include <algorithm>

#include "manifest/queue_derivation.hpp"

namespace waybill::amqp {

const ManifestQueue* Manifest::find(const message::Queue& queue) const& {
  const auto found = std::ranges::find(queues_, queue, &ManifestQueue::name);
  return found == queues_.end() ? nullptr : &*found;
}

Topology Manifest::topology() const {
  Topology all;
  all.exchanges = exchanges_;
  for (const auto& queue : queues_) add_queue(all, queue);
  return all;
}

Topology Manifest::topology_of(const ServiceName& service) const {
  Topology part;
  part.exchanges = exchanges_;
  for (const auto& queue : queues_) {
    if (queue.service == service) add_queue(part, queue);
  }
  return part;
}

}  // namespace waybill::amqp
