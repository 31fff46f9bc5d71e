#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "payment_fixture.hpp"

// What api/openapi.yaml says is answered.

namespace shop::payment {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class PaymentApi : public PaymentFixture {
 protected:
  void expect_problem(const std::string& target, int status, const std::string& name) const {
    const auto answer = get(target);
    EXPECT_EQ(answer.status, status) << target;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_THAT(answer.body, HasSubstr("urn:waybill:problem:" + name + "\"")) << target;
  }
};

TEST_F(PaymentApi, shows_a_payment_with_what_it_wrote_into_the_ledger) {
  const auto service = start_ready();
  const Order order;
  charge(order, "tok_ok");
  const auto id = take_charged().payment_id();
  refund(order);
  take_refunded();
  const auto payment = get_json("/api/v1/payments/" + id);
  EXPECT_EQ(payment["id"], id);
  EXPECT_EQ(payment["order_id"], order.id);
  EXPECT_EQ(payment["customer_id"], "customer-4711");
  EXPECT_EQ(payment["amount"], nlohmann::json::parse(R"({"minor_units": 1999, "currency": "EUR"})"));
  EXPECT_EQ(payment["status"], "refunded");
  EXPECT_FALSE(payment.contains("reason"));
  EXPECT_EQ(payment["saga"]["id"], order.saga.saga.to_string());
  EXPECT_EQ(payment["saga"]["step"], "pay");
  EXPECT_EQ(payment["saga"]["epoch"], 1);
  EXPECT_THAT(payment["created_at"].get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z"));
  ASSERT_EQ(payment["transfers"].size(), 2U);
  EXPECT_EQ(payment["transfers"][0]["kind"], "capture");
  EXPECT_EQ(payment["transfers"][0]["debit_account"], "provider:clearing");
  EXPECT_EQ(payment["transfers"][1]["kind"], "refund");
  EXPECT_EQ(payment["transfers"][1]["debit_account"], "shop:revenue");
  EXPECT_EQ(payment["transfers"][1]["amount"]["minor_units"], 1999);
}

TEST_F(PaymentApi, lists_payments_of_an_order_and_page_by_page) {
  const auto service = start_ready();
  const std::vector<Order> orders(3);
  std::vector<std::string> newest_first;
  for (const auto& order : orders) {
    charge(order, "tok_ok");
    newest_first.insert(newest_first.begin(), take_charged().payment_id());
  }
  const auto of_order = get_json("/api/v1/payments?order_id=" + orders[1].id);
  ASSERT_EQ(of_order["items"].size(), 1U);
  EXPECT_EQ(of_order["items"][0]["id"], newest_first[1]);
  EXPECT_TRUE(of_order["next_cursor"].is_null());
  EXPECT_TRUE(get_json("/api/v1/payments?order_id=" + new_uuid_v7().to_string())["items"].empty());
  std::vector<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 2; ++page) {
    const auto answer = get_json("/api/v1/payments?limit=2" + cursor);
    for (const auto& item : answer["items"]) seen.push_back(item["id"]);
    if (answer["next_cursor"].is_string()) cursor = "&cursor=" + answer["next_cursor"].get<std::string>();
    EXPECT_EQ(answer["next_cursor"].is_null(), page == 1);
  }
  EXPECT_EQ(seen, newest_first);
}

TEST_F(PaymentApi, shows_balances_that_add_up_to_nothing) {
  const auto service = start_ready();
  EXPECT_EQ(get("/api/v1/ledger").body, R"({"balances":[],"sums":[]})");
  charge({}, "tok_ok");
  send_command(charge_of({}, "tok_ok", 7, "JPY"));
  take_replies(2);
  EXPECT_EQ(get("/api/v1/ledger").body,
            R"({"balances":[{"account":"provider:clearing","balance":{"minor_units":1999,"currency":"EUR"}},)"
            R"({"account":"shop:revenue","balance":{"minor_units":-1999,"currency":"EUR"}},)"
            R"({"account":"provider:clearing","balance":{"minor_units":7,"currency":"JPY"}},)"
            R"({"account":"shop:revenue","balance":{"minor_units":-7,"currency":"JPY"}}],)"
            R"("sums":[{"minor_units":0,"currency":"EUR"},{"minor_units":0,"currency":"JPY"}]})");
}

TEST_F(PaymentApi, answers_what_it_cannot_take_with_a_problem_document) {
  const auto service = start_ready();
  expect_problem("/api/v1/payments?order_id=order-1", 400, "query-invalid");
  expect_problem("/api/v1/payments?limit=0", 400, "query-invalid");
  expect_problem("/api/v1/payments?limit=201", 400, "query-invalid");
  expect_problem("/api/v1/payments?cursor=x", 400, "query-invalid");
  expect_problem("/api/v1/payments?status=charged", 400, "query-invalid");
  expect_problem("/api/v1/ledger?currency=EUR", 400, "query-invalid");
  expect_problem("/api/v1/payments/" + new_uuid_v7().to_string(), 404, "payment-unknown");
  expect_problem("/api/v1/payments/1", 404, "payment-unknown");
  expect_problem("/api/v1/payments/" + new_uuid_v7().to_string() + "?deep=true", 400, "query-invalid");
  EXPECT_EQ(ask_api("GET /api/v1/ledger HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")->status, 401);
}

}  // namespace
}  // namespace shop::payment
