#include "bare_participants.hpp"

#include <array>
#include <functional>
#include <map>
#include <string>

#include "shop_databases.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::bench {
namespace {

const std::string reserved_lines = R"([{"sku": "sku-17", "quantity": 2, "unit_price": 1999},)"
                                   R"( {"sku": "sku-18", "quantity": 1, "unit_price": 1999}])";

std::string next_id() { return base::new_uuid_v7().to_string(); }

/// So many of each kind of goods, from the orders' own ids: the same when an order is reserved as when it is
/// confirmed.
class Goods {
 public:
  void add(const std::string& order) {
    const auto sku = std::hash<std::string>{}(order) % shop_skus;
    quantities_[sku] += 2;
    quantities_[(sku + 1) % shop_skus] += 1;
  }
  /// Sends the statement with the columns, if there is anything.
  void send(BareSql& sql, const char* statement) const {
    if (quantities_.empty()) return;
    ArrayText skus;
    ArrayText quantities;
    for (const auto& [sku, quantity] : quantities_) {
      skus.add("sku-" + std::to_string(sku));
      quantities.add(std::to_string(quantity));
    }
    sql.send(statement, std::array{skus.take(), quantities.take()});
  }

 private:
  std::map<std::size_t, int> quantities_;
};

void handle_stock(const std::vector<BareDelivery>& deliveries, BareSql& sql, BareOutbox& outbox) {
  ArrayText reserved;
  ArrayText confirmed;
  Goods set_aside;
  Goods sold;
  for (const auto& delivery : deliveries) {
    const bool is_new = delivery.type == "shop.inventory.v1.ReserveStock";
    (is_new ? reserved : confirmed).add(delivery.order);
    (is_new ? set_aside : sold).add(delivery.order);
    outbox.add({"replies", "order", next_id(),
                is_new ? "shop.inventory.v1.StockReserved" : "shop.inventory.v1.ReservationConfirmed",
                delivery.order},
               "reply");
  }
  if (const auto ids = reserved.take(); ids != "{}") sql.send("reserve", std::array{ids, reserved_lines});
  if (const auto ids = confirmed.take(); ids != "{}") sql.send("confirm", std::array{ids});
  set_aside.send(sql, "set aside");
  sold.send(sql, "sell");
}

void handle_charges(const std::vector<BareDelivery>& deliveries, BareSql& sql, BareOutbox& outbox) {
  ArrayText orders;
  for (const auto& delivery : deliveries) {
    orders.add(delivery.order);
    outbox.add({"replies", "order", next_id(), "shop.payment.v1.PaymentCharged", delivery.order}, "reply");
  }
  const auto ids = orders.take();
  sql.send("charge", std::array{ids});
  sql.send("capture", std::array{ids});
}

}  // namespace

std::unique_ptr<BareWorker> bare_inventory(BareService& inventory) {
  const std::vector<BareWorker::Statement> statements{
      {"reserve",
       "INSERT INTO reservation (id, saga, step, epoch, order_id, state, lines, currency) "
       "SELECT id, id, 'reserve', 1, id::text, 'reserved', $2::jsonb, 'EUR' FROM unnest($1::uuid[]) AS id"},
      {"confirm",
       "UPDATE reservation SET state = 'confirmed', ended_at = clock_timestamp() WHERE id = ANY($1::uuid[])"},
      {"set aside",
       "UPDATE product SET available = available - quantity, reserved = reserved + quantity, "
       "revision = revision + 1, changed_at = now() "
       "FROM unnest($1::text[], $2::bigint[]) AS given (sku, quantity) WHERE product.sku = given.sku"},
      {"sell",
       "UPDATE product SET reserved = reserved - quantity, sold = sold + quantity, "
       "revision = revision + 1, changed_at = now() "
       "FROM unnest($1::text[], $2::bigint[]) AS given (sku, quantity) WHERE product.sku = given.sku"}};
  return std::make_unique<BareWorker>(inventory, "inventory.commands", "inventory.commands", statements,
                                      handle_stock);
}

std::unique_ptr<BareWorker> bare_payment(BareService& payment) {
  const std::vector<BareWorker::Statement> statements{
      {"charge",
       "INSERT INTO payment (id, saga, step, epoch, order_id, customer_id, amount_minor, currency, state) "
       "SELECT id, id, 'pay', 1, id, 'c-4711', 5997, 'EUR', 'charged' FROM unnest($1::uuid[]) AS id"},
      {"capture",
       "INSERT INTO ledger_transfer (id, payment_id, kind, debit, credit, amount_minor, currency) "
       "SELECT id, id, 'capture', 'provider:clearing', 'shop:revenue', 5997, 'EUR' "
       "FROM unnest($1::uuid[]) AS id"}};
  return std::make_unique<BareWorker>(payment, "payment.commands", "payment.commands", statements,
                                      handle_charges);
}

}  // namespace waybill::bench
