#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/cashier.hpp"
#include "domain/warehouse.hpp"
#include "saga/place_order.hpp"
#include "waybill/saga_simulation/simulator.hpp"

namespace shop {

/// A mistake that a participant could make beside its rules, in how it keeps what they say.
enum class Mistake : std::uint8_t {
  none,
  stock_keeps_no_tombstone,
  payment_keeps_no_tombstone,
  stock_forgets_reservations,  ///< a copy of the command reserves again
  payment_forgets_charges,
  stock_gives_nothing_back,
  payment_is_found_by_epoch_alone,
};

/// The tables of inventory and payment, as far as orders go. What they do with them are the services' own
/// rules.
struct World {
  struct Stock {
    inventory::Money price;
    std::int64_t available = 0;
    std::int64_t reserved = 0;
    std::int64_t sold = 0;
    std::int64_t received = 0;
  };

  waybill::simulate::Dice* dice = nullptr;
  Mistake mistake = Mistake::none;
  std::uint64_t ids = 0;
  std::map<std::string, Stock> stock;
  std::vector<inventory::Reservation> reservations;
  std::vector<payment::Payment> payments;
  std::vector<payment::Transfer> transfers;
  std::optional<std::string> wrong;  ///< what a rule has ruled out
};

waybill::saga_simulation::Simulator<World> shop_simulator(Mistake mistake = Mistake::none);

}  // namespace shop
