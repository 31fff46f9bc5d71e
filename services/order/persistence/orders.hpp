#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/order.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::order::orders {

/// Nobody waits for it before the commit.
void insert(waybill::postgres::Tx& tx, const Order& order);

/// None where it is another client's.
std::optional<Order> find(waybill::postgres::Tx& tx, const std::string& client,
                          const waybill::base::Uuid& id);

struct Filter {
  std::string client{};
  std::optional<Status> status{};
  std::optional<std::string> customer_id{};
};
/// The newest first: those that were placed before the one of this id.
std::vector<Order> list(waybill::postgres::Tx& tx, const Filter& filter,
                        const std::optional<waybill::base::Uuid>& before, std::int64_t most);

/// What an order has come to.
struct Turn {
  waybill::base::Uuid id{};
  Status status = Status::placed;
  std::optional<Reason> reason{};
  std::optional<Money> total{};
  /// With their prices; what was ordered stays where there are none.
  std::vector<PricedLine> lines{};
  std::optional<waybill::base::WallTime> ended_at{};
};
/// All of them in one statement, which nobody waits for. Whoever does it holds their sagas.
void turn(waybill::postgres::Tx& tx, std::span<const Turn> turns);

}  // namespace shop::order::orders
