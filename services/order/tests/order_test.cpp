#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "order_fixture.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "shop/payment/v1/payment.contract.hpp"
#include "shop/payment/v1/payment.pb.h"
#include "waybill/contract/codec.hpp"
#include "waybill/testkit/eventually.hpp"

// An order from the request to its end, as its clients and the other services see it.

namespace shop::order {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using waybill::testkit::eventually;

class Orders : public OrderFixture {};

template <class T>
T decoded(const waybill::message::Envelope& envelope) {
  return waybill::contract::Codec().decode<T>(envelope).value();
}

TEST_F(Orders, have_a_saga_whose_picture_in_the_README_is_current) {
  std::ifstream file(WAYBILL_README);
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const auto picture = run({"saga"}, {});
  EXPECT_EQ(picture.status, 0);
  EXPECT_THAT(readme, HasSubstr("```mermaid\n" + picture.text + "```\n"));
}

TEST_F(Orders, go_through_with_the_inventorys_prices) {
  const auto service = start_ready();
  const auto answer = post("/api/v1/orders", wanted());
  ASSERT_EQ(answer.status, 202) << answer.body;
  const auto placed = nlohmann::json::parse(answer.body);
  const std::string id = placed.at("id");
  EXPECT_EQ(answer.header("location"), "/api/v1/orders/" + id);
  EXPECT_EQ(placed.at("status"), "placed");
  EXPECT_FALSE(placed.contains("total")) << "nobody knows a price yet";
  reserve(id);
  charge(id);
  confirm(id);
  ASSERT_TRUE(comes_to(id, "confirmed"));
  const auto done = order(id);
  EXPECT_EQ(done.at("total"), (nlohmann::json{{"minor_units", 900}, {"currency", "EUR"}}));
  EXPECT_EQ(done.at("lines").at(0).at("unit_price").at("minor_units"), 450);
  EXPECT_TRUE(done.contains("ended_at"));
  EXPECT_THAT(timeline(id), ElementsAre("it began, step 'reserve' was asked for",
                                        "StockReserved came from step 'reserve', step 'pay' was asked for",
                                        "PaymentCharged came from step 'pay', step 'confirm' was asked for",
                                        "ReservationConfirmed came from step 'confirm', it is completed"));
  const auto events = take("analytics.events", 2);
  EXPECT_EQ(decoded<v1::OrderPlaced>(events.at(0)).contact().email(), "ada@example.com");
  EXPECT_EQ(decoded<v1::OrderConfirmed>(events.at(1)).total().minor_units(), 900);
}

TEST_F(Orders, ask_the_payment_for_the_total_and_never_show_the_token) {
  const auto service = start_ready();
  const auto id = place(wanted("tea", "tok_secret"));
  reserve(id);
  const auto charge = decoded<payment::v1::ChargePayment>(command_to("payment"));
  EXPECT_EQ(charge.amount().minor_units(), 900);
  EXPECT_EQ(charge.payment_token(), "tok_secret");
  EXPECT_THAT(order(id).dump(), ::testing::Not(HasSubstr("tok_secret")));
}

TEST_F(Orders, forget_the_token_once_it_has_paid) {
  const auto service = start_ready();
  const auto id = place(wanted("tea", "tok_secret"));
  const std::string is_remembered = "SELECT state::text ~ 'tok_secret' FROM waybill.saga";
  EXPECT_EQ(database_.sql(is_remembered), "t\n");
  reserve(id);
  charge(id);
  ASSERT_TRUE(eventually([&] { return timeline(id).size() == 3; }));
  EXPECT_EQ(database_.sql(is_remembered), "f\n");
}

TEST_F(Orders, that_are_declined_give_the_stock_back) {
  const auto service = start_ready();
  const auto id = place();
  reserve(id);
  payment::v1::PaymentDeclined declined;
  declined.set_order_id(id);
  answer(command_to("payment"), declined);
  ASSERT_TRUE(comes_to(id, "cancelling"));
  EXPECT_EQ(order(id).at("reason"), "payment_declined");
  release(id);
  ASSERT_TRUE(comes_to(id, "cancelled"));
  EXPECT_EQ(decoded<v1::OrderCancelled>(take("analytics.events", 2).at(1)).reason(),
            v1::ORDER_CANCELLATION_REASON_PAYMENT_DECLINED);
}

TEST_F(Orders, say_why_the_inventory_refused) {
  const auto service = start_ready();
  for (const auto& [refusal, reason] :
       {std::pair{inventory::v1::STOCK_REFUSAL_REASON_INSUFFICIENT, "out_of_stock"},
        std::pair{inventory::v1::STOCK_REFUSAL_REASON_UNKNOWN_SKU, "unknown_sku"},
        std::pair{inventory::v1::STOCK_REFUSAL_REASON_MIXED_CURRENCIES, "mixed_currencies"}}) {
    const auto id = place();
    inventory::v1::StockRefused refused;
    refused.set_reason(refusal);
    answer(command_to("inventory"), refused);
    ASSERT_TRUE(comes_to(id, "cancelled"));
    EXPECT_EQ(order(id).at("reason"), reason);
  }
}

// What is late may have been done all the same: it is undone as well.
TEST_F(Orders, that_nobody_answers_in_time_are_undone) {
  const auto service = start_ready({{"WAYBILL_SAGA_PAY_WITHIN", "300ms"}});
  const auto id = place();
  reserve(id);
  ASSERT_TRUE(comes_to(id, "cancelling"));
  charge(id);  // too late
  refund(id);
  release(id);
  ASSERT_TRUE(comes_to(id, "cancelled"));
  EXPECT_EQ(order(id).at("reason"), "timed_out");
}

TEST_F(Orders, are_cancelled_once_and_only_before_they_are_final) {
  const auto service = start_ready();
  const auto id = place();
  reserve(id);
  const auto charge_of_it = command_to("payment");
  const auto cancelled = post("/api/v1/orders/" + id + "/cancel", "");
  EXPECT_EQ(cancelled.status, 202) << cancelled.body;
  EXPECT_THAT(cancelled.body, AllOf(HasSubstr(R"("status":"cancelling")"), HasSubstr("customer_request")));
  EXPECT_EQ(post("/api/v1/orders/" + id + "/cancel", "").status, 202);
  answer(charge_of_it, payment::v1::PaymentCharged());  // too late
  refund(id);
  release(id);
  ASSERT_TRUE(comes_to(id, "cancelled"));
  EXPECT_EQ(post("/api/v1/orders/" + id + "/cancel", "").status, 202);

  const auto kept = place();
  reserve(kept);
  charge(kept);
  ASSERT_TRUE(eventually([&] { return timeline(kept).size() == 3; }));
  const auto late = post("/api/v1/orders/" + kept + "/cancel", "");
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, HasSubstr("order-too-late"));
  confirm(kept);
  ASSERT_TRUE(comes_to(kept, "confirmed"));
  EXPECT_EQ(post("/api/v1/orders/" + kept + "/cancel", "").status, 409);
}

