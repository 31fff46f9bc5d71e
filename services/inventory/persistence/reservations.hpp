#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "domain/reservation.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::inventory::reservations {

/// Which of them; all, unless told otherwise.
struct Filter {
  std::optional<std::string> order_id{};
  /// Only those that are neither confirmed, released nor refused.
  bool open_only = false;
};

struct Listed {
  Reservation reservation;
  waybill::base::WallTime created_at{};
  std::optional<waybill::base::WallTime> ended_at{};
};

/// In the order of their ids, which is that of time; those behind `after`.
std::vector<Listed> list(waybill::postgres::Tx& tx, const Filter& filter, const Uuid& after,
                         std::int64_t most);

/// Those that were made so long ago, by the database's clock, and have not ended.
struct Overdue {
  std::int64_t count = 0;
  Uuid oldest{};
  std::string order_id{};  ///< of the oldest
  std::chrono::milliseconds age{0};
};
Overdue look_for_overdue(waybill::postgres::Tx& tx, std::chrono::milliseconds after);

}  // namespace shop::inventory::reservations
