#pragma once

#include <array>
#include <utility>

#include "domain/reservation.hpp"
#include "waybill/postgres/types.hpp"

// How the tables call things; the API calls them the same.

template <>
struct waybill::postgres::EnumTexts<shop::inventory::State> {
  using State = shop::inventory::State;
  static constexpr std::array texts{
      std::pair{State::reserved, "reserved"}, std::pair{State::confirmed, "confirmed"},
      std::pair{State::released, "released"}, std::pair{State::refused, "refused"},
      std::pair{State::tombstone, "tombstone"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::inventory::Refusal> {
  using Refusal = shop::inventory::Refusal;
  static constexpr std::array texts{std::pair{Refusal::insufficient, "insufficient"},
                                    std::pair{Refusal::unknown_sku, "unknown_sku"},
                                    std::pair{Refusal::already_released, "already_released"},
                                    std::pair{Refusal::mixed_currencies, "mixed_currencies"}};
};
