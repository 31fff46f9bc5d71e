#include "domain/warehouse.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace shop::inventory {
namespace {

void check_lines(const std::vector<Line>& lines) {
  if (lines.empty()) throw Contradiction("the order has no lines, where the contract asks for one at least");
  std::set<std::string_view> skus;
  for (const auto& line : lines) {
    if (line.quantity == 0) throw Contradiction("a line asks for none; the contract asks for one at least");
    if (!skus.insert(line.sku).second) {
      throw Contradiction("two lines are of one SKU; the contract has each SKU once");
    }
  }
}

std::uint32_t as_told(std::int64_t available) {
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(available, std::numeric_limits<std::uint32_t>::max()));
}

Reservation refused(Reservation reservation, Refusal reason, std::vector<Shortage> shortages = {}) {
  reservation.state = State::refused;
  reservation.refusal = reason;
  reservation.shortages = std::move(shortages);
  return reservation;
}

}  // namespace

Warehouse::Warehouse(std::vector<Shelf> shelves, std::vector<Reservation> reservations, NewId new_id)
    : new_id_(std::move(new_id)) {
  for (auto& shelf : shelves) {
    Movement none{.sku = shelf.sku};
    auto sku = shelf.sku;
    places_.insert_or_assign(std::move(sku), Place{std::move(shelf), std::move(none)});
  }
  for (auto& reservation : reservations) {
    const auto id = reservation.id;
    auto& kept = reservations_.insert_or_assign(id, Kept{std::move(reservation)}).first->second;
    by_reference_.insert_or_assign(kept.reservation.reference, &kept);
  }
}

std::variant<Reserved, Refused> Warehouse::answer(const Reserve& command) {
  check_lines(command.lines);
  if (const auto* known = find(command.reference, command.order_id)) return answer_of(known->reservation);
  auto reservation = decide(command);
  auto answer = answer_of(reservation);
  if (reservation.state == State::reserved) {
    for (const auto& line : reservation.lines) {
      auto& [shelf, moved] = place_of(line);
      shelf.available -= line.quantity;
      moved.available -= line.quantity;
      moved.reserved += line.quantity;
    }
  }
  make(std::move(reservation));
  return answer;
}

Confirmed Warehouse::answer(const Confirm& command) {
  const auto found = reservations_.find(command.reservation);
  if (found == reservations_.end()) {
    throw Contradiction("reservation " + command.reservation.to_string() + " is not known");
  }
  auto& kept = found->second;
  const auto& reservation = kept.reservation;
  if (reservation.reference.saga != command.saga || reservation.order_id != command.order_id) {
    throw Contradiction("reservation " + command.reservation.to_string() + " was made for another order");
  }
  if (reservation.state == State::confirmed) return {reservation.id};
  if (reservation.state != State::reserved) {
    throw Contradiction("reservation " + command.reservation.to_string() +
                        " is not set aside any more, or never was; it cannot be confirmed");
  }
  for (const auto& line : reservation.lines) {
    auto& moved = place_of(line).moved;
    moved.reserved -= line.quantity;
    moved.sold += line.quantity;
  }
  end(kept, State::confirmed);
  return {reservation.id};
}

Released Warehouse::answer(const Release& command) {
  auto* const kept = find(command.reference, command.order_id);
  if (kept == nullptr) {
    make({.id = new_id_(), .reference = command.reference, .order_id = command.order_id});
    return {};
  }
  const auto& reservation = kept->reservation;
  switch (reservation.state) {
    case State::confirmed:
      throw Contradiction("reservation " + reservation.id.to_string() +
                          " is confirmed; its goods are gone and cannot be released");
    case State::refused:
    case State::tombstone:
      return {};
    case State::released:
      return {reservation.id};
    case State::reserved:
      break;
  }
  for (const auto& line : reservation.lines) {
    auto& [shelf, moved] = place_of(line);
    shelf.available += line.quantity;
    moved.available += line.quantity;
    moved.reserved -= line.quantity;
  }
  end(*kept, State::released);
  return {reservation.id};
}

Reservation Warehouse::decide(const Reserve& command) const {
  Reservation reservation{.id = new_id_(), .reference = command.reference, .order_id = command.order_id};
  std::vector<Shortage> unknown;
  std::vector<Shortage> short_of;
  std::set<std::string_view> currencies;
  for (const auto& [sku, quantity] : command.lines) {
    const auto found = places_.find(sku);
    if (found == places_.end()) {
      unknown.push_back({sku, quantity, 0});
      continue;
    }
    const auto& shelf = found->second.shelf;
    if (shelf.available < quantity) short_of.push_back({sku, quantity, as_told(shelf.available)});
    currencies.insert(shelf.price.currency);
    reservation.lines.push_back({sku, quantity, shelf.price.minor_units});
  }
  const auto refuse = [&](Refusal reason, std::vector<Shortage> shortages = {}) {
    reservation.lines.clear();
    return refused(std::move(reservation), reason, std::move(shortages));
  };
  // What more stock would not mend goes first.
  if (!unknown.empty()) return refuse(Refusal::unknown_sku, std::move(unknown));
  if (currencies.size() > 1) return refuse(Refusal::mixed_currencies);
  if (!short_of.empty()) return refuse(Refusal::insufficient, std::move(short_of));
  if (!total_of(reservation.lines)) throw Contradiction("the order's total does not fit into 64 bits");
  reservation.state = State::reserved;
  reservation.currency = std::string(*currencies.begin());
  return reservation;
}

std::variant<Reserved, Refused> Warehouse::answer_of(const Reservation& reservation) const {
  switch (reservation.state) {
    case State::refused:
      return Refused{reservation.refusal.value(), reservation.shortages};
    case State::released:
    case State::tombstone:
      return Refused{Refusal::already_released};
    case State::reserved:
    case State::confirmed:
      break;
  }
  return Reserved{
      reservation.id, reservation.lines, {total_of(reservation.lines).value(), reservation.currency.value()}};
}

Warehouse::Kept* Warehouse::find(const Reference& reference, const std::string& order_id) {
  const auto found = by_reference_.find(reference);
  if (found == by_reference_.end()) return nullptr;
  if (found->second->reservation.order_id != order_id) {
    throw Contradiction("the same step of saga " + reference.saga.to_string() + " came for another order");
  }
  return found->second;
}

void Warehouse::make(Reservation reservation) {
  const auto id = reservation.id;
  auto& kept =
      reservations_.emplace(id, Kept{.reservation = std::move(reservation), .is_new = true}).first->second;
  by_reference_.emplace(kept.reservation.reference, &kept);
  made_.push_back(&kept.reservation);
}

void Warehouse::end(Kept& kept, State state) {
  kept.reservation.state = state;
  kept.has_ended = true;
}

Warehouse::Place& Warehouse::place_of(const PricedLine& line) {
  const auto found = places_.find(line.sku);
  if (found == places_.end())
    throw Contradiction("'" + line.sku + "' was reserved and is not known any more");
  return found->second;
}

std::vector<Movement> Warehouse::movements() const {
  std::vector<Movement> movements;
  for (const auto& [sku, place] : places_) {
    const auto& moved = place.moved;
    if (moved.available != 0 || moved.reserved != 0 || moved.sold != 0) movements.push_back(moved);
  }
  return movements;
}

std::vector<const Reservation*> Warehouse::made() const { return made_; }

std::vector<const Reservation*> Warehouse::ended() const {
  std::vector<const Reservation*> ended;
  for (const auto& [id, kept] : reservations_) {
    if (kept.has_ended && !kept.is_new) ended.push_back(&kept.reservation);
  }
  return ended;
}

}  // namespace shop::inventory
