#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/counts.hpp"
#include "domain/order.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::analytics::model {

using waybill::base::Uuid;
using waybill::postgres::Tx;

using Orders = std::map<Uuid, Order>;

/// Those that are known of the orders given. Until the transaction ends, nobody else changes the model: its
/// counters are rows that every batch of events changes, so batches would wait for one another in any case.
Orders lock_and_find(Tx& tx, const std::vector<Uuid>& ids);

/// Writes orders as they are now, and what has changed in their numbers by that.
void write(Tx& tx, const Orders& changed, const Counts& change);

struct Summary {
  std::map<Place, std::int64_t> orders{};
  std::map<Till, Revenue> revenue{};
};
/// Revenue is that of so many days, up to the latest that has any.
Summary summarize(Tx& tx, std::int64_t days);

/// What was forgotten.
struct Forgotten {
  std::size_t orders = 0;    ///< of which something was forgotten
  std::size_t messages = 0;  ///< that may come again
};
/// Forgets what events since then have told, and that `consumer` has handled them: when they are sent again,
/// they are handled again.
Forgotten forget_since(Tx& tx, WallTime since, std::string_view consumer);

}  // namespace shop::analytics::model
