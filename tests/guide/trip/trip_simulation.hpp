#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "book_trip.hpp"
#include "waybill/saga_simulation/rows.hpp"
#include "waybill/saga_simulation/simulator.hpp"

/// A mistake that a participant could make.
enum class TripMistake : std::uint8_t {
  none,
  seat_leaves_no_tombstone,
  charge_leaves_no_tombstone,
  charge_is_not_unique,
  ticket_is_not_unique,
  seat_is_unique_by_epoch_alone,  ///< whatever the step
};

/// The railway and the bank, as far as trips go: what their services have in their tables.
struct Trips {
  struct Seat {
    enum State : std::uint8_t { held, full, released } state = held;
    std::string name{};
  };
  struct Charge {
    enum State : std::uint8_t { charged, declined, refunded } state = charged;
    std::size_t card = 0;
    std::int64_t amount_minor = 0;
  };
  struct Ticket {
    std::string name;
  };

  static constexpr std::int64_t price_minor = 4'000;
  static constexpr std::int64_t on_each_card_minor = 20'000;

  waybill::simulate::Dice* dice = nullptr;
  TripMistake mistake = TripMistake::none;
  unsigned refusals = 3;  ///< of a hundred requests, beside those that cannot be fulfilled
  int free_seats = 4;
  int seats_sold = 0;  ///< so many have had a name
  std::array<std::int64_t, 2> cards{on_each_card_minor, on_each_card_minor};
  std::int64_t bank_minor = 0;
  waybill::saga_simulation::Rows<Seat> seats{};
  waybill::saga_simulation::Rows<Charge> charges{};
  waybill::saga_simulation::Rows<Ticket> tickets{};
  int copies = 0;  ///< of what should be unique
  std::optional<std::string> wrong{};
};

/// Both versions of the saga, with the railway and the bank, and what must hold.
waybill::saga_simulation::Simulator<Trips> trip_simulator(TripMistake mistake = TripMistake::none);
