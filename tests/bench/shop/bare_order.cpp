#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "bare_intake.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::bench {
namespace {

// As long as what the order service writes for two lines and an e-mail.
const std::string contact = R"({"email": "c-4711@example.com"})";
const std::string lines = R"([{"sku": "sku-17", "quantity": 2}, {"sku": "sku-18", "quantity": 1}])";
const std::string priced_lines = R"([{"sku": "sku-17", "quantity": 2, "unit_price_minor": 1999},)"
                                 R"( {"sku": "sku-18", "quantity": 1, "unit_price_minor": 1999}])";
const std::string state =
    R"({"at": "pay", "data": {"id": "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506", "customer": "c-4711",)"
    R"( "email": "c-4711@example.com", "phone": "", "push_token": "", "payment_token": "tok_ok",)"
    R"( "lines": [{"sku": "sku-17", "quantity": 2, "unit_price_minor": 1999},)"
    R"( {"sku": "sku-18", "quantity": 1, "unit_price_minor": 1999}], "reservation":)"
    R"( "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506", "total_minor": 5997, "currency": "EUR", "payment": "",)"
    R"( "refused_for": ""}, "steps": [{"name": "reserve", "epoch": 1, "state": "done"},)"
    R"( {"name": "pay", "epoch": 1, "state": "waiting"}]})";
const std::string input =
    R"({"type": "shop.inventory.v1.StockReserved", "message": {"orderId":)"
    R"( "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506", "reservationId": "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506",)"
    R"( "lines": [{"sku": "sku-17", "quantity": 2, "unitPrice": {"minorUnits": "1999", "currency":)"
    R"( "EUR"}}]}})";
const std::string sent = R"([{"type": "shop.payment.v1.ChargePayment", "to": "payment"}])";
const std::string answer =
    R"({"id":"0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506","status":"placed","customer_id":"c-4711","contact":)"
    R"({"email":"c-4711@example.com"},"lines":[{"sku":"sku-17","quantity":2},{"sku":"sku-18","quantity":1}],)"
    R"("placed_at":"2026-01-31T12:00:00.000Z"})";

constexpr auto insert_journal =
    "INSERT INTO waybill.saga_journal (saga_id, revision, at, type, version, input, outcome, status, step, "
    "sent) SELECT id, 2, clock_timestamp(), 'place-order', 1, $2::json, 'advanced', 'running', 'pay', "
    "$3::json "
    "FROM unnest($1::uuid[]) AS id";

constexpr std::array intake_statements{
    BareWorker::Statement{"begin", "BEGIN"},
    BareWorker::Statement{"commit", "COMMIT"},
    BareWorker::Statement{"orders",
                          "INSERT INTO orders (id, saga_id, client, customer_id, contact, lines, placed_at) "
                          "SELECT id, id, 'bench', 'c-4711', $2::jsonb, $3::jsonb, clock_timestamp() "
                          "FROM unnest($1::uuid[]) AS id"},
    BareWorker::Statement{"idempotency",
                          "INSERT INTO waybill.idempotency (hash, client, key, fingerprint, status, "
                          "content_type, headers, body) SELECT hashtextextended(id, 0), 'bench', id, "
                          "sha256(id::bytea), 202, 'application/json', 'Location: /api/v1/orders/' || id, "
                          "$2::bytea FROM unnest($1::text[]) AS id"},
    BareWorker::Statement{
        "sagas",
        "INSERT INTO waybill.saga (id, type, version, key, status, state, deadline_at, "
        "look_at, revision, begun_at, changed_at) SELECT id, 'place-order', 1, id::text, "
        "'running', $2::jsonb, now() + interval '30 seconds', now() + interval '30 seconds', "
        "1, now(), now() FROM unnest($1::uuid[]) AS id"},
    BareWorker::Statement{"journal", insert_journal},
};

std::string new_id() { return base::new_uuid_v7().to_string(); }

/// What an answer leads to, and whether that is the end of the order.
void go_on(const BareDelivery& delivery, BareOutbox& outbox, ArrayText& confirmed) {
  if (delivery.type == "shop.inventory.v1.StockReserved") {
    outbox.add({"commands", "payment", new_id(), "shop.payment.v1.ChargePayment", delivery.order}, "command");
  } else if (delivery.type == "shop.payment.v1.PaymentCharged") {
    outbox.add({"commands", "inventory", new_id(), "shop.inventory.v1.ConfirmReservation", delivery.order},
               "command");
  } else if (delivery.type == "shop.inventory.v1.ReservationConfirmed") {
    outbox.add({"events.fanout", "", new_id(), "shop.order.v1.OrderConfirmed", delivery.order}, "event");
    confirmed.add(delivery.order);
  } else {
    throw std::runtime_error("the floor was answered with " + delivery.type);
  }
}

void handle_replies(const std::vector<BareDelivery>& deliveries, BareSql& sql, BareOutbox& outbox) {
  ArrayText sagas;
  ArrayText confirmed;
  for (const auto& delivery : deliveries) {
    sagas.add(delivery.order);
    go_on(delivery, outbox, confirmed);
  }
  const auto ids = sagas.take();
  sql.send("save", std::array{ids, state});
  sql.send("journal", std::array{ids, input, sent});
  if (const auto ended = confirmed.take(); ended != "{}")
    sql.send("confirm", std::array{ended, priced_lines});
}

}  // namespace

