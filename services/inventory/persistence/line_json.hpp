#pragma once

#include <vector>

#include "domain/reservation.hpp"
#include "waybill/postgres/types.hpp"

namespace shop::inventory::line_json {

// Lines and shortages as a reservation's row holds them.

waybill::postgres::Json write(const std::vector<PricedLine>& lines);
waybill::postgres::Json write(const std::vector<Shortage>& shortages);

// Throws std::runtime_error for what is none of these: a row that somebody else has written.
std::vector<PricedLine> read_lines(const waybill::postgres::Json& json);
std::vector<Shortage> read_shortages(const waybill::postgres::Json& json);

}  // namespace shop::inventory::line_json
