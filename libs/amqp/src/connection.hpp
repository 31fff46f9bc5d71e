#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "connection_machine.hpp"
#include "net/link.hpp"
#include "waybill/amqp/options.hpp"
#include "waybill/amqp/probe.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::amqp {

/// What a connection is for. All of it runs on the connection's thread.
class Role : public LinkUser {
 public:
  /// Opens channels and prepares the work: on a link that has just logged in, or again after its channel
  /// failed. Throws ChannelFault and what Link throws, and so does serve().
  virtual void set_up(Link& link, bool new_link) = 0;
  /// One turn of the work.
  virtual void serve(Link& link) = 0;
  /// The channel is gone: what was under way on it will never be answered. May come more than once.
  virtual void interrupted(const Fault& fault) = 0;
  /// Writes, without waiting, what the broker should still know before the connection is closed.
  virtual void say_last(Link& link) = 0;
  /// Nothing more will come; the last call.
  virtual void finished() = 0;
};

/// A thread that performs what a ConnectionMachine decides, for one role. Whoever owns it wakes the thread by
/// the waiter.
class Connection {
 public:
  Connection(Options options, Waiter& waiter, Role& role, StateObserver observer,
             const ConnectionProbe& probe);
  ~Connection();

  /// Ends the thread's work and waits for it: half a second or so, but for a name look-up that hangs.
  void stop();

 private:
  void run();
  Event perform(const Action& action);
  Event perform_on_link(const Action& action);
  void connect(const Endpoint& endpoint);
  Event serve();
  void wait(base::SteadyTime until);
  void close();
  void report();

  Options options_;
  Waiter& waiter_;
  Role& role_;
  StateObserver observer_;
  const ConnectionProbe& probe_;
  ConnectionMachine machine_;
  std::unique_ptr<Link> link_;
  std::optional<std::string> known_block_;
  ConnectionState reported_;
  std::once_flag joined_;
  runtime::Thread thread_;  // last: it uses the others
};

}  // namespace waybill::amqp
