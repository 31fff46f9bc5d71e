#include "waybill/outbox/scope.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "relay_fixture.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "waybill/contract/bad_payload.hpp"
#include "waybill/telemetry/trace_context.hpp"

// What a service sends through a scope is in the outbox with its commit, addressed by its kind.

namespace waybill::outbox::testing {
namespace {

using ::testing::HasSubstr;

shop::order::v1::OrderPlaced placed(const std::string& order) {
  shop::order::v1::OrderPlaced event;
  event.set_order_id(order);
  return event;
}

shop::inventory::v1::ReleaseStock release(const std::string& order) {
  shop::inventory::v1::ReleaseStock command;
  command.set_order_id(order);
  return command;
}

class ScopeTest : public RelayFixture {
 protected:
  template <class F>
  void transact(F&& function) {
    outbox::transact(pool_, sender_, function, soon());
  }

  int commits_ = 0;
  Sender sender_{.service = "order", .committed = [this] { ++commits_; }};
};

TEST_F(ScopeTest, publishes_an_event_to_all_and_sends_a_command_to_one) {
  transact([](Scope& scope) {
    scope.publish(placed("o-1"), {.subject = "o-1"});
    scope.send("inventory", release("o-1"), {.subject = "o-1", .correlation_id = "o-1"});
  });
  EXPECT_EQ(
      database_.sql("SELECT kind, type, exchange, routing_key, key, headers->>':app_id', "
                    "headers->>':reply_to', convert_from(payload, 'UTF8') FROM waybill.outbox ORDER BY id"),
      "event|shop.order.v1.OrderPlaced|events.fanout||o-1|order||{\"orderId\":\"o-1\"}\n"
      "command|shop.inventory.v1.ReleaseStock|commands|inventory|o-1|order|order|{\"orderId\":\"o-1\"}\n");
  EXPECT_EQ(commits_, 1);
}

TEST_F(ScopeTest, sends_what_is_known_only_at_run_time_by_the_kind_that_its_contract_says) {
  transact([](Scope& scope) {
    scope.publish_payload(placed("o-1"), {.subject = "o-1"});
    scope.send_payload("inventory", release("o-1"));
    ReplyAddress address;
    address.command = "shop.inventory.v1.ReleaseStock";
    address.reply_to = "order";
    scope.answer_payload(address, shop::inventory::v1::StockReleased{});
  });
  EXPECT_EQ(database_.sql("SELECT kind, type, exchange, routing_key FROM waybill.outbox ORDER BY id"),
            "event|shop.order.v1.OrderPlaced|events.fanout|\n"
            "command|shop.inventory.v1.ReleaseStock|commands|inventory\n"
            "reply|shop.inventory.v1.StockReleased|replies|order\n");
}

TEST_F(ScopeTest, refuses_to_send_at_run_time_what_its_contract_does_not_make_that) {
  EXPECT_THROW(transact([](Scope& scope) { scope.publish_payload(release("o-1")); }), std::logic_error);
  EXPECT_THROW(transact([](Scope& scope) { scope.send_payload("inventory", placed("o-1")); }),
               std::logic_error);
  EXPECT_EQ(count("outbox"), 0);
}

TEST_F(ScopeTest, sends_nothing_of_a_transaction_that_is_rolled_back) {
  EXPECT_THROW(transact([](Scope& scope) {
                 scope.publish(placed("o-1"));
                 throw std::runtime_error("no");
               }),
               std::runtime_error);
  EXPECT_EQ(count("outbox"), 0);
  EXPECT_EQ(commits_, 0);
}

TEST_F(ScopeTest, wakes_nobody_when_nothing_is_sent) {
  transact([](Scope& scope) { scope.tx().execute("SELECT 1"); });
  EXPECT_EQ(commits_, 0);
}

TEST_F(ScopeTest, refuses_a_payload_that_receivers_would_refuse_and_commits_nothing) {
  try {
    transact([](Scope& scope) {
      scope.publish(placed("o-1"));
      scope.publish(placed(std::string(2 << 20, 'x')));
    });
    ADD_FAILURE() << "it was taken";
  } catch (const contract::BadPayloadError& refusal) {
    EXPECT_EQ(refusal.problem().reason, contract::BadReason::too_large);
  }
  EXPECT_EQ(count("outbox"), 0);
}

TEST_F(ScopeTest, goes_on_with_the_cause_conversation_and_trace_of_what_is_handled) {
  message::Envelope handled;
  handled.id = message::MessageId{*base::Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057")};
  handled.subject = "o-7";
  handled.correlation_id = "c-7";
  handled.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  pool_.transact(
      [&](postgres::Tx& tx) {
        class HandlingScope : public Scope {
         public:
          using Scope::Scope;
        };
        Outgoing outgoing;
        HandlingScope scope(tx, sender_, outgoing, &handled);
        scope.publish(placed("o-7"));
        outgoing.write(tx, sender_);
      },
      soon());
  EXPECT_EQ(database_.sql("SELECT key, headers->>':correlation_id', headers->>'causationid', "
                          "headers->>'conversationid', substr(headers->>'traceparent', 4, 32), "
                          "headers->>'traceparent' LIKE '%b7ad6b7169203331%' FROM waybill.outbox"),
            "o-7|c-7|01890a5d-ac96-774b-bcce-b302099a8057|01890a5d-ac96-774b-bcce-b302099a8057|"
            "0af7651916cd43dd8448eb211c80319c|f\n");
}

TEST_F(ScopeTest, begins_a_conversation_where_nothing_is_handled) {
  transact([](Scope& scope) { scope.publish(placed("o-1")); });
  EXPECT_EQ(database_.sql("SELECT headers->>'conversationid' = message_id::text, headers ? 'causationid' "
                          "FROM waybill.outbox"),
            "t|f\n");
}

TEST_F(ScopeTest, schedules_by_the_databases_clock_and_promotes_with_an_id_of_that_time) {
  transact([](Scope& scope) {
    scope.schedule(50ms, placed("soon"));
    scope.schedule(base::WallTime{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}}, "inventory",
                   release("late"));
  });
  EXPECT_EQ(
      database_.sql("SELECT message_id IS NULL, due_at > clock_timestamp() + interval '1 minute', kind, "
                    "exchange, routing_key FROM waybill.scheduled ORDER BY due_at"),
      "t|f|event|events.fanout|\nt|t|command|commands|inventory\n");
  broker_.declare_exchange("events.fanout", "fanout");
  broker_.bind({"events.fanout", "all", ""});
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  EXPECT_THAT(arrived("all", 1), ::testing::ElementsAre("{\"orderId\":\"soon\"}"));
  EXPECT_EQ(count("scheduled"), 1);
}

TEST_F(ScopeTest, schedules_one_attempt_of_a_message_once_however_often_it_is_asked) {
  Retry retry{
      .message = {Kind::retry, {message::Exchange{"retry"}, message::RoutingKey{"q"}}, base::Uuid{}, "", {}},
      .due = 1h,
      .consumer = "stock",
      .attempt = 2};
  pool_.transact([&](postgres::Tx& tx) { schedule(tx, std::vector{retry, retry}); }, soon());
  pool_.transact([&](postgres::Tx& tx) { schedule(tx, std::vector{retry}); }, soon());
  EXPECT_EQ(count("scheduled"), 1);
}

}  // namespace
}  // namespace waybill::outbox::testing
