#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/commands.hpp"

namespace shop::inventory {

/// What a warehouse has to know of a kind of goods.
struct Shelf {
  std::string sku;
  Money price;
  std::int64_t available = 0;
};

/// Pieces that went from one place to another; below 0 they left it.
struct Movement {
  std::string sku;
  std::int64_t available = 0;
  std::int64_t reserved = 0;
  std::int64_t sold = 0;
  friend bool operator==(const Movement&, const Movement&) = default;
};

/// The goods are set aside.
struct Reserved {
  Uuid id;
  std::vector<PricedLine> lines;
  Money total;
};
struct Refused {
  Refusal reason = Refusal::insufficient;
  std::vector<Shortage> shortages{};
};
struct Confirmed {
  Uuid id;
};
struct Released {
  std::optional<Uuid> id{};  ///< nothing where there was none to give back
};

/// The shelves and reservations that a batch of commands is about, in memory. It answers one command after
/// the other, each on what those before it have left, and then tells what has changed.
///
/// Promises: all lines of an order or none, and never more than there is. A command that comes again gets the
/// same answer and changes nothing; goods that were released are not reserved again by a late repeat. Every
/// movement keeps the sum of available, reserved and sold. Does not promise: anything of shelves and
/// reservations that it was not given, which it takes for unknown; to be of use after it has thrown a
/// Contradiction. Concurrency: one thread.
class Warehouse {
 public:
  using NewId = std::function<Uuid()>;

  Warehouse(std::vector<Shelf> shelves, std::vector<Reservation> reservations, NewId new_id);

  std::variant<Reserved, Refused> answer(const Reserve& command);
  Confirmed answer(const Confirm& command);
  Released answer(const Release& command);

  /// Of each shelf what has changed in the end, ordered by SKU; none where nothing has.
  std::vector<Movement> movements() const;
  /// The reservations that are new, in the order of the commands, and the others that have ended.
  std::vector<const Reservation*> made() const;
  std::vector<const Reservation*> ended() const;

 private:
  struct Place {
    Shelf shelf;
    Movement moved;
  };
  struct Kept {
    Reservation reservation;
    bool is_new = false;
    bool has_ended = false;
  };

  Reservation decide(const Reserve& command) const;
  std::variant<Reserved, Refused> answer_of(const Reservation& reservation) const;
  Kept* find(const Reference& reference, const std::string& order_id);
  void make(Reservation reservation);
  void end(Kept& kept, State state);
  Place& place_of(const PricedLine& line);

  std::map<std::string, Place> places_;
  std::map<Uuid, Kept> reservations_;
  std::map<Reference, Kept*> by_reference_;
  std::vector<const Reservation*> made_;
  NewId new_id_;
};

}  // namespace shop::inventory
