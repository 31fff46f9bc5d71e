#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "waybill/base/deadline.hpp"
#include "waybill/inbox/handlers.hpp"
#include "waybill/inbox/probe.hpp"
#include "waybill/message/names.hpp"
#include "waybill/message/subscriber.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::inbox {

/// The waits between attempts: min(maximum, initial * multiplier^(attempt - 1)), a tenth more or less.
struct Retries {
  std::uint32_t attempts = 5;  ///< the first one included
  std::chrono::milliseconds initial{1'000};
  std::chrono::milliseconds maximum{std::chrono::minutes{5}};
  double multiplier = 4.0;
};

enum class Order : std::uint8_t {
  none,    ///< a message that fails is overtaken by others
  by_key,  ///< the later ones of its key wait for it; the queue has a single active consumer
};

/// What becomes of a key, on a queue with an order, when one of its messages is given up.
enum class AfterDeadLetter : std::uint8_t {
  go_on,  ///< the later ones are handled without it
  stay,   ///< they wait until an operator has sent it again and it was handled, or has let them go; not
          ///< behind one that was refused unread: of an unknown type, say
};

struct ConsumerOptions {
  /// Under which this service remembers what it has handled: it outlives renamed and partitioned queues.
  std::string consumer{};
  message::Queue queue{};
  Order order = Order::none;
  AfterDeadLetter after_dead_letter = AfterDeadLetter::go_on;
  /// Messages of one transaction, at most. It does not linger for more than have arrived.
  std::size_t batch = 64;
  Retries retries{};
  /// A handler's statements are ended by the server after so long, and the process by its own hand if the
  /// handler has not come back after twice as long.
  std::chrono::milliseconds handle_within{30'000};
  /// How often, alone in its process, a message may end it before it is dead-lettered.
  std::uint32_t crashes = 3;
  /// How long what was handled is remembered: an older message is refused.
  std::chrono::seconds remember{std::chrono::days{7}};
  /// Without the database for so long, it gives its messages back to the broker.
  std::chrono::milliseconds give_back_after{5'000};
  message::Exchange retry_exchange{"retry"};
  message::Exchange dead_letter_exchange{"dlx"};
  /// What dead letters say of this service beside its name.
  std::string version{};
};

/// Makes a subscriber of the queue; called again after the messages were given back.
using Subscribe = std::function<std::unique_ptr<message::Subscriber>()>;

/// Takes a queue's messages and handles them, many in one transaction, on a thread of its own.
///
/// Promises: what a handler wrote and sent through its scope happens once for a message, however often the
/// message comes, and the message is acknowledged only after that was committed. One that throws does not
/// keep others from being handled; it comes again after a while, or goes to `<queue>.dlq` with its diagnosis.
/// What cannot be read is never handled and goes there at once. One that ends the process goes there after
/// Options::crashes times, in which it was alone at work in its process. While the database is away nothing
/// is lost, acknowledged, or counted as a failure. Does not promise: that a handler is called once, or an
/// order on a queue with Order::none. Concurrency: any thread. Pool, sender and what the handlers use outlive
/// it.
class Consumer {
 public:
  /// Throws std::invalid_argument for options that cannot be right.
  Consumer(ConsumerOptions options, postgres::Pool& pool, const outbox::Sender& sender, Handlers handlers,
           Subscribe subscribe, const Probe& probe = {});
  /// Stops as stop() does.
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// Takes no more messages, finishes those that are being handled, gives the others back.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::inbox