// Who has read it holds an ETag, which is good as long as nothing has changed that it shows.
TEST_F(Orders, are_the_same_to_clients_when_an_undo_is_asked_for_again) {
  const auto service = start_ready();
  const auto id = place();
  EXPECT_EQ(command_to("inventory").type, "shop.inventory.v1.ReserveStock");
  ASSERT_EQ(post("/api/v1/orders/" + id + "/cancel", "").status, 202);
  const auto tag = get("/api/v1/orders/" + id).header("etag");
  EXPECT_EQ(command_to("inventory").type, "shop.inventory.v1.ReleaseStock");
  database_.sql("UPDATE waybill.saga SET deadline_at = clock_timestamp(), look_at = clock_timestamp()");
  EXPECT_EQ(command_to("inventory").type, "shop.inventory.v1.ReleaseStock");
  ASSERT_EQ(timeline(id).size(), 3U);
  EXPECT_EQ(get("/api/v1/orders/" + id).header("etag"), tag);
}

TEST_F(Orders, are_cancelled_by_a_command_as_well) {
  const auto service = start_ready();
  const auto id = place();
  v1::CancelOrder command;
  command.set_order_id(id);
  send_command(envelope_of(command));
  EXPECT_EQ(decoded<v1::CancellationAccepted>(take_replies(1).at(0)).order_id(), id);
  command.set_order_id("0190b5a8-3c00-7000-8000-000000000001");
  send_command(envelope_of(command));
  EXPECT_EQ(decoded<v1::CancellationRefused>(take_replies(1).at(0)).reason(),
            v1::CANCELLATION_REFUSAL_REASON_UNKNOWN_ORDER);
}

