#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "engine/admission.hpp"
#include "engine/transfer.hpp"
#include "waybill/base/deadline.hpp"

namespace waybill::outbound {

/// Drives curl transfers of any protocol on one Asio executor: curl says which sockets and which moment it
/// waits for, and Asio waits. Nothing blocks, nothing polls.
///
/// Promises: each transfer that was started ends exactly once, at its deadline at the latest, and never
/// within start(). Connections are bounded as Admission says; none stays that was idle for longer than
/// `idle`, give or take a second. Concurrency: one thread at a time, the executor's.
class Engine {
 public:
  using Ticket = Admission::Ticket;
  struct Bounds {
    Admission::Bounds admission;
    std::chrono::milliseconds idle{0};
  };
  /// Told of each change: how many run and how many wait.
  using Observer = std::function<void(std::size_t running, std::size_t waiting)>;

  Engine(boost::asio::any_io_executor executor, Bounds bounds, Observer observer);
  /// Closes it.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Nothing when too many wait already, or after close(): then it has not begun and will not end.
  std::optional<Ticket> start(std::shared_ptr<Transfer> transfer, base::Deadline deadline);
  /// Ends a transfer as cancelled, unless it has ended.
  void cancel(Ticket ticket);
  /// Ends all transfers as closed, and all connections, before it returns.
  void close();
  bool is_closed() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::outbound
