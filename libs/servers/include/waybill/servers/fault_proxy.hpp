#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "waybill/runtime/host_port.hpp"
#include "waybill/servers/fault.hpp"
#include "waybill/servers/fault_schedule.hpp"

namespace waybill::servers {

/// Stands between a client and a server on a loopback port of its own, passes everything on, and misbehaves
/// when it is told to.
///
/// Promises: a fault is in force when inject() returns: no byte that is sent later escapes it. The port stays
/// this proxy's, also while it refuses. At most buffer_bytes of each direction of a connection are held here,
/// and the kernel's buffers of the proxy's sockets are small, so a receiver that doesn't read soon blocks its
/// sender. An end or a reset on one side reaches the other, after what was sent before it. The n-th piece of
/// a direction of the k-th connection is delayed by the same jitter for the same seed. The destructor resets
/// all connections and returns within a second, whatever is going on.
/// Does not promise: where a stream is split into pieces; the refusal of a target that is away (a connection
/// is accepted first, then reset); the words of a target that resets while it is being connected to; that a
/// reset delivers what the receiver's kernel has not taken yet.
/// Concurrency: any thread, but the proxy's own, which runs no code of the caller. What fails is a
/// std::runtime_error that says what to do.
class FaultProxy {
 public:
  static constexpr std::size_t buffer_bytes = 64 * 1024;

  /// Since the proxy was made.
  struct Counters {
    std::uint64_t accepted = 0;
    std::uint64_t open = 0;
    /// Ended by a fault, neither by client nor by server; counted before they can see it.
    std::uint64_t cut = 0;
    /// Given to the receivers' kernels, and counted a moment later.
    std::uint64_t bytes_to_server = 0;
    std::uint64_t bytes_to_client = 0;
  };

  /// The target's name is resolved once, here.
  explicit FaultProxy(const runtime::HostPort& target, std::uint64_t seed = 1);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  runtime::HostPort address() const { return {"127.0.0.1", port()}; }
  std::uint16_t port() const;

  void inject(const Fault& fault);
  /// Ends what lasts, disarms what is armed, and ends a schedule. Bytes that are on the way go at once,
  /// connections that got no answer are served. Does not bring back what was cut or half-closed.
  void heal();

  /// Heals, then injects the schedule's faults one after the other, each for its time and healed after it, on
  /// the proxy's own thread; returns at once. Takes the place of a schedule that is being played.
  void play(const FaultSchedule& schedule);
  /// Whether no schedule is being played (any more), waiting for it until `limit`.
  bool wait_until_played(std::chrono::milliseconds limit) const;

  Counters counters() const;
  /// Whether the counters come to satisfy `reached`, which is called on this thread, by `limit`.
  bool wait_for(const std::function<bool(const Counters&)>& reached, std::chrono::milliseconds limit) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waybill::servers