TEST_F(Orders, are_placed_once_for_a_key) {
  const auto service = start_ready();
  const auto first = post("/api/v1/orders", wanted(), "basket-1");
  const auto again = post("/api/v1/orders", wanted(), "basket-1");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM orders"), "1\n");
  EXPECT_EQ(post("/api/v1/orders", wanted("coffee"), "basket-1").status, 422);
}

TEST_F(Orders, are_listed_the_newest_first_by_status_and_customer) {
  const auto service = start_ready();
  std::vector<std::string> ids;
  for (int n = 0; n < 3; ++n) ids.push_back(place());
  inventory::v1::StockRefused refused;
  answer(command_to("inventory"), refused);
  ASSERT_TRUE(comes_to(ids[0], "cancelled"));
  const auto page = [&](const std::string& query) {
    std::vector<std::string> listed;
    const auto answer = get("/api/v1/orders" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto json = nlohmann::json::parse(answer.body);
    for (const auto& item : json.at("items")) listed.push_back(item.at("id"));
    return std::pair(listed, json.at("next_cursor"));
  };
  EXPECT_THAT(page("").first, ElementsAre(ids[2], ids[1], ids[0]));
  EXPECT_THAT(page("?status=cancelled").first, ElementsAre(ids[0]));
  EXPECT_THAT(page("?status=placed&customer_id=ada").first, ElementsAre(ids[2], ids[1]));
  EXPECT_THAT(page("?customer_id=bob").first, ElementsAre());
  const auto [first, cursor] = page("?limit=2");
  EXPECT_THAT(first, ElementsAre(ids[2], ids[1]));
  const auto [second, none] = page("?limit=2&cursor=" + cursor.get<std::string>());
  EXPECT_THAT(second, ElementsAre(ids[0]));
  EXPECT_TRUE(none.is_null());
}

TEST_F(Orders, are_nobody_elses) {
  const auto service = start_ready();
  const auto id = place();
  database_.sql("UPDATE orders SET client = 'somebody else'");
  EXPECT_EQ(get("/api/v1/orders/" + id).status, 404);
  EXPECT_EQ(get("/api/v1/orders/" + id + "/timeline").status, 404);
  EXPECT_EQ(get("/api/v1/orders/" + id + "/stream").status, 404);
  EXPECT_EQ(post("/api/v1/orders/" + id + "/cancel", "").status, 404);
  EXPECT_EQ(nlohmann::json::parse(get("/api/v1/orders").body).at("items").size(), 0U);
}

// Deadlines keep a thread beside the consumers of replies and commands, and reads must not wait for it.
TEST_F(Orders, want_a_connection_more_than_what_they_accept_consume_and_keep_running) {
  auto few = variables();
  few["WAYBILL_POSTGRES_CONNECTIONS"] = "6";
  const auto refused = run({}, few);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.text, HasSubstr("postgres.connections is 6, and the service takes 6"));
}

TEST_F(Orders, stream_what_happens_until_they_end) {
  const auto service = start_ready();
  const auto id = place();
  waybill::http::testing::RawClient client(http_port_);
  const auto stream = "/api/v1/orders/" + id + "/stream";
  client.send(waybill::http::testing::get(stream, bearer()));
  EXPECT_THAT(client.receive_until("step 'reserve' was asked for"), HasSubstr("text/event-stream"));
  reserve(id);
  EXPECT_THAT(client.receive_until("step 'pay' was asked for"), HasSubstr("id: 2"));
  charge(id);
  confirm(id);
  EXPECT_THAT(client.receive_rest(), AllOf(HasSubstr("id: 4"), HasSubstr("it is completed")));
  // Who comes back gets what it has not seen, and is told when that is nothing.
  waybill::http::testing::RawClient again(http_port_);
  again.send(waybill::http::testing::get(stream, bearer() + "Last-Event-ID: 3\r\n"));
  EXPECT_THAT(again.receive_rest(), AllOf(HasSubstr("id: 4"), ::testing::Not(HasSubstr("id: 3\n"))));
  EXPECT_EQ(ask_api(waybill::http::testing::get(stream, bearer() + "Last-Event-ID: 4\r\n"))->status, 204);
}

}  // namespace
}  // namespace shop::order
