#include "payment_fixture.hpp"

#include "waybill/contract/codec.hpp"

namespace shop::payment {

PaymentFixture::PaymentFixture()
    : ServiceFixture({.name = "payment",
                      .program = PAYMENT_PROGRAM,
                      .manifest = PAYMENT_MANIFEST,
                      .scopes = {"payments:read"}}) {}

message::Envelope PaymentFixture::charge_of(const Order& order, const std::string& token,
                                            std::int64_t minor_units, const std::string& currency) {
  v1::ChargePayment command;
  command.set_order_id(order.id);
  command.set_customer_id("customer-4711");
  command.mutable_amount()->set_minor_units(minor_units);
  command.mutable_amount()->set_currency(currency);
  command.set_payment_token(token);
  return envelope_of(command, order.saga);
}

message::Envelope PaymentFixture::refund_of(const Order& order) {
  v1::RefundPayment command;
  command.set_order_id(order.id);
  return envelope_of(command, order.saga);
}

template <class T>
T PaymentFixture::take_one() const {
  const auto replies = take_replies(1);
  if (replies.empty()) return {};
  const auto read = waybill::contract::Codec().decode<T>(replies.front());
  EXPECT_TRUE(read) << "came: " << replies.front().type << ' ' << replies.front().payload;
  return read ? *read : T();
}
template v1::PaymentCharged PaymentFixture::take_one() const;
template v1::PaymentDeclined PaymentFixture::take_one() const;
template v1::PaymentRefunded PaymentFixture::take_one() const;

std::string PaymentFixture::state_of(const Order& order) const {
  return database_.sql(
      "SELECT state, (SELECT count(*) FROM ledger_transfer WHERE payment_id = payment.id) FROM payment "
      "WHERE order_id = '" +
      order.id + "'");
}

std::string PaymentFixture::ledger() const {
  return database_.sql(
      "SELECT coalesce(string_agg(format('%s %s %s', account, currency, balance), '|' "
      "                           ORDER BY currency, account), '') FROM ledger_balance");
}

nlohmann::json PaymentFixture::get_json(const std::string& target) const {
  const auto answer = get(target);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return nlohmann::json::parse(answer.body, nullptr, false);
}

}  // namespace shop::payment
