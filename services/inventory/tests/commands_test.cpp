#include <gmock/gmock.h>

#include "inventory_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// What sagas ask of the inventory, on real servers.

namespace shop::inventory::testing {
namespace {

using ::testing::HasSubstr;
using waybill::testkit::eventually;

class InventoryCommands : public InventoryFixture {
 protected:
  std::string count_of_reservations() const { return row("SELECT count(*) FROM reservation"); }
};

TEST_F(InventoryCommands, reserve_confirm_and_release_goods_once_however_often_they_come) {
  const auto service = start_ready();
  have("tea", 10, 895);
  have("cup", 3, 1250);
  const Order kept;
  const auto answer = ask(reserve(kept, {{"tea", 2}, {"cup", 1}}));
  EXPECT_EQ(answer.saga, (waybill::message::SagaReference{kept.saga, "reserve", 1}));
  const auto reserved = read<v1::StockReserved>(answer);
  EXPECT_EQ(reserved.order_id(), kept.id);
  EXPECT_EQ(reserved.total().minor_units(), 3040);
  EXPECT_EQ(reserved.total().currency(), "EUR");
  ASSERT_EQ(reserved.lines_size(), 2);
  EXPECT_EQ(reserved.lines(0).unit_price().minor_units(), 895);
  EXPECT_EQ(stock("tea"), "8 2 0");
  // The price of an order is that of its day.
  EXPECT_EQ(put_product("tea", 999).status, 200);
  EXPECT_EQ(ask(reserve(kept, {{"tea", 2}, {"cup", 1}})).payload, answer.payload);

  const auto confirmed = ask(confirm(kept, reserved.reservation_id()));
  EXPECT_EQ(read<v1::ReservationConfirmed>(confirmed).reservation_id(), reserved.reservation_id());
  EXPECT_EQ(ask(confirm(kept, reserved.reservation_id())).payload, confirmed.payload);
  EXPECT_EQ(stock("tea"), "8 0 2");
  EXPECT_EQ(stock("cup"), "2 0 1");

  const Order given_up;
  const auto id = read<v1::StockReserved>(ask(reserve(given_up, {{"tea", 8}}))).reservation_id();
  EXPECT_EQ(stock("tea"), "0 8 2");
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(read<v1::StockReleased>(ask(release(given_up))).reservation_id(), id);
    EXPECT_EQ(stock("tea"), "8 0 2");
  }
  EXPECT_EQ(read<v1::StockRefused>(ask(reserve(given_up, {{"tea", 8}}))).reason(),
            v1::STOCK_REFUSAL_REASON_ALREADY_RELEASED);
  EXPECT_TRUE(broker_.take("inventory.commands.dlq", 1).empty());
}

TEST_F(InventoryCommands, are_refused_with_the_reason_and_nothing_is_set_aside) {
  const auto service = start_ready();
  have("tea", 10);
  have("cup", 3);
  have("yunomi", 5, 3000, "JPY");
  const auto refusal = [&](const Order& order, const Lines& lines) {
    return read<v1::StockRefused>(ask(reserve(order, lines)));
  };
  const Order order;
  for (int n = 0; n < 2; ++n) {
    const auto few = refusal(order, {{"tea", 2}, {"cup", 4}});
    EXPECT_EQ(few.reason(), v1::STOCK_REFUSAL_REASON_INSUFFICIENT);
    ASSERT_EQ(few.shortages_size(), 1);
    EXPECT_EQ(few.shortages(0).sku(), "cup");
    EXPECT_EQ(few.shortages(0).available(), 3U);
    // What came in meanwhile changes no answer that was given.
    EXPECT_EQ(restock("tea", 1).status, 200);
  }
  const auto unknown = refusal({}, {{"tea", 2}, {"CUP-小", 1}});
  EXPECT_EQ(unknown.reason(), v1::STOCK_REFUSAL_REASON_UNKNOWN_SKU);
  ASSERT_EQ(unknown.shortages_size(), 1);
  EXPECT_EQ(unknown.shortages(0).sku(), "CUP-小");
  EXPECT_EQ(refusal({}, {{"tea", 1}, {"yunomi", 1}}).reason(), v1::STOCK_REFUSAL_REASON_MIXED_CURRENCIES);
  EXPECT_EQ(read<v1::StockReleased>(ask(release(order))).reservation_id(), "");
  EXPECT_EQ(stock("tea"), "12 0 0");
  EXPECT_EQ(stock("cup"), "3 0 0");
}

// An undo may overtake what it undoes.
TEST_F(InventoryCommands, that_come_behind_their_release_set_nothing_aside) {
  const auto service = start_ready();
  have("tea", 10);
  const Order order;
  EXPECT_EQ(read<v1::StockReleased>(ask(release(order))).reservation_id(), "");
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(read<v1::StockRefused>(ask(reserve(order, {{"tea", 2}}))).reason(),
              v1::STOCK_REFUSAL_REASON_ALREADY_RELEASED);
  }
  EXPECT_EQ(read<v1::StockReleased>(ask(release(order))).reservation_id(), "");
  EXPECT_EQ(stock("tea"), "10 0 0");
  EXPECT_EQ(count_of_reservations(), "1");
}

