#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "waybill/amqp/options.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/message/names.hpp"
#include "waybill/message/wire_message.hpp"

namespace waybill::amqp {

struct ExchangeSpec {
  message::Exchange name{};
  std::string type = "direct";  ///< direct, fanout, topic, headers, or a plugin's
  bool durable = true;
  message::Headers arguments{};
};

enum class QueueType { quorum, classic };
enum class DeadLetterStrategy { at_most_once, at_least_once };
enum class Overflow { drop_head, reject_publish };

/// A durable queue. What is not set is not sent, so the broker's default holds.
struct QueueSpec {
  message::Queue name{};
  QueueType type = QueueType::quorum;
  std::optional<message::Exchange> dead_letter_exchange{};
  std::optional<message::RoutingKey> dead_letter_routing_key{};
  std::optional<DeadLetterStrategy> dead_letter_strategy{};
  std::optional<Overflow> overflow{};
  std::optional<std::chrono::milliseconds> message_ttl{};
  std::optional<std::int64_t> max_length{};
  std::optional<std::int64_t> delivery_limit{};
  bool single_active_consumer = false;
  message::Headers arguments{};  ///< any others, by their AMQP names
};

struct Binding {
  message::Exchange exchange{};
  message::Queue queue{};
  message::RoutingKey routing_key{};
  friend auto operator<=>(const Binding&, const Binding&) = default;
};

struct Topology {
  std::vector<ExchangeSpec> exchanges{};
  std::vector<QueueSpec> queues{};
  std::vector<Binding> bindings{};
};

enum class TopologyMode {
  declare,  ///< makes what is missing; what is there must be as described
  verify,   ///< exchanges and queues must exist. AMQP cannot show their properties, or a binding
};

struct TopologySetup {
  Topology topology{};
  TopologyMode mode = TopologyMode::declare;
};

/// Everything in which the broker differs from the description, one sentence each: what, where, and what to
/// do.
class TopologyError : public std::runtime_error {
 public:
  explicit TopologyError(std::vector<std::string> problems);
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<std::string> problems_;
};

/// Connects, declares or verifies, and disconnects. Throws TopologyError for what is wrong with the topology,
/// and std::runtime_error when no endpoint could be worked with before the deadline. Runs on the caller's
/// thread.
void set_up_topology(const Options& options, const TopologySetup& setup, base::Deadline deadline);

}  // namespace waybill::amqp
