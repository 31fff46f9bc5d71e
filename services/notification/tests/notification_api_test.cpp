#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "notification_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

namespace shop::notification {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using waybill::testkit::eventually;

const std::string preferences_of_ada = "/api/v1/customers/ada/preferences";
constexpr auto everything = R"({"email":{"placed":true,"confirmed":true,"cancelled":true},)"
                            R"("sms":{"placed":true,"confirmed":true,"cancelled":true},)"
                            R"("push":{"placed":true,"confirmed":true,"cancelled":true}})";

class NotificationApi : public NotificationFixture {
 protected:
  json listing(const std::string& query) const {
    const auto answer = get("/api/v1/notifications" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
};

std::string wants(const std::string& sms) {
  return R"({"email": {"placed": true, "confirmed": true, "cancelled": true}, "sms": )" + sms +
         R"(, "push": {"placed": true, "confirmed": true, "cancelled": true}})";
}

TEST_F(NotificationApi, keeps_what_customers_want_and_refuses_what_it_does_not_understand) {
  const auto service = start_ready(workers("email"));
  EXPECT_EQ(get(preferences_of_ada).body, everything) << "until ada says otherwise";
  const auto nothing = wants(R"({"placed": false, "confirmed": false, "cancelled": false})");
  const auto changed = put(preferences_of_ada, nothing, "change-1");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(json::parse(changed.body), json::parse(nothing));
  EXPECT_EQ(get(preferences_of_ada).body, changed.body);
  EXPECT_EQ(get("/api/v1/customers/bob/preferences").body, everything);
  EXPECT_EQ(put(preferences_of_ada, everything, "change-2").body, everything);
  EXPECT_EQ(put(preferences_of_ada, nothing, "change-1").header("idempotency-replayed"), "true");
  EXPECT_EQ(get(preferences_of_ada).body, everything) << "a repeat changes nothing";

  const auto incomplete = put(preferences_of_ada, wants(R"({"placed": 1, "confirmed": true, "sent": true})"));
  EXPECT_EQ(incomplete.status, 422);
  EXPECT_EQ(incomplete.header("content-type"), "application/problem+json");
  std::set<std::string> pointers;
  const auto told = json::parse(incomplete.body);
  for (const auto& error : told["errors"]) pointers.insert(error["pointer"]);
  EXPECT_EQ(pointers, (std::set<std::string>{"#/sms/placed", "#/sms/cancelled", "#/sms/sent"}));
  EXPECT_EQ(put(preferences_of_ada, "{}").status, 422);
  EXPECT_EQ(put(preferences_of_ada, "[").status, 400);
  for (const auto* name : {"-ada", "a%20b", "a%0Ab"}) {
    const auto target = "/api/v1/customers/" + std::string(name) + "/preferences";
    EXPECT_EQ(get(target).status, 400) << name;
    EXPECT_EQ(put(target, everything).status, 400) << name;
  }
  EXPECT_THAT(get("/api/v1/customers/-ada/preferences").body,
              HasSubstr("urn:waybill:problem:customer-id-invalid"));
  EXPECT_EQ(get("/api/v1/customers/" + std::string(65, 'a') + "/preferences").status, 400);
  EXPECT_EQ(ask_api(waybill::http::testing::get(preferences_of_ada))->status, 401);
  EXPECT_EQ(ask_api(waybill::http::testing::post(preferences_of_ada, everything, bearer()))->status, 405);
  EXPECT_EQ(get(preferences_of_ada).body, everything);
}

TEST_F(NotificationApi, lists_notifications_of_orders_and_customers_page_by_page) {
  const auto service = start_ready(workers("events,email"));
  const auto event = confirmed();
  publish_event(envelope_of(event));
  publish_event(envelope_of(placed()));
  publish_event(envelope_of(placed("bob")));
  ASSERT_TRUE(eventually([&] { return count_rows("delivered") == 3 && count_rows("requested") == 6; }));

  const auto of_order = listing("?order_id=" + event.order_id());
  EXPECT_TRUE(of_order["next_cursor"].is_null());
  ASSERT_EQ(of_order["items"].size(), 3U);
  for (const auto& item : of_order["items"]) {
    EXPECT_EQ(item["order_id"], event.order_id());
    EXPECT_EQ(item["customer_id"], "ada");
    EXPECT_EQ(item["event"], "confirmed");
    EXPECT_EQ(item["status"], item["channel"] == "email" ? "delivered" : "requested");
    EXPECT_EQ(item.contains("delivered_at"), item["channel"] == "email");
    EXPECT_THAT(item["requested_at"].get<std::string>(), MatchesRegex("20[0-9-]{8}T[0-9:]{8}\\.[0-9]{3}Z"));
    if (item["channel"] == "email") {
      EXPECT_EQ(item["recipient"], "ada@example.com");
      EXPECT_EQ(item["subject"], "Your order " + event.order_id() + " is confirmed");
    }
  }
  EXPECT_EQ(listing("?customer_id=ada")["items"].size(), 6U);
  EXPECT_EQ(listing("?customer_id=bob&order_id=" + event.order_id())["items"].size(), 0U);
  EXPECT_EQ(listing("")["items"].size(), 9U);

  std::set<std::string> seen;
  std::string before = "g";
  for (std::string query = "?customer_id=ada&limit=4";;) {
    const auto page = listing(query);
    for (const auto& item : page["items"]) {
      EXPECT_TRUE(seen.insert(item["id"]).second);
      EXPECT_LT(item["id"].get<std::string>(), before) << "the newest first";
      before = item["id"];
    }
    if (page["next_cursor"].is_null()) break;
    query = "?customer_id=ada&limit=4&cursor=" + page["next_cursor"].get<std::string>();
  }
  EXPECT_EQ(seen.size(), 6U);

  const auto cursor = listing("?limit=1")["next_cursor"].get<std::string>();
  for (const auto& query :
       {std::string("?order_id=17"), std::string("?customer_id=a%20b"), std::string("?limit=0"),
        std::string("?channel=email"), std::string("?cursor=x"), "?customer_id=ada&cursor=" + cursor}) {
    const auto refused = get("/api/v1/notifications" + query);
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_EQ(refused.header("content-type"), "application/problem+json");
    EXPECT_THAT(refused.body, HasSubstr("urn:waybill:problem:query-invalid"));
  }
}

}  // namespace
}  // namespace shop::notification