TEST_F(InventoryCommands, that_came_while_nobody_listened_are_answered_in_their_order) {
  auto service = start_ready();
  have("tea", 3);
  service.reset();
  const Order first;
  const Order second;
  const Order third;
  send_command(reserve(first, {{"tea", 2}}));
  send_command(reserve(second, {{"tea", 2}}));
  send_command(reserve(third, {{"tea", 1}}));
  send_command(release(first));
  send_command(reserve(second, {{"tea", 2}}));
  service = start_ready();
  const auto answers = take_replies(5);
  EXPECT_EQ(read<v1::StockReserved>(answers.at(0)).order_id(), first.id);
  EXPECT_EQ(read<v1::StockRefused>(answers.at(1)).shortages(0).available(), 1U);
  EXPECT_EQ(read<v1::StockReserved>(answers.at(2)).order_id(), third.id);
  EXPECT_EQ(read<v1::StockReleased>(answers.at(3)).order_id(), first.id);
  // The saga has given up by then, and must hear what it heard.
  EXPECT_EQ(answers.at(4).payload, answers.at(1).payload);
  EXPECT_EQ(stock("tea"), "2 1 0");
}

TEST_F(InventoryCommands, that_cannot_be_meant_become_dead_letters_and_harm_no_neighbour) {
  const auto service = start_ready();
  have("tea", 20);
  const Order order;
  const auto id = read<v1::StockReserved>(ask(reserve(order, {{"tea", 2}}))).reservation_id();
  read<v1::ReservationConfirmed>(ask(confirm(order, id)));
  auto of_no_saga = reserve({}, {{"tea", 1}});
  of_no_saga.saga.reset();
  const std::vector<Envelope> bad{release(order),
                                  confirm(order, waybill::base::new_uuid_v7().to_string()),
                                  confirm(order, "no-id"),
                                  confirm({}, id),
                                  reserve({}, {}),
                                  reserve({}, {{"tea", 0}}),
                                  reserve({}, {{"tea", 1}, {"tea", 1}}),
                                  reserve({}, {{std::string("t\0a", 3), 1}}),
                                  of_no_saga};
  for (const auto& command : bad) {
    send_command(command);
    send_command(reserve({}, {{"tea", 1}}));
    read<v1::StockReserved>(take_replies(1).at(0));
  }
  for (const auto& letter : take("inventory.commands.dlq", bad.size())) {
    EXPECT_EQ(letter.headers.at("waybill-reason"), "permanent");
  }
  EXPECT_EQ(stock("tea"), "9 9 2") << "the nine neighbours have theirs";
}

TEST_F(InventoryCommands, that_nobody_ends_raise_an_alarm) {
  const auto service = start_ready(
      {{"WAYBILL_INVENTORY_OVERDUE_AFTER", "1ms"}, {"WAYBILL_INVENTORY_OVERDUE_LOOK_EVERY", "50ms"}});
  have("tea", 10);
  const auto shows = [&](const std::string& line) {
    return [this, line] { return ask_admin("/metrics")->body.find(line + "\n") != std::string::npos; };
  };
  EXPECT_TRUE(eventually(shows("waybill_inventory_overdue_reservations 0")));
  const Order order;
  const auto id = read<v1::StockReserved>(ask(reserve(order, {{"tea", 2}}))).reservation_id();
  EXPECT_TRUE(eventually(shows("waybill_inventory_overdue_reservations 1")));
  ask(confirm(order, id));
  EXPECT_TRUE(eventually(shows("waybill_inventory_overdue_reservations 0")));
}

}  // namespace
}  // namespace shop::inventory::testing
