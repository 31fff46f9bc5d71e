#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <variant>

namespace waybill::message {

/// The broker has taken responsibility: the message is on a quorum of every queue it was routed to.
struct Confirmed {
  friend bool operator==(const Confirmed&, const Confirmed&) = default;
};

/// The broker has refused it: a queue was full or could not write. It is in no queue that was asked to
/// confirm it.
struct Nacked {
  friend bool operator==(const Nacked&, const Nacked&) = default;
};

/// It reached no queue: no binding matched, or (code 404) the exchange does not exist.
struct Returned {
  std::uint16_t code = 0;
  std::string text;
  friend bool operator==(const Returned&, const Returned&) = default;
};

/// Nobody can tell: the connection ended, or the deadline came, before the broker's answer. It may have
/// arrived. `sent` is false when it certainly did not leave this process.
struct Unknown {
  std::string why;
  bool sent = true;
  friend bool operator==(const Unknown&, const Unknown&) = default;
};

/// How one publish ended; each ends in exactly one of these. Unknown is neither success nor failure.
using Outcome = std::variant<Confirmed, Nacked, Returned, Unknown>;

std::string to_string(const Outcome& outcome);
std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

inline bool is_confirmed(const Outcome& outcome) { return std::holds_alternative<Confirmed>(outcome); }

}  // namespace waybill::message
