#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fault.hpp"
#include "waybill/amqp/connection_state.hpp"
#include "waybill/base/backoff.hpp"
#include "waybill/base/clock.hpp"

namespace waybill::amqp {

namespace event {
struct Begin {};
struct Done {};  ///< the last action did what it should
struct ConnectionFailed {
  Fault fault;
};  ///< the connection is gone, or was never made
struct ChannelFailed {
  Fault fault;
};  ///< the connection is good, its channel or topology is not
struct BlockedBy {
  std::string reason;
};                    ///< the broker takes no publications …
struct Unblocked {};  ///< … and takes them again
struct StopAsked {};
}  // namespace event
using Event = std::variant<event::Begin, event::Done, event::ConnectionFailed, event::ChannelFailed,
                           event::BlockedBy, event::Unblocked, event::StopAsked>;

namespace action {
struct Connect {
  std::size_t endpoint = 0;
};  ///< to this one of the list
struct LogIn {
  std::size_t endpoint = 0;
};
struct SetUp {
  bool new_link = true;
};                ///< a new channel, the topology, and what the role needs
struct Serve {};  ///< work until there is an event
struct Wait {
  base::SteadyTime until;
};                ///< with the connection kept alive, if there is one
struct Close {};  ///< say goodbye to the broker, briefly
struct Finish {};
}  // namespace action
using Action = std::variant<action::Connect, action::LogIn, action::SetUp, action::Serve, action::Wait,
                            action::Close, action::Finish>;

/// Decides what a connection does next; does no I/O itself. It tries for ever: the endpoints in turn, with
/// growing jittered waits between rounds, and slowly where only a person can help (a refused login, a missing
/// virtual host). What worked for less than two seconds counts as one failure more of the round, so that
/// endpoints which let it in and throw it out at once are not tried without a pause. Not thread-safe.
class ConnectionMachine {
 public:
  ConnectionMachine(std::vector<std::string> addresses, base::Backoff::Limits backoff, std::uint64_t seed);

  /// What to do after `event`, which answers the last action. After Finish it must not be called again.
  Action resume(const Event& event, base::SteadyTime now);

  const ConnectionState& state() const { return state_; }

 private:
  enum class Phase {
    idle,
    connecting,
    logging_in,
    setting_up,
    serving,
    waiting_to_connect,
    waiting_to_set_up,
    closing
  };

  Action on_done(base::SteadyTime now);
  Action on_connection_failed(const Fault& fault, base::SteadyTime now);
  Action on_channel_failed(const Fault& fault, base::SteadyTime now);
  Action on_stop();
  Action connect();
  Action set_up(bool new_link);
  Action serve();
  Action wait(Phase phase, std::chrono::milliseconds time, base::SteadyTime now);
  std::chrono::milliseconds slow_wait();

  std::vector<std::string> addresses_;
  base::Backoff connection_backoff_;
  base::Backoff channel_backoff_;
  base::Backoff slow_backoff_;
  Phase phase_ = Phase::idle;
  std::size_t endpoint_ = 0;
  std::size_t failures_in_a_row_ = 0;
  base::SteadyTime serving_since_{};
  ConnectionState state_;
};

}  // namespace waybill::amqp
