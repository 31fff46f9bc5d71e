#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace waybill::outbound {

/// Whether the other side may have acted on a request that has no answer.
enum class Effect {
  none,      ///< nothing of it was sent, so it surely had no effect
  possible,  ///< it was sent, at least in part: only the other side knows
};

/// What stood between a request and its answer.
enum class Trouble {
  invalid_request,  ///< it cannot be sent as it is: it will never do
  kept_away,        ///< not tried: the circuit is open, or too many wait already
  name_not_found,   ///< the host's name leads to no address
  unreachable,      ///< no connection: refused, or not made in time
  tls,              ///< no trust: a wrong certificate, or no agreement on a session
  deadline,         ///< the deadline came first
  lost,             ///< the connection ended before the whole answer was there
  malformed,        ///< what came is not HTTP
  too_large,        ///< the answer has more bytes or headers than are taken
  cancelled,        ///< by the caller
  closed,           ///< the client was closed or destroyed
};

inline constexpr std::array all_troubles{Trouble::invalid_request,
                                         Trouble::kept_away,
                                         Trouble::name_not_found,
                                         Trouble::unreachable,
                                         Trouble::tls,
                                         Trouble::deadline,
                                         Trouble::lost,
                                         Trouble::malformed,
                                         Trouble::too_large,
                                         Trouble::cancelled,
                                         Trouble::closed};

std::string_view to_string(Trouble trouble);
std::string_view to_string(Effect effect);

/// Why there is no answer.
struct Failure {
  Trouble trouble = Trouble::lost;
  Effect effect = Effect::possible;
  /// Names the host, what went wrong and what to do; never a user, a query, a header or a body.
  std::string what = {};
  /// With kept_away, when to come again, where that is known.
  std::optional<std::chrono::nanoseconds> retry_after = {};
};

/// A request that has no answer. When `may_have_had_effect()`, nobody here knows what became of it: it is
/// neither a success nor a failure, and has to be asked for or sent again under the same key.
class Fault : public std::runtime_error {
 public:
  explicit Fault(Failure failure) : std::runtime_error(failure.what), failure_(std::move(failure)) {}

  Trouble trouble() const noexcept { return failure_.trouble; }
  Effect effect() const noexcept { return failure_.effect; }
  bool may_have_had_effect() const noexcept { return failure_.effect == Effect::possible; }
  const Failure& failure() const noexcept { return failure_; }

 private:
  Failure failure_;
};

}  // namespace waybill::outbound
