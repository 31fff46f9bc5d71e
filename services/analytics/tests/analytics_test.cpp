#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "service_fixture.hpp"
#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "waybill/base/timestamp.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace shop::analytics {
namespace {

using namespace std::chrono_literals;
using namespace waybill;
using Json = nlohmann::json;
using order::v1::OrderCancelled, order::v1::OrderConfirmed, order::v1::OrderPlaced;
using ::testing::HasSubstr;

constexpr base::WallTime noon{std::chrono::sys_days{std::chrono::January / 31 / 2026} + 12h};

message::Envelope at(base::WallTime time, message::Envelope envelope) {
  envelope.time = time;
  return envelope;
}

class Analytics : public service::testing::ServiceFixture {
 protected:
  Analytics()
      : ServiceFixture({.name = "analytics",
                        .program = SHOP_ANALYTICS_PROGRAM,
                        .manifest = SHOP_TOPOLOGY,
                        .scopes = {"analytics:read", "analytics:write"}}) {}

  static std::string new_order() { return base::new_uuid_v7().to_string(); }

  static message::Envelope placed(const std::string& order, base::WallTime time = noon) {
    OrderPlaced event;
    event.set_order_id(order);
    return at(time, envelope_of(event));
  }
  static message::Envelope confirmed(const std::string& order, std::int64_t minor_units,
                                     const std::string& currency = "EUR", base::WallTime time = noon) {
    OrderConfirmed event;
    event.set_order_id(order);
    event.mutable_total()->set_minor_units(minor_units);
    event.mutable_total()->set_currency(currency);
    return at(time, envelope_of(event));
  }
  static message::Envelope cancelled(const std::string& order, order::v1::OrderCancellationReason reason,
                                     base::WallTime time = noon) {
    OrderCancelled event;
    event.set_order_id(order);
    event.set_reason(reason);
    return at(time, envelope_of(event));
  }

