#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <system_error>

#include "payment_fixture.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

// What the service makes of its commands, on the real servers.

namespace shop::payment {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using waybill::testkit::eventually;

class Commands : public PaymentFixture {
 protected:
  /// Two charges and a refund of many orders, in an order that nobody chose, under new ids each.
  std::vector<message::Envelope> commands_of(const std::vector<Order>& orders) const {
    std::vector<message::Envelope> commands;
    for (const auto& order : orders) commands.push_back(charge_of(order, "tok_ok", 100));
    for (const auto& order : orders) commands.push_back(charge_of(order, "tok_ok", 100));
    for (std::size_t i = 0; i < orders.size(); i += 2) commands.push_back(refund_of(orders[i]));
    return commands;
  }
  static bool is_ready_at(std::uint16_t port) {
    try {
      const auto answer =
          waybill::http::testing::ask(port, waybill::http::testing::get("/readyz", "Connection: close\r\n"));
      return answer && answer->status == 200;
    } catch (const std::system_error&) {
      return false;  // nobody listens yet
    }
  }
};

TEST_F(Commands, charges_and_gives_the_same_answer_again) {
  const auto service = start_ready();
  const Order order;
  charge(order, "tok_ok");
  const auto first = take_charged();
  EXPECT_EQ(first.order_id(), order.id);
  EXPECT_EQ(first.amount().minor_units(), 1999);
  EXPECT_EQ(first.amount().currency(), "EUR");
  charge(order, "tok_ok");
  EXPECT_EQ(take_charged().SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(state_of(order), "charged|1\n");
  EXPECT_EQ(ledger(), "provider:clearing EUR 1999|shop:revenue EUR -1999\n");
  refund(order);
  const auto refunded = take_refunded();
  EXPECT_EQ(refunded.payment_id(), first.payment_id());
  EXPECT_EQ(refunded.amount().minor_units(), 1999);
  refund(order);
  EXPECT_EQ(take_refunded().SerializeAsString(), refunded.SerializeAsString());
  EXPECT_EQ(state_of(order), "refunded|2\n");
  EXPECT_EQ(ledger(), "provider:clearing EUR 0|shop:revenue EUR 0\n");
}

TEST_F(Commands, answers_to_the_step_that_asked) {
  const auto service = start_ready();
  const Order order{.saga = {new_uuid_v7(), "pay", 4'000'000'000}};
  charge(order, "tok_ok");
  const auto replies = take_replies(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].saga, order.saga);
}

TEST_F(Commands, declines_for_the_reason_that_the_token_names_and_keeps_no_token) {
  const auto service = start_ready();
  for (const auto& [token, reason] :
       {std::pair{"tok_declined", v1::PAYMENT_DECLINE_REASON_MEANS_REFUSED},
        std::pair{"tok_insufficient_funds", v1::PAYMENT_DECLINE_REASON_INSUFFICIENT_FUNDS},
        std::pair{"tok_fraud", v1::PAYMENT_DECLINE_REASON_SUSPECTED_FRAUD},
        std::pair{"tok_s3cret", v1::PAYMENT_DECLINE_REASON_MEANS_REFUSED}}) {
    const Order order;
    charge(order, token);
    const auto first = take_declined();
    EXPECT_EQ(first.reason(), reason) << token;
    EXPECT_FALSE(first.explanation().empty());
    charge(order, token);
    EXPECT_EQ(take_declined().SerializeAsString(), first.SerializeAsString());
    refund(order);
    EXPECT_FALSE(take_refunded().has_amount());
    EXPECT_EQ(state_of(order), "declined|0\n");
  }
  EXPECT_THAT(database_.sql("SELECT * FROM payment"), Not(HasSubstr("tok_")));
  EXPECT_EQ(ledger(), "\n");
}

TEST_F(Commands, takes_nothing_when_the_refund_came_first) {
  const auto service = start_ready();
  const Order order;
  refund(order);
  const auto refunded = take_refunded();
  EXPECT_EQ(refunded.order_id(), order.id);
  EXPECT_TRUE(refunded.payment_id().empty());
  charge(order, "tok_ok");
  EXPECT_EQ(take_declined().reason(), v1::PAYMENT_DECLINE_REASON_ALREADY_REFUNDED);
  EXPECT_EQ(state_of(order), "tombstone|0\n");
}

TEST_F(Commands, answers_a_charge_that_takes_its_time_when_it_is_made) {
  const auto service = start_ready({{"WAYBILL_PAYMENT_SLOW_AFTER", "100ms"}});
  const Order order;
  const auto command = charge_of(order, "tok_slow");
  send_command(command);
  const auto replies = take_replies(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].saga, order.saga);
  EXPECT_EQ(replies[0].causation_id, command.id.value());
  EXPECT_EQ(waybill::contract::Codec().decode<v1::PaymentCharged>(replies[0])->order_id(), order.id);
  EXPECT_EQ(state_of(order), "charged|1\n");
}

TEST_F(Commands, calls_a_pending_charge_off_when_it_is_to_be_given_back) {
  const auto service = start_ready({{"WAYBILL_PAYMENT_SLOW_AFTER", "1h"}});
  const Order order;
  charge(order, "tok_slow");
  ASSERT_TRUE(eventually([&] { return state_of(order) == "pending|0\n"; }));
  charge(order, "tok_slow");
  refund(order);
  EXPECT_FALSE(take_refunded().has_amount());
  EXPECT_EQ(state_of(order), "called_off|0\n");
  // Its reminder comes, is handled, and changes nothing.
  database_.sql("UPDATE waybill.scheduled SET due_at = clock_timestamp()");
  EXPECT_TRUE(eventually([&] { return database_.sql("SELECT count(*) FROM waybill.inbox") == "4\n"; }));
  EXPECT_EQ(state_of(order), "called_off|0\n");
  EXPECT_TRUE(broker_.take("payment.commands.dlq", 1).empty());
  charge(order, "tok_slow");
  EXPECT_EQ(take_declined().reason(), v1::PAYMENT_DECLINE_REASON_ALREADY_REFUNDED);
}

TEST_F(Commands, writes_nothing_into_the_ledger_for_what_costs_nothing) {
  const auto service = start_ready();
  const Order order;
  charge(order, "tok_ok", 0);
  EXPECT_EQ(take_charged().amount().minor_units(), 0);
  refund(order);
  EXPECT_TRUE(take_refunded().has_amount());
  EXPECT_EQ(state_of(order), "refunded|0\n");
}

TEST_F(Commands, sets_aside_what_breaks_the_contract_and_handles_what_came_with_it) {
  migrate();
  const Order sound;
  auto without_saga = charge_of({}, "tok_ok");
  without_saga.saga.reset();
  v1::SettleCharge unknown;
  unknown.set_payment_id(new_uuid_v7().to_string());
  for (const auto& broken :
       {charge_of({}, "tok_ok", -1), charge_of({}, "tok_ok", 1, "eur"), charge_of({}, "tok_ok", 1, ""),
        charge_of({.id = "order-1"}, "tok_ok"), without_saga, envelope_of(unknown)}) {
    send_command(broken);
  }
  charge(sound, "tok_ok");
  const auto service = start_ready();
  EXPECT_EQ(take_charged().order_id(), sound.id);
  const auto dead = take("payment.commands.dlq", 6);
  for (const auto& letter : dead) EXPECT_EQ(letter.headers.count("waybill-reason"), 1U);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM payment"), "1\n");
}

TEST_F(Commands, takes_many_at_once) {
  migrate();
  const std::vector<Order> orders(60);
  for (const auto& command : commands_of(orders)) send_command(command);
  const auto service = start_ready();
  take_replies(150);
  EXPECT_EQ(database_.sql("SELECT state, count(*) FROM payment GROUP BY 1 ORDER BY 1"),
            "charged|30\nrefunded|30\n");
  EXPECT_EQ(ledger(), "provider:clearing EUR 3000|shop:revenue EUR -3000\n");
}

// Copies of a command have ids of their own, so it is the payment's own key that has to hold them together.
TEST_F(Commands, never_charges_twice_when_two_instances_take_the_same_commands) {
  const auto one = start_ready();
  const auto admin = waybill::servers::free_port();
  const auto http = waybill::servers::free_port();
  const auto other = start({{"WAYBILL_HTTP_ADDRESS", "127.0.0.1:" + std::to_string(http)},
                            {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin)}});
  ASSERT_TRUE(eventually([&] { return is_ready_at(admin); }));
  const std::vector<Order> orders(100);
  // The broker gives neighbours to different instances.
  for (const auto& order : orders) {
    for (int copy = 0; copy < 3; ++copy) send_command(charge_of(order, "tok_ok", 100));
  }
  std::map<std::string, std::set<std::string>> payments;
  for (const auto& reply : take_replies(300)) {
    const auto charged = waybill::contract::Codec().decode<v1::PaymentCharged>(reply);
    ASSERT_TRUE(charged) << reply.type;
    payments[charged->order_id()].insert(charged->payment_id());
  }
  for (const auto& [order, ids] : payments) EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(payments.size(), 100U);
  EXPECT_EQ(ledger(), "provider:clearing EUR 10000|shop:revenue EUR -10000\n");
  EXPECT_TRUE(broker_.take("payment.commands.dlq", 1).empty());
}

}  // namespace
}  // namespace shop::payment