BareIntake::BareIntake(BareService& order_service)
    : sql_(order_service.database_url), outbox_(sql_, order_service.relay) {
  for (const auto& [name, sql] : intake_statements) sql_.prepare(name, sql);
  thread_ = runtime::Thread("intake", [this] { run(); });
}

BareIntake::~BareIntake() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  came_.notify_all();
  thread_.join();
}

void BareIntake::place(std::string id) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(id));
  }
  came_.notify_one();
}

void BareIntake::run() {
  for (;;) {
    std::vector<std::string> orders;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), bare_batch));
      std::move(waiting_.begin(), end, std::back_inserter(orders));
      waiting_.erase(waiting_.begin(), end);
    }
    insert(orders);
  }
}

void BareIntake::insert(const std::vector<std::string>& orders) {
  ArrayText all;
  for (const auto& id : orders) {
    all.add(id);
    outbox_.add({"events.fanout", "", new_id(), "shop.order.v1.OrderPlaced", id}, "event");
    outbox_.add({"commands", "inventory", new_id(), "shop.inventory.v1.ReserveStock", id}, "command");
  }
  const auto ids = all.take();
  sql_.enter_pipeline();
  sql_.send("begin", {});
  sql_.send("orders", std::array{ids, contact, lines});
  sql_.send("idempotency", std::array{ids, answer});
  sql_.send("sagas", std::array{ids, state});
  sql_.send("journal", std::array{ids, input, sent});
  outbox_.write();
  sql_.send("commit", {});
  sql_.leave_pipeline();
  outbox_.publish();
}

std::unique_ptr<BareWorker> bare_replies(BareService& order_service) {
  const std::vector<BareWorker::Statement> statements{
      {"save",
       "UPDATE waybill.saga SET state = $2::jsonb, revision = revision + 1, changed_at = clock_timestamp(), "
       "deadline_at = clock_timestamp() + interval '60 seconds' WHERE id = ANY($1::uuid[])"},
      {"journal", insert_journal},
      {"confirm",
       "UPDATE orders SET status = 'confirmed', total_minor = 5997, currency = 'EUR', lines = $2::jsonb, "
       "ended_at = clock_timestamp(), revision = revision + 1 WHERE id = ANY($1::uuid[])"}};
  return std::make_unique<BareWorker>(order_service, "order.replies", "order.replies", statements,
                                      handle_replies);
}

}  // namespace waybill::bench
