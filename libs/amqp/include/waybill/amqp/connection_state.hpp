#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <variant>

namespace waybill::amqp {

/// What keeps a connection from working.
enum class Trouble {
  starting,       ///< nothing has been tried yet
  unreachable,    ///< no such host, nothing listens, or nothing that speaks AMQP answers
  login_refused,  ///< wrong user or password
  tls,            ///< no TLS there, a certificate that cannot be trusted, or one of ours that is refused
  virtual_host,   ///< it does not exist, or the user may not use it
  topology,       ///< an exchange or queue is missing, or is there with other properties
  channel,        ///< the broker closed the channel or cancelled the consumer; a new one is being made
  lost,           ///< a connection that worked has ended
  closed,         ///< its owner closed it
};

struct Disconnected {
  Trouble trouble = Trouble::starting;
  std::string reason;  ///< what happened, to what, and what to do
  friend bool operator==(const Disconnected&, const Disconnected&) = default;
};

/// Logged in, set up and at work.
struct Connected {
  std::string address;
  friend bool operator==(const Connected&, const Connected&) = default;
};

/// The broker takes no publications now: it is short of memory or disk.
struct Blocked {
  std::string address;
  std::string reason;
  friend bool operator==(const Blocked&, const Blocked&) = default;
};

using ConnectionState = std::variant<Disconnected, Connected, Blocked>;

std::string to_string(const ConnectionState& state);
std::ostream& operator<<(std::ostream& out, const ConnectionState& state);

/// Called at each change of state, on the connection's own thread; it must neither block nor throw.
using StateObserver = std::function<void(const ConnectionState&)>;

}  // namespace waybill::amqp
