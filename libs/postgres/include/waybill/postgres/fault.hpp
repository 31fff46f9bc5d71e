#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace waybill::postgres {

/// What a caller may do about a fault.
enum class FaultKind : std::uint8_t {
  transient,  ///< nothing was committed; the same may succeed later: a timeout, a lock, a cancelled statement
  serialization,  ///< nothing was committed; lost to a concurrent transaction, the same may succeed at once
  unavailable,  ///< nothing was committed; the server can't be reached or can't work: nobody's fault but its
                ///< own
  permanent,  ///< nothing was committed; the same will fail again: a violated constraint, a mistake in SQL or
              ///< types
  in_doubt,  ///< COMMIT was sent and its answer was lost: it may be committed; only the caller's key can tell
};

std::string_view to_string(FaultKind kind);

/// What is known when something goes wrong; classify() says what it means.
struct Evidence {
  std::string_view sqlstate = {};  ///< five characters, or empty when the server said nothing
  bool connection_lost = false;    ///< the connection is gone, with or without a last word of the server
  bool commit_sent = false;        ///< it happened while the answer to COMMIT was awaited
};

/// The one place where faults get their kind. Pure.
FaultKind classify(const Evidence& evidence);

/// The database's, or the way's to it, failure to do what was asked. The text names what failed and where,
/// never a parameter, a row or a password.
class Fault : public std::runtime_error {
 public:
  struct Origin {
    std::string sqlstate = {};
    std::string constraint = {};
    std::string table = {};
    bool connection_lost = false;
    std::optional<std::size_t> statement = {};
  };

  Fault(FaultKind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  Fault(FaultKind kind, const std::string& text, Origin origin)
      : std::runtime_error(text), kind_(kind), origin_(std::move(origin)) {}

  FaultKind kind() const noexcept { return kind_; }
  /// Empty when the server did not say.
  const std::string& sqlstate() const noexcept { return origin_.sqlstate; }
  const std::string& constraint() const noexcept { return origin_.constraint; }
  const std::string& table() const noexcept { return origin_.table; }
  /// Which of the transaction's statements the server refused, counted from 0; empty when it was none of
  /// them, or COMMIT.
  std::optional<std::size_t> statement() const noexcept { return origin_.statement; }
  /// The transaction's connection went with it. False when there was none to begin with.
  bool connection_lost() const noexcept { return origin_.connection_lost; }

  bool is_unique_violation() const noexcept { return origin_.sqlstate == "23505"; }
  bool is_foreign_key_violation() const noexcept { return origin_.sqlstate == "23503"; }
  /// Whether this is the violation of that very constraint or unique index.
  bool violates(std::string_view constraint) const noexcept {
    return origin_.sqlstate.starts_with("23") && origin_.constraint == constraint;
  }

 private:
  FaultKind kind_;
  Origin origin_;
};

}  // namespace waybill::postgres
