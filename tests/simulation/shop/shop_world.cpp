#include "shop_world.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "participants.hpp"

namespace shop {
namespace {

using order::PlaceOrder;
using waybill::base::Uuid;
using waybill::saga_simulation::PlayedSaga;
using waybill::simulate::Verdict;

/// Little enough that orders compete.
World new_world(waybill::simulate::History& history, Mistake mistake) {
  World world;
  world.dice = &history.dice;
  world.mistake = mistake;
  world.stock["tea"] = {.price = {450, "EUR"}, .available = 5, .received = 5};
  world.stock["cup"] = {.price = {1'200, "EUR"}, .available = 3, .received = 3};
  world.stock["kimono"] = {.price = {9'000, "JPY"}, .available = 2, .received = 2};
  return world;
}

PlaceOrder new_order(World& world, std::size_t) {
  constexpr std::array skus{"tea", "tea", "cup", "kimono", "nothing"};
  constexpr std::array tokens{"tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_declined", "tok_slow"};
  order::NewOrder wanted{.customer_id = "ada", .payment_token = tokens[world.dice->below(tokens.size())]};
  const std::string first = skus[world.dice->below(skus.size())];
  wanted.lines.push_back({first, static_cast<std::int64_t>(1 + world.dice->below(3))});
  const std::string second = skus[world.dice->below(skus.size())];
  if (second != first && world.dice->one_in(2)) wanted.lines.push_back({second, 1});
  return order::saga_of(next_id(world), wanted);
}

/// What one order has of the stock and the money.
struct Holding {
  int reserved = 0;
  int confirmed = 0;
  int charged = 0;
  int pending = 0;
  std::int64_t paid_minor = 0;
  std::string to_string() const {
    return std::to_string(reserved) + " reservations, " + std::to_string(confirmed) + " sales, " +
           std::to_string(charged) + " charges and " + std::to_string(pending) + " pending ones";
  }
};

Holding holding_of(const World& world, const std::string& order_id) {
  Holding has;
  for (const auto& reservation : world.reservations) {
    if (reservation.order_id != order_id) continue;
    has.reserved += reservation.state == inventory::State::reserved ? 1 : 0;
    has.confirmed += reservation.state == inventory::State::confirmed ? 1 : 0;
  }
  for (const auto& payment : world.payments) {
    if (payment.order_id.to_string() != order_id) continue;
    has.charged += payment.state == payment::State::charged ? 1 : 0;
    has.pending += payment.state == payment::State::pending ? 1 : 0;
    if (payment.state == payment::State::charged) has.paid_minor += payment.amount->minor_units;
  }
  return has;
}

Verdict each_order_is_whole_or_nothing(const World& world, std::span<const PlayedSaga> sagas) {
  for (const auto& saga : sagas) {
    const auto& order = saga.data<PlaceOrder>();
    const auto has = holding_of(world, order.id);
    const bool is_confirmed = saga.status() == waybill::saga::Status::completed;
    const int one = is_confirmed ? 1 : 0;
    const bool is_right = has.reserved == 0 && has.confirmed == one && has.charged == one &&
                          has.pending == 0 && has.paid_minor == (is_confirmed ? order.total_minor : 0);
    if (is_right) continue;
    return "order " + std::to_string(saga.number) + " is " +
           std::string(waybill::saga::to_string(saga.status())) + " and has " + has.to_string();
  }
  return std::nullopt;
}

Verdict stock_and_money_are_conserved(const World& world, std::span<const PlayedSaga>) {
  if (world.wrong) return world.wrong;
  std::map<std::string, std::int64_t> reserved;
  std::map<std::string, std::int64_t> sold;
  for (const auto& reservation : world.reservations) {
    for (const auto& line : reservation.lines) {
      if (reservation.state == inventory::State::reserved) reserved[line.sku] += line.quantity;
      if (reservation.state == inventory::State::confirmed) sold[line.sku] += line.quantity;
    }
  }
  for (const auto& [sku, stock] : world.stock) {
    const bool is_whole =
        stock.available >= 0 && stock.available + stock.reserved + stock.sold == stock.received;
    if (!is_whole || stock.reserved != reserved[sku] || stock.sold != sold[sku]) {
      return "of " + sku + ", " + std::to_string(stock.available) + " are there, " +
             std::to_string(stock.reserved) + " reserved and " + std::to_string(stock.sold) + " sold";
    }
  }
  std::int64_t in_ledger = 0;
  for (const auto& transfer : world.transfers) {
    in_ledger += transfer.kind == payment::TransferKind::capture ? transfer.amount.minor_units
                                                                 : -transfer.amount.minor_units;
  }
  std::int64_t charged = 0;
  for (const auto& payment : world.payments) {
    if (payment.state == payment::State::charged) charged += payment.amount->minor_units;
  }
  if (in_ledger == charged) return std::nullopt;
  return "the ledger holds " + std::to_string(in_ledger) + ", and the payments " + std::to_string(charged);
}

}  // namespace

Uuid next_id(World& world) {
  constexpr auto digits = "0123456789abcdef";
  std::string text = "00000000-0000-7000-8000-000000000000";
  auto number = ++world.ids;
  for (std::size_t place = text.size(); number != 0; number /= 16) text[--place] = digits[number % 16];
  return Uuid::parse(text).value();
}

waybill::saga_simulation::Simulator<World> shop_simulator(Mistake mistake) {
  waybill::saga_simulation::Simulator<World> simulator(
      [mistake](waybill::simulate::History& history) { return new_world(history, mistake); });
  simulator.definition(order::place_order(), new_order);
  add_inventory(simulator);
  add_payment(simulator);
  simulator.holds_always(stock_and_money_are_conserved).holds_at_end(each_order_is_whole_or_nothing);
  return simulator;
}

}  // namespace shop
