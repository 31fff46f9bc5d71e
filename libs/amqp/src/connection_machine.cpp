#include "connection_machine.hpp"

#include <algorithm>

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {
namespace {

// What has worked for this long was not a failure in disguise: the next failure is answered at once, or
// nearly.
constexpr std::chrono::seconds proven{2};

bool needs_a_person(Trouble trouble) {
  return trouble == Trouble::login_refused || trouble == Trouble::virtual_host || trouble == Trouble::tls;
}

}  // namespace

ConnectionMachine::ConnectionMachine(std::vector<std::string> addresses, base::Backoff::Limits backoff,
                                     std::uint64_t seed)
    : addresses_(std::move(addresses)),
      connection_backoff_(backoff, seed),
      channel_backoff_(backoff, seed + 1),
      slow_backoff_({backoff.maximum / 2, backoff.maximum / 2, 1.0}, seed + 2),
      state_(Disconnected{Trouble::starting, "no connection has been tried yet"}) {
  ENSURE(!addresses_.empty(), "there is at least one endpoint");
}

Action ConnectionMachine::resume(const Event& event, base::SteadyTime now) {
  if (std::holds_alternative<event::StopAsked>(event)) return on_stop();
  if (phase_ == Phase::closing) return action::Finish{};
  if (const auto* failed = std::get_if<event::ConnectionFailed>(&event))
    return on_connection_failed(failed->fault, now);
  if (const auto* failed = std::get_if<event::ChannelFailed>(&event))
    return on_channel_failed(failed->fault, now);
  if (const auto* blocked = std::get_if<event::BlockedBy>(&event)) {
    state_ = Blocked{addresses_[endpoint_], blocked->reason};
    return action::Serve{};
  }
  if (std::holds_alternative<event::Unblocked>(event)) {
    state_ = Connected{addresses_[endpoint_]};
    return action::Serve{};
  }
  return on_done(now);
}

Action ConnectionMachine::on_done(base::SteadyTime now) {
  switch (phase_) {
    case Phase::idle:
    case Phase::waiting_to_connect:
      return connect();
    case Phase::connecting:
      phase_ = Phase::logging_in;
      return action::LogIn{endpoint_};
    case Phase::logging_in:
      return set_up(true);
    case Phase::waiting_to_set_up:
      return set_up(false);
    case Phase::setting_up:
      serving_since_ = now;
      return serve();
    case Phase::serving:
      return action::Serve{};
    case Phase::closing:
      break;
  }
  return action::Finish{};
}

Action ConnectionMachine::connect() {
  phase_ = Phase::connecting;
  return action::Connect{endpoint_};
}

Action ConnectionMachine::set_up(bool new_link) {
  phase_ = Phase::setting_up;
  return action::SetUp{new_link};
}

Action ConnectionMachine::serve() {
  phase_ = Phase::serving;
  state_ = Connected{addresses_[endpoint_]};
  return action::Serve{};
}

Action ConnectionMachine::on_connection_failed(const Fault& fault, base::SteadyTime now) {
  state_ = Disconnected{fault.trouble, fault.what};
  if (phase_ == Phase::serving && now - serving_since_ >= proven) {
    connection_backoff_.reset();
    failures_in_a_row_ = 0;
  }
  ++failures_in_a_row_;
  endpoint_ = (endpoint_ + 1) % addresses_.size();
  if (failures_in_a_row_ % addresses_.size() != 0) return connect();
  const auto time = needs_a_person(fault.trouble) ? slow_wait() : connection_backoff_.next();
  return wait(Phase::waiting_to_connect, time, now);
}

Action ConnectionMachine::on_channel_failed(const Fault& fault, base::SteadyTime now) {
  state_ = Disconnected{fault.trouble, fault.what};
  const bool proved = phase_ == Phase::serving && now - serving_since_ >= proven;
  if (!proved) return wait(Phase::waiting_to_set_up, channel_backoff_.next(), now);
  channel_backoff_.reset();
  return set_up(false);
}

Action ConnectionMachine::on_stop() {
  const bool is_logged_in =
      phase_ == Phase::serving || phase_ == Phase::setting_up || phase_ == Phase::waiting_to_set_up;
  state_ = Disconnected{Trouble::closed, "closed by its owner"};
  phase_ = Phase::closing;
  if (is_logged_in) return action::Close{};
  return action::Finish{};
}

Action ConnectionMachine::wait(Phase phase, std::chrono::milliseconds time, base::SteadyTime now) {
  phase_ = phase;
  return action::Wait{now + time};
}

// Between a half of the longest wait and all of it.
std::chrono::milliseconds ConnectionMachine::slow_wait() {
  return slow_backoff_.ceiling() + slow_backoff_.next();
}

}  // namespace waybill::amqp
