#include "handlers/follow_sagas.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "persistence/orders.hpp"
#include "saga/place_order.hpp"

namespace shop::order {
namespace {

namespace saga = waybill::saga;

/// Whether an operator has turned it forward: a step is done anew.
bool goes_forward_again(const saga::Instance& instance) {
  return std::ranges::any_of(instance.steps, [](const saga::StepState& step) { return step.epoch > 1; });
}

orders::Turn confirmed(const PlaceOrder& order, waybill::base::WallTime at) {
  orders::Turn turn{
      .status = Status::confirmed, .total = Money{order.total_minor, order.currency}, .ended_at = at};
  for (const auto& line : order.lines) {
    turn.lines.push_back({line.sku, line.quantity, Money{line.unit_price_minor, order.currency}});
  }
  return turn;
}

/// Nothing where clients see no difference.
std::optional<orders::Turn> turn_of(const saga::Progress& progress) {
  const auto& instance = progress.instance;
  const auto& order = instance.data.as<PlaceOrder>();
  switch (instance.status) {
    case saga::Status::running:
      if (!goes_forward_again(instance)) return std::nullopt;
      return orders::Turn{.status = Status::placed};
    case saga::Status::compensating:
      return orders::Turn{.status = Status::cancelling, .reason = reason_of(order, instance.cause)};
    case saga::Status::completed:
      return confirmed(order, progress.at);
    case saga::Status::compensated:
      return orders::Turn{
          .status = Status::cancelled, .reason = reason_of(order, instance.cause), .ended_at = progress.at};
    case saga::Status::abandoned:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void follow_sagas(waybill::postgres::Tx& tx, std::span<const saga::Progress> sagas) {
  std::vector<orders::Turn> turns;
  for (const auto& progress : sagas) {
    auto turn = turn_of(progress);
    const auto id = waybill::base::Uuid::parse(progress.key);
    if (!turn || !id) continue;
    turn->id = *id;
    turns.push_back(*std::move(turn));
  }
  orders::turn(tx, turns);
}

}  // namespace shop::order
