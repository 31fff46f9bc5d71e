#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/amqp/topology.hpp"
#include "waybill/base/strong.hpp"
#include "waybill/message/names.hpp"
#include "waybill/runtime/problems.hpp"

namespace waybill::amqp {

using ServiceName = base::Strong<std::string, struct ServiceNameTag>;
/// Under which a service remembers what it has handled; it outlives renamed and partitioned queues.
using ConsumerName = base::Strong<std::string, struct ConsumerNameTag>;

enum class Ordering {
  none,    ///< consumers compete, and a retry may overtake
  by_key,  ///< one consumer at a time, with one batch in flight
};

/// A queue as the manifest describes it; its dead-letter queue and all else that it has by rule is not here.
struct ManifestQueue {
  message::Queue name{};
  ServiceName service{};  ///< that owns and consumes it
  Ordering order = Ordering::none;
  ConsumerName consumer{};
  std::vector<Binding> bindings{};
};

/// All exchanges and queues of a system, and which service owns which queue: docs/topology.md has the format
/// of the file and what each queue has by rule.
///
/// Promises: what is in it passed every check of read_manifest(), so that a broker takes it; two of the same
/// file are the same, in the file's order. Never changes: any thread may read it. Does not promise that a
/// broker has it: set_up_topology() declares or verifies it.
class Manifest {
 public:
  const std::vector<ManifestQueue>& queues() const& { return queues_; }
  std::vector<ManifestQueue> queues() && { return std::move(queues_); }
  /// Null for a queue that is not there; a dead-letter queue is not one of its own.
  const ManifestQueue* find(const message::Queue& queue) const&;
  const ManifestQueue* find(const message::Queue& queue) && = delete;

  Topology topology() const;
  /// What one service needs: its queues with their dead-letter queues and bindings, and all exchanges. Of a
  /// service that owns no queue, the exchanges.
  Topology topology_of(const ServiceName& service) const;

  /// All that should be bound, to `retry` and `dlx` too: what a watch compares the broker with.
  std::vector<Binding> bindings() const { return topology().bindings; }

 private:
  friend class ManifestReader;
  Manifest(std::vector<ExchangeSpec> exchanges, std::vector<ManifestQueue> queues)
      : exchanges_(std::move(exchanges)), queues_(std::move(queues)) {}

  std::vector<ExchangeSpec> exchanges_;
  std::vector<ManifestQueue> queues_;
};

/// Reads a manifest, or says all that is wrong with it, each with its line; `path` is for these messages.
boost::system::result<Manifest, runtime::Problems> read_manifest(std::string_view json,
                                                                 std::string_view path);
boost::system::result<Manifest, runtime::Problems> load_manifest(const std::string& path);

}  // namespace waybill::amqp
