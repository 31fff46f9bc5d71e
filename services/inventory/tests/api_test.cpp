#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "inventory_fixture.hpp"

// What clients and operators ask of the inventory, on real servers.

namespace shop::inventory::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InventoryApi : public InventoryFixture {
 protected:
  /// A problem document of that kind, with a pointer to that field where one is given.
  static void expect_problem(const RawAnswer& answer, int status, const std::string& name,
                             const std::string& pointer = {}) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_THAT(answer.header("content-type"), HasSubstr("application/problem+json"));
    const auto problem = json::parse(answer.body);
    EXPECT_EQ(problem.at("type"), "urn:waybill:problem:" + name);
    if (!pointer.empty()) {
      EXPECT_THAT(answer.body, HasSubstr("\"pointer\":\"" + pointer + "\""));
    }
  }
  RawAnswer get_with(const std::string& target, const std::string& fields) const {
    return ask_api(waybill::http::testing::get(target, bearer() + fields)).value();
  }
};

TEST_F(InventoryApi, makes_changes_shows_and_restocks_products) {
  const auto service = start_ready();
  const std::string tea = R"({"name": "Green tea", "price": {"minor_units": 895, "currency": "EUR"}})";
  const auto made = put("/api/v1/products/tea", tea, "put-1");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("location"), "/api/v1/products/tea");
  EXPECT_EQ(made.header("etag"), "\"r1\"");
  const auto again = put("/api/v1/products/tea", tea, "put-1");
  EXPECT_EQ(again.status, 201) << "the repeat of a request gets its answer";
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  const auto same = put("/api/v1/products/tea", tea);
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.header("etag"), "\"r1\"") << "what changes nothing is no new revision";
  const auto stocked = post("/api/v1/products/tea/restock", R"({"quantity": 10})", "restock-1");
  EXPECT_EQ(stocked.status, 200);
  EXPECT_EQ(post("/api/v1/products/tea/restock", R"({"quantity": 10})", "restock-1").body, stocked.body);
  ask(reserve({}, {{"tea", 3}}));
  const auto shown = get("/api/v1/products/tea");
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body, R"({"sku":"tea","name":"Green tea","price":{"minor_units":895,"currency":"EUR"},)"
                        R"("on_hand":10,"reserved":3,"sold":0,"available":7})");
  EXPECT_EQ(shown.header("etag"), "\"r3\"");
  EXPECT_EQ(get_with("/api/v1/products/tea", "If-None-Match: \"r3\"\r\n").status, 304);
  EXPECT_EQ(get("/api/v1/products/tea/availability?quantity=7").body,
            R"({"sku":"tea","quantity":7,"is_available":true,"available":7})");
  EXPECT_EQ(get("/api/v1/products/tea/availability?quantity=8").body,
            R"({"sku":"tea","quantity":8,"is_available":false,"available":7})");
}

TEST_F(InventoryApi, changes_only_what_the_client_has_seen_where_it_says_so) {
  const auto service = start_ready();
  EXPECT_EQ(put_product("tea", 895).status, 201);
  EXPECT_EQ(restock("tea", 1).status, 200);
  const auto put_if = [&](const std::string& condition) {
    auto request = waybill::http::testing::post(
        "/api/v1/products/tea", R"({"name": "T", "price": {"minor_units": 1, "currency": "EUR"}})",
        bearer() + "Idempotency-Key: " + waybill::base::new_uuid_v7().to_string() + "\r\n" + condition +
            "\r\n");
    return ask_api(request.replace(0, 4, "PUT")).value();
  };
  expect_problem(put_if("If-Match: \"r1\""), 412, "precondition-failed");
  expect_problem(put_if("If-None-Match: *"), 412, "precondition-failed");
  EXPECT_EQ(put_if("If-Match: \"r2\"").status, 200);
}

TEST_F(InventoryApi, keeps_the_currency_of_what_is_reserved_or_sold) {
  const auto service = start_ready();
  EXPECT_EQ(put_product("tea", 895, "JPY").status, 201);
  EXPECT_EQ(put_product("tea", 895, "EUR").status, 200);
  EXPECT_EQ(restock("tea", 5).status, 200);
  const Order order;
  const auto id = read<v1::StockReserved>(ask(reserve(order, {{"tea", 1}}))).reservation_id();
  expect_problem(put_product("tea", 895, "JPY"), 409, "currency-settled", "#/price/currency");
  ask(confirm(order, id));
  expect_problem(put_product("tea", 895, "JPY"), 409, "currency-settled", "#/price/currency");
  EXPECT_EQ(put_product("tea", 700, "EUR").status, 200);
}

