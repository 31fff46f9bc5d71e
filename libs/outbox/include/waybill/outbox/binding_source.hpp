#pragma once

#include <boost/system/result.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/message/names.hpp"

namespace waybill::outbox {

/// A way from an exchange to a queue that a broker has.
struct BoundQueue {
  message::Exchange exchange{};
  message::Queue queue{};
  message::RoutingKey routing_key{};
  friend auto operator<=>(const BoundQueue&, const BoundQueue&) = default;
};

/// What a broker has, as seen at one moment.
struct BrokerView {
  struct QueueLoad {
    message::Queue queue{};
    std::optional<std::uint64_t> messages{};  ///< nothing where the broker does not count them
  };
  std::vector<QueueLoad> queues{};
  /// Seen after `queues` were.
  std::vector<BoundQueue> bindings{};
};

/// Why a broker could not be asked, for people.
struct CannotSee {
  std::string why;
};

/// Tells what a broker has bound, for the watch of bindings.
///
/// Promises: `done` is called once, soon after the deadline at the latest, on any thread, perhaps before the
/// call returns; it may come when whoever asked is gone. What is told is true of a moment after the call.
/// Concurrency: any thread. Neither call blocks.
class BindingSource {
 public:
  using Looked = std::function<void(boost::system::result<BrokerView, CannotSee>)>;
  /// Nothing when it is bound, or why it is not.
  using Bound = std::function<void(std::optional<CannotSee>)>;

  virtual ~BindingSource() = default;

  virtual void look(base::Deadline deadline, Looked done) = 0;
  /// Binds a queue that is there; one that is bound so already stays so.
  virtual void bind(BoundQueue binding, base::Deadline deadline, Bound done) = 0;
};

}  // namespace waybill::outbox
