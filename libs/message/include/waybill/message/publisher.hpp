#pragma once

#include <functional>

#include "waybill/base/deadline.hpp"
#include "waybill/message/names.hpp"
#include "waybill/message/outcome.hpp"
#include "waybill/message/wire_message.hpp"

namespace waybill::message {

struct Publication {
  Address to;
  WireMessage message;
};

/// Sends messages and says what became of each.
///
/// Promises: every publish ends in exactly one Outcome, at the latest soon after its deadline, also when the
/// publisher is destroyed first. Publications of one thread go out in the order in which they were given.
/// Does not promise: that outcomes come in that order, or that an Unknown did not arrive.
/// Concurrency: publish() from any thread but the one that runs `done`; `done` runs on the publisher's own
/// thread, must not block and must not throw.
class Publisher {
 public:
  using Done = std::function<void(Outcome)>;

  virtual ~Publisher() = default;

  /// Hands over one message, always mandatory. Waits for room in the window until the deadline, then ends in
  /// Unknown{sent = false}. `done` may have run before this returns.
  virtual void publish(Publication publication, base::Deadline deadline, Done done) = 0;

  /// The same without waiting: false, nothing taken and `done` not called, when there is no room.
  virtual bool try_publish(Publication& publication, base::Deadline deadline, Done& done) = 0;
};

/// Publishes and waits for the outcome; for what sends one message at a time.
Outcome publish_and_wait(Publisher& publisher, Publication publication, base::Deadline deadline);

}  // namespace waybill::message
