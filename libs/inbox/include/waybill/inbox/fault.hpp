#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace waybill::inbox {

/// Why a message was given up, as its dead letter says it. For people and for alarms: the names are stable.
enum class Reason : std::uint8_t {
  unreadable,      ///< it is no message: no id, a malformed attribute, a payload that does not parse
  unknown_type,    ///< no contract of that name
  no_handler,      ///< a command or reply that this consumer handles nowhere
  out_of_time,     ///< its id is older than what is remembered, or of the future
  other_payload,   ///< its id was handled before, with another payload
  permanent,       ///< the handler said that another attempt would fail as well
  attempts_used,   ///< the last attempt that was allowed has failed
  crashed,         ///< each time it was handled, the process ended
  never_returned,  ///< its handler did not come back within its time
};

std::string_view to_string(Reason reason);

/// Thrown by a handler: another attempt would fail as well, so the message is dead-lettered at once.
class Permanent : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by a handler: what it needs is away, and no message is to blame. The consumer rests for so long,
/// then goes on with the same message; it counts as no attempt.
class Pause : public std::runtime_error {
 public:
  Pause(const std::string& why, std::chrono::milliseconds rest) : std::runtime_error(why), rest_(rest) {}
  std::chrono::milliseconds rest() const { return rest_; }

 private:
  std::chrono::milliseconds rest_;
};

/// What is to be done about a handler's exception.
struct TryAgain {};
struct GiveUp {
  Reason reason = Reason::permanent;
};
struct Rest {
  std::chrono::milliseconds duration{0};
};
using Verdict = std::variant<TryAgain, GiveUp, Rest>;

struct Judged {
  Verdict verdict;
  std::string error;  ///< for people: what the exception says
};

/// The one place where a handler's exceptions get their meaning. Pause rests; Permanent, a bad payload, a
/// std::logic_error and what the database calls permanent give up; anything else is tried again.
Judged judge(const std::exception_ptr& thrown);

}  // namespace waybill::inbox
