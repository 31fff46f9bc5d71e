#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "waybill/base/deadline.hpp"
#include "waybill/message/publisher.hpp"
#include "waybill/outbox/binding_watch.hpp"
#include "waybill/outbox/relay_limits.hpp"
#include "waybill/outbox/relay_probe.hpp"
#include "waybill/postgres/options.hpp"

namespace waybill::outbox {

struct RelayOptions {
  /// What logs call this outbox; the database's name is a good one.
  std::string name = "outbox";
  postgres::Options database{};
  RelayLimits limits{};
  /// Rows of one statement are cut off beyond this, so that large payloads do not fill the memory.
  std::size_t read_bytes = 32 * 1024 * 1024;
  std::chrono::milliseconds publish_within{30'000};
  std::chrono::milliseconds statement_within{15'000};
  /// How often one that stands by tries to lead, and the longest wait after the database failed.
  std::chrono::milliseconds stand_by{500};
  /// How long sent events are kept.
  std::chrono::seconds keep_sent{std::chrono::days{7}};
  BindingWatch watch{};
};

/// Publishes what transactions have put into one database's outbox, on threads and database sessions of its
/// own, for as long as it lives. Any number may run for one database: one leads, the others stand by.
///
/// Promises: a row that was committed is published until the broker has confirmed it, and deleted only then,
/// whatever is killed or away meanwhile; so it may be published more than once, under one message id. Rows of
/// one exchange and key go one after the other, in the order of their ids, if their writers lock what the key
/// stands for before they add. A row that reaches no queue waits in outbox_blocked, with the later ones of
/// its key, and holds up nobody else. Of the bindings that it is given to watch, the leader tells when one is
/// missing, and sends the queue the events that it missed once it is back, in copies. Faults: none leaves it;
/// it logs them, backs off and goes on. Does not promise: an order between keys, nor between copies and
/// others. Concurrency: any thread. The publisher outlives it and is not used by others within its window.
class Relay {
 public:
  enum class State : std::uint8_t { connecting, standing_by, leading };

  Relay(RelayOptions options, message::Publisher& publisher, const RelayProbe& probe = {});
  /// Stops as stop() with no time to flush.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Rows were committed: it looks at once, or tells the one that leads. Cheap; made for Tx::on_commit().
  void wake() noexcept;
  State state() const noexcept;
  /// Goes on until nothing is left to send or the deadline has come, then gives the leadership up and ends
  /// its thread. What is left stays in the outbox. True when nothing was left.
  bool stop(base::Deadline flush_until);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::outbox
