#pragma once

#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "domain/reservation.hpp"

namespace shop::inventory {

/// A command that its contract rules out, or that contradicts what was done before. Another attempt would
/// find the same, and a std::logic_error is what the inbox gives up at once.
class Contradiction : public std::domain_error {
 public:
  using std::domain_error::domain_error;
};

struct Reserve {
  Reference reference;
  std::string order_id;
  std::vector<Line> lines;
};

/// Its own step is another one than that which has reserved; the saga is the same.
struct Confirm {
  Uuid saga;
  std::string order_id;
  Uuid reservation;
};

/// Takes back what was, or will have been, asked for under this reference.
struct Release {
  Reference reference;
  std::string order_id;
};

using Command = std::variant<Reserve, Confirm, Release>;

/// What has to be known to answer commands.
struct Needs {
  std::set<Uuid> sagas{};
  std::set<Reference> references{};
  std::set<Uuid> reservations{};
  std::set<std::string> skus{};  ///< beside those of the reservations
};
Needs needs_of(std::span<const Command> commands);

}  // namespace shop::inventory