TEST_F(InventoryApi, lists_products_page_by_page) {
  const auto service = start_ready();
  for (const auto* sku : {"b", "a", "B", "c-1"}) EXPECT_EQ(put_product(sku, 1).status, 201);
  std::vector<std::string> skus;
  std::string cursor;
  for (int page = 0; page < 3 && (page == 0 || !cursor.empty()); ++page) {
    const auto answer = get("/api/v1/products?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    const auto listing = json::parse(answer.body);
    for (const auto& item : listing.at("items")) skus.push_back(item.at("sku"));
    const auto& next = listing.at("next_cursor");
    cursor = next.is_null() ? "" : next.get<std::string>();
  }
  EXPECT_THAT(skus, ElementsAre("B", "a", "b", "c-1"));
  EXPECT_TRUE(cursor.empty());
  expect_problem(get("/api/v1/products?limit=0"), 400, "query-invalid", "query: limit");
  expect_problem(get("/api/v1/products?cursor=x"), 400, "query-invalid", "query: cursor");
}

TEST_F(InventoryApi, lists_what_became_of_an_orders_reservations) {
  const auto service = start_ready();
  have("tea", 5, 895);
  const Order kept;
  const auto id = read<v1::StockReserved>(ask(reserve(kept, {{"tea", 2}}))).reservation_id();
  const Order refused;
  ask(reserve(refused, {{"tea", 9}}));
  const auto items_of = [&](const std::string& query) {
    const auto answer = get("/api/v1/reservations" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).at("items");
  };
  const auto open = items_of("?order_id=" + kept.id);
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open.at(0).at("id"), id);
  EXPECT_EQ(open.at(0).at("status"), "reserved");
  EXPECT_EQ(open.at(0).at("saga_id"), kept.saga.to_string());
  EXPECT_EQ(open.at(0).at("lines").dump(),
            R"([{"quantity":2,"sku":"tea","unit_price":{"currency":"EUR","minor_units":895}}])");
  EXPECT_EQ(open.at(0).at("total").at("minor_units"), 1790);
  EXPECT_THAT(open.at(0).at("created_at").get<std::string>(),
              ::testing::MatchesRegex("....-..-..T..:..:..\\....Z"));
  EXPECT_FALSE(open.at(0).contains("ended_at"));
  const auto closed = items_of("?order_id=" + refused.id);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed.at(0).at("status"), "refused");
  EXPECT_EQ(closed.at(0).at("reason"), "insufficient");
  EXPECT_EQ(closed.at(0).at("shortages").at(0).at("available"), 3);
  EXPECT_EQ(items_of("").size(), 2U);
  EXPECT_EQ(items_of("?open=true").size(), 1U);
  ask(confirm(kept, id));
  EXPECT_EQ(items_of("?open=true").size(), 0U);
  EXPECT_EQ(items_of("?open=true&order_id=" + kept.id).size(), 0U);
  EXPECT_TRUE(items_of("?order_id=" + kept.id).at(0).contains("ended_at"));
  EXPECT_EQ(items_of("?order_id=nobody").size(), 0U);
  expect_problem(get("/api/v1/reservations?open=perhaps"), 400, "query-invalid", "query: open");
}

TEST_F(InventoryApi, says_what_is_wrong_with_a_request_and_does_nothing) {
  const auto service = start_ready();
  const auto price = [](const std::string& amount, const std::string& currency) {
    return R"({"name": "Tea", "price": {"minor_units": )" + amount + R"(, "currency": )" + currency + "}}";
  };
  struct Case {
    std::string body;
    std::string pointer;
  };
  for (const auto& [body, pointer] :
       {Case{price("-1", "\"EUR\""), "#/price/minor_units"},
        Case{price("8.95", "\"EUR\""), "#/price/minor_units"},
        Case{price("\"895\"", "\"EUR\""), "#/price/minor_units"},
        Case{price("1000000001", "\"EUR\""), "#/price/minor_units"},
        Case{price("895", "\"eur\""), "#/price/currency"}, Case{price("895", "7"), "#/price/currency"},
        Case{R"({"name": "", "price": {"minor_units": 1, "currency": "EUR"}})", "#/name"},
        Case{R"({"name": ["Tea"], "price": {"minor_units": 1, "currency": "EUR"}})", "#/name"},
        Case{R"({"name": "Tea", "price": 895})", "#/price"}, Case{R"({"name": "Tea"})", "#/price"},
        Case{R"({"name": "Tea", "price": {"minor_units": 1, "currency": "EUR"}, "on_hand": -5})",
             "#/on_hand"}}) {
    SCOPED_TRACE(body);
    expect_problem(put("/api/v1/products/tea", body), 422, "body-invalid", pointer);
  }
  expect_problem(put("/api/v1/products/tea", "{"), 400, "body-malformed");
  expect_problem(put("/api/v1/products/-tea", price("895", "\"EUR\"")), 400, "sku-invalid");
  expect_problem(put("/api/v1/products/a%20b", price("895", "\"EUR\"")), 400, "sku-invalid");
  EXPECT_EQ(row("SELECT count(*) FROM product"), "0");

  expect_problem(get("/api/v1/products/tea"), 404, "product-unknown");
  expect_problem(get("/api/v1/products/tea/availability?quantity=1"), 404, "product-unknown");
  expect_problem(restock("tea", 1), 404, "product-unknown");
  have("tea", 5);
  for (const auto* quantity : {"0", "-5", "1000001", "1.5", "\"5\"", "null", "true"}) {
    SCOPED_TRACE(quantity);
    expect_problem(post("/api/v1/products/tea/restock", std::string(R"({"quantity": )") + quantity + "}"),
                   422, "body-invalid", "#/quantity");
  }
  EXPECT_EQ(stock("tea"), "5 0 0");
  for (const auto* query : {"", "?quantity=0", "?quantity=-1", "?quantity=x", "?quantity=1000001"}) {
    SCOPED_TRACE(query);
    expect_problem(get(std::string("/api/v1/products/tea/availability") + query), 400, "query-invalid",
                   "query: quantity");
  }
  expect_problem(get("/api/v1/products/tea?verbose=1"), 400, "query-invalid", "query: verbose");
  EXPECT_EQ(ask_api(waybill::http::testing::get("/api/v1/products/tea"))->status, 401);
}

}  // namespace
}  // namespace shop::inventory::testing
