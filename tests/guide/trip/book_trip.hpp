#pragma once

#include <cstdint>
#include <string>

#include "waybill/saga/definition.hpp"

/// What the saga of a trip remembers.
struct Trip {
  std::string id{};
  std::string train{};
  std::string card{};
  std::string seat{};
  std::int64_t price_minor = 0;
  std::string ticket{};
  std::string declined_because{};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Trip, id, train, card, seat, price_minor, ticket,
                                                declined_because)

waybill::saga::Definition<Trip> book_trip();