  void publish(const std::vector<message::Envelope>& events) const {
    for (const auto& event : events) publish_event(event);
  }
  /// The same through this database's own outbox, whose relay sends and keeps them as the order service's
  /// does.
  void publish_by_outbox(const std::vector<message::Envelope>& events) const {
    std::string rows;
    for (const auto& event : events) {
      const Json headers{{":app_id", "order"},
                         {":content_type", event.content_type},
                         {"cloudEvents_specversion", "1.0"},
                         {"cloudEvents_source", "order"},
                         {"cloudEvents_time", base::format_timestamp(event.time)}};
      rows += (rows.empty() ? "('', '" : ", ('', '") + event.id.value().to_string() + "', 'event', '" +
              event.type + "', 'events.fanout', '', '" + headers.dump() + "', '" + event.payload + "')";
    }
    database_.sql(
        "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, payload) "
        "VALUES " +
        rows);
  }
  bool has_handled(std::size_t messages) const { return count("waybill.inbox") == messages; }
  std::size_t count(const std::string& table) const {
    return std::stoul(database_.sql("SELECT count(*) FROM " + table));
  }
  Json summary(const std::string& query = {}) const {
    const auto answer = get("/api/v1/analytics/summary" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body);
  }
  Json orders() const { return summary()["orders"]; }
  bool becomes(const Json& expected) const {
    return testkit::eventually([&] { return summary() == expected; }, [&] { return summary().dump(); });
  }
};

Json revenue(const std::string& day, const std::string& currency, int orders, int minor_units) {
  return {{"day", day}, {"currency", currency}, {"orders", orders}, {"minor_units", minor_units}};
}

TEST_F(Analytics, counts_the_same_in_whatever_order_events_come_and_however_often) {
  const auto service = start_ready();
  EXPECT_EQ(orders()["placed"], 0);
  EXPECT_EQ(summary()["revenue"], Json::array());
  std::size_t sent = 0;
  std::vector<std::size_t> turns{0, 1, 2};
  do {
    const auto order = new_order();
    const std::vector events{placed(order, noon), confirmed(order, 100, "EUR", noon + 1h),
                             cancelled(order, order::v1::ORDER_CANCELLATION_REASON_OPERATOR, noon + 2h)};
    for (const auto turn : turns) {
      publish({events.at(turn), events.at(turn)});
      // What a relay of another database sends again under a new id is no copy to the inbox.
      auto again = events.at(turn);
      again.id = message::MessageId{base::new_uuid_v7()};
      publish({again});
      sent += 2;
    }
  } while (std::ranges::next_permutation(turns).found);
  for (const bool is_placed_first : {true, false}) {
    const auto order = new_order();
    if (is_placed_first) publish({placed(order)});
    publish({confirmed(order, 250, "USD", noon + 12h)});
    if (!is_placed_first) publish({placed(order)});
    sent += 2;
  }
  publish({placed(new_order()), confirmed(new_order(), 7, "EUR", noon + 12h - 1us)});
  sent += 2;
  ASSERT_TRUE(testkit::eventually([&] { return has_handled(sent); }));
  const auto counted = summary();
  EXPECT_EQ(counted["orders"]["placed"], 10);
  EXPECT_EQ(counted["orders"]["open"], 1);
  EXPECT_EQ(counted["orders"]["confirmed"], 3);
  EXPECT_EQ(counted["orders"]["cancelled"]["by_operator"], 6);
  EXPECT_EQ(counted["orders"]["cancelled"]["out_of_stock"], 0);
  EXPECT_EQ(counted["orders"]["cancelled"]["total"], 6);
  EXPECT_EQ(counted["revenue"],
            Json::array({revenue("2026-01-31", "EUR", 1, 7), revenue("2026-02-01", "USD", 2, 500)}));
  EXPECT_EQ(summary("?days=1")["revenue"], Json::array({revenue("2026-02-01", "USD", 2, 500)}));
}

// Two processes at once, so that batches of both come to the same rows.
TEST_F(Analytics, sums_a_thousand_mixed_events_and_puts_aside_those_that_make_no_sense) {
  const auto first = start_ready();
  const auto address = [] { return "127.0.0.1:" + std::to_string(servers::free_port()); };
  const auto second = start({{"WAYBILL_HTTP_ADDRESS", address()}, {"WAYBILL_ADMIN_ADDRESS", address()}});
  std::vector<message::Envelope> events;
  int confirmed_orders = 0;
  std::int64_t sum = 0;
  for (int i = 0; i < 500; ++i) {
    const auto order = new_order();
    events.push_back(placed(order));
    if (i % 5 == 0) {
      events.push_back(cancelled(order, order::v1::ORDER_CANCELLATION_REASON_OUT_OF_STOCK));
    } else if (i % 5 == 1) {
      events.push_back(cancelled(order, order::v1::ORDER_CANCELLATION_REASON_PAYMENT_DECLINED));
    } else {
      events.push_back(confirmed(order, i));
      sum += i;
      ++confirmed_orders;
    }
  }
  events.push_back(placed("no uuid"));
  events.push_back(confirmed(new_order(), 1, "euro"));
  events.push_back(confirmed(new_order(), -1));
  events.push_back(confirmed(new_order(), 1'000'000'000'000'001));
  std::ranges::shuffle(events, std::mt19937(17));
  publish_by_outbox(events);
  ASSERT_TRUE(testkit::eventually([&] { return has_handled(1'000); }));
  EXPECT_EQ(take("analytics.events.dlq", 4).size(), 4);
  EXPECT_EQ(orders()["placed"], 500);
  EXPECT_EQ(orders()["open"], 0);
  EXPECT_EQ(orders()["cancelled"]["out_of_stock"], 100);
  EXPECT_EQ(orders()["cancelled"]["payment_declined"], 100);
  EXPECT_EQ(orders()["confirmed"], confirmed_orders);
  const Json sold{
      {"day", "2026-01-31"}, {"currency", "EUR"}, {"orders", confirmed_orders}, {"minor_units", sum}};
  EXPECT_EQ(summary()["revenue"], Json::array({sold}));
}

class Rebuilding : public Analytics {
 protected:
  http::testing::RawAnswer rebuild(base::WallTime since) const {
    return post("/api/v1/analytics/rebuild", R"({"since": ")" + base::format_timestamp(since) + R"("})");
  }
  /// The statement of the README, which an operator gives to the order service's database.
  void replay(base::WallTime since) const {
    std::ifstream file(SHOP_ANALYTICS_README);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const std::string fence = "```sql\n";
    const auto begin = page.find(fence) + fence.size();
    auto statement = page.substr(begin, page.find("```", begin) - begin);
    for (const auto& [name, time] :
         {std::pair{":'from'", since}, std::pair{":'to'", base::WallTime::max()}}) {
      const auto place = statement.find(name);
      ASSERT_NE(place, std::string::npos) << statement;
      statement.replace(
          place, std::string(name).size(),
          "'" + (time == base::WallTime::max() ? "infinity" : base::format_timestamp(time)) + "'");
    }
    database_.sql(statement);
  }
};

TEST_F(Rebuilding, forgets_what_events_have_told_and_takes_them_again_when_they_are_replayed) {
  const auto service = start_ready();
  const auto now = base::system_clock().wall();
  std::vector<message::Envelope> events;
  for (int n = 0; n < 40; ++n) {
    const auto order = new_order();
    const auto time = n < 20 ? noon : now;
    events.push_back(placed(order, time));
    events.push_back(confirmed(order, 5, "EUR", time));
  }
  publish_by_outbox(events);
  ASSERT_TRUE(testkit::eventually([&] { return has_handled(80); }));
  ASSERT_TRUE(testkit::eventually([&] { return count("waybill.outbox_sent") == 80; }));
  const auto before = summary();
  ASSERT_EQ(before["orders"]["confirmed"], 40);
  // What came before stays as it was.
  auto answer = rebuild(now);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body), Json({{"forgotten", {{"orders", 20}, {"messages", 80}}}}));
  EXPECT_EQ(orders()["placed"], 20);
  EXPECT_EQ(summary()["revenue"], Json::array({revenue("2026-01-31", "EUR", 20, 100)}));
  replay(now - 1h);
  EXPECT_TRUE(becomes(before));
  answer = rebuild(base::WallTime{});
  EXPECT_EQ(Json::parse(answer.body)["forgotten"]["orders"], 40);
  EXPECT_EQ(orders()["placed"], 0);
  EXPECT_EQ(summary()["revenue"], Json::array());
  replay(now - 1h);
  EXPECT_TRUE(becomes(before));
  // Replays are no events that are kept once more.
  ASSERT_TRUE(testkit::eventually([&] { return count("waybill.outbox") == 0; }));
  EXPECT_EQ(count("waybill.outbox_sent"), 80);
}

TEST_F(Rebuilding, of_an_order_whose_beginning_is_older_keeps_that) {
  const auto service = start_ready();
  const auto order = new_order();
  publish({placed(order, noon), confirmed(order, 5, "EUR", noon + 1h)});
  ASSERT_TRUE(testkit::eventually([&] { return has_handled(2); }));
  EXPECT_EQ(rebuild(noon + 1h).status, 200);
  EXPECT_EQ(orders()["open"], 1);
  EXPECT_EQ(orders()["confirmed"], 0);
  EXPECT_EQ(summary()["revenue"], Json::array());
  EXPECT_EQ(rebuild(noon).status, 200);
  EXPECT_EQ(orders()["placed"], 0);
}

// A dead letter has used all of its attempts, and its copy among the kept events would be the first.
TEST_F(Rebuilding, takes_also_what_had_ended_among_the_dead_letters) {
  const auto service = start_ready();
  database_.sql("ALTER TABLE order_status ADD CONSTRAINT broken CHECK (placed_at IS NULL)");
  const auto event = placed(new_order());
  publish({event});
  EXPECT_EQ(take("analytics.events.dlq", 1).size(), 1);
  database_.sql("ALTER TABLE order_status DROP CONSTRAINT broken");
  publish({event});
  EXPECT_EQ(rebuild(base::WallTime{}).status, 200);
  publish({event});
  EXPECT_TRUE(testkit::eventually([&] { return orders()["placed"] == 1; }));
}

TEST_F(Analytics, refuses_requests_that_are_wrong) {
  const auto service = start_ready();
  for (const auto* query : {"?days=0", "?days=367", "?days=x", "?day=1", "?days=1&days=2"}) {
    EXPECT_EQ(get(std::string("/api/v1/analytics/summary") + query).status, 400) << query;
  }
  const std::string path = "/api/v1/analytics/rebuild";
  EXPECT_EQ(post(path, "{").status, 400);
  for (const auto* body :
       {"{}", R"({"since": 1})", R"({"since": "yesterday"})", R"({"since": "1969-12-31T23:59:59.999Z"})",
        R"({"since": "2026-01-31T00:00:00Z", "all": true})"}) {
    const auto answer = post(path, body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_THAT(answer.body, HasSubstr("#/")) << body;
  }
  EXPECT_EQ(ask_api(http::testing::get("/api/v1/analytics/summary"))->status, 401);
  EXPECT_EQ(ask_api(http::testing::post(path, R"({"since": "2026-01-31T00:00:00Z"})", bearer()))->status,
            400);
  EXPECT_EQ(get("/api/v1/analytics/summaries").status, 404);
}

}  // namespace
}  // namespace shop::analytics
