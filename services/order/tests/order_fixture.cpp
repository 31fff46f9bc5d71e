#include "order_fixture.hpp"

#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "shop/payment/v1/payment.contract.hpp"
#include "shop/payment/v1/payment.pb.h"
#include "waybill/message/wire_format.hpp"
#include "waybill/testkit/eventually.hpp"

namespace shop::order {

using waybill::message::Envelope;

OrderFixture::OrderFixture()
    : ServiceFixture({.name = "order",
                      .program = SHOP_ORDER_PROGRAM,
                      .manifest = SHOP_TOPOLOGY,
                      .scopes = {"orders:read", "orders:write"}}) {}

std::string OrderFixture::wanted(const std::string& sku, const std::string& token) {
  return nlohmann::json{{"customer_id", "ada"},
                        {"contact", {{"email", "ada@example.com"}}},
                        {"lines", {{{"sku", sku}, {"quantity", 2}}}},
                        {"payment_token", token}}
      .dump();
}

std::string OrderFixture::place(const std::string& body) const {
  const auto answer = post("/api/v1/orders", body);
  EXPECT_EQ(answer.status, 202) << answer.body;
  return nlohmann::json::parse(answer.body).at("id");
}

nlohmann::json OrderFixture::order(const std::string& id) const {
  const auto answer = get("/api/v1/orders/" + id);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return nlohmann::json::parse(answer.body);
}

bool OrderFixture::comes_to(const std::string& id, const std::string& status) const {
  return waybill::testkit::eventually([&] { return this->status(id) == status; });
}

Envelope OrderFixture::command_to(const std::string& service) const {
  return take(service + ".commands", 1).at(0);
}

void OrderFixture::answer(const Envelope& command, const waybill::contract::Payload& reply) const {
  const auto envelope = envelope_of(reply, command.saga.value());
  ASSERT_TRUE(
      broker_.publish({waybill::message::Exchange{"replies"}, waybill::message::RoutingKey{command.reply_to}},
                      waybill::message::write_envelope(envelope)));
}

void OrderFixture::reserve(const std::string& id) const {
  inventory::v1::StockReserved reply;
  reply.set_order_id(id);
  reply.set_reservation_id("reservation of " + id);
  auto& line = *reply.add_lines();
  line.set_sku("tea");
  line.set_quantity(2);
  line.mutable_unit_price()->set_minor_units(450);
  line.mutable_unit_price()->set_currency("EUR");
  reply.mutable_total()->set_minor_units(900);
  reply.mutable_total()->set_currency("EUR");
  answer(command_to("inventory"), reply);
}

void OrderFixture::charge(const std::string& id) const {
  payment::v1::PaymentCharged reply;
  reply.set_order_id(id);
  reply.set_payment_id("payment of " + id);
  answer(command_to("payment"), reply);
}

void OrderFixture::confirm(const std::string& id) const {
  inventory::v1::ReservationConfirmed reply;
  reply.set_order_id(id);
  answer(command_to("inventory"), reply);
}

void OrderFixture::refund(const std::string& id) const {
  payment::v1::PaymentRefunded reply;
  reply.set_order_id(id);
  answer(command_to("payment"), reply);
}

void OrderFixture::release(const std::string& id) const {
  inventory::v1::StockReleased reply;
  reply.set_order_id(id);
  answer(command_to("inventory"), reply);
}

std::vector<std::string> OrderFixture::timeline(const std::string& id) const {
  std::vector<std::string> lines;
  const auto answer = nlohmann::json::parse(get("/api/v1/orders/" + id + "/timeline").body);
  for (const auto& item : answer.at("items")) lines.push_back(item.at("what"));
  return lines;
}

}  // namespace shop::order
