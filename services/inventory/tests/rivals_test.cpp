#include <gmock/gmock.h>

#include <atomic>
#include <map>

#include "inventory_fixture.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace shop::inventory::testing {
namespace {

using namespace std::chrono_literals;
using waybill::testkit::eventually;

class InventoryRivals : public InventoryFixture {
 protected:
  /// A second instance, which has ports of its own, once it is ready.
  std::unique_ptr<waybill::servers::Program> start_second() const {
    const auto http = waybill::servers::free_port();
    const auto admin = waybill::servers::free_port();
    auto program = start({{"WAYBILL_HTTP_ADDRESS", "127.0.0.1:" + std::to_string(http)},
                          {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin)}});
    const auto is_up = [&] {
      try {
        const auto answer = waybill::http::testing::ask(
            admin, waybill::http::testing::get("/readyz", "Connection: close\r\n"));
        return answer && answer->status == 200;
      } catch (const std::system_error&) {
        return false;
      }
    };
    EXPECT_TRUE(eventually(is_up));
    return program;
  }

  void send_all(const std::vector<Envelope>& commands) const {
    waybill::amqp::ConfirmingPublisher publisher(
        {.connection = waybill::amqp::Options::for_urls({broker_.url()})});
    std::atomic<std::size_t> confirmed = 0;
    for (const auto& command : commands) {
      publisher.publish({{waybill::message::Exchange{"commands"}, waybill::message::RoutingKey{"inventory"}},
                         waybill::message::write_envelope(command)},
                        waybill::base::Deadline::after(60s),
                        [&](const waybill::message::Outcome&) { ++confirmed; });
    }
    ASSERT_TRUE(eventually([&] { return confirmed == commands.size(); }, 60s));
  }
};

// Two instances, each command twice, and goods for a part of them only: the shelves of an order are taken in
// one order by all, and two copies of a command that are handled at the same moment have one effect.
TEST_F(InventoryRivals, sell_the_last_pieces_once) {
  const auto first = start_ready();
  const auto second = start_second();
  have("a", 150);
  have("b", 200);
  have("c", 250);
  constexpr std::size_t orders = 1'000;
  std::vector<Envelope> commands;
  for (std::size_t n = 0; n < orders; ++n) {
    const Order order;
    // Neighbours name the same goods the other way round.
    const Lines lines = n % 2 == 0 ? Lines{{"a", 1}, {"b", 1}, {"c", 1}} : Lines{{"c", 1}, {"b", 1}};
    commands.push_back(reserve(order, lines));
    commands.push_back(reserve(order, lines));
  }
  send_all(commands);
  const auto answers = take_replies(2 * orders);
  std::map<std::string, std::string> answer_of;
  std::size_t reserved = 0;
  for (const auto& answer : answers) {
    const auto [known, is_first] = answer_of.try_emplace(answer.saga->saga.to_string(), answer.payload);
    EXPECT_EQ(known->second, answer.payload) << "both copies of a command have one answer";
    if (is_first && answer.type == "shop.inventory.v1.StockReserved") ++reserved;
  }
  EXPECT_EQ(answer_of.size(), orders);
  EXPECT_TRUE(broker_.take("inventory.commands.dlq", 1).empty());
  EXPECT_EQ(row("SELECT count(*) FROM reservation WHERE state = 'reserved'"), std::to_string(reserved));
  EXPECT_EQ(stock("b"), "0 200 0") << "the scarcest of what every order wants is gone to the last piece";
  EXPECT_EQ(reserved, 200U);
  EXPECT_EQ(row("SELECT string_agg(sku || ' ' || reserved, ', ' ORDER BY sku) FROM product"),
            row("SELECT string_agg(sku || ' ' || taken, ', ' ORDER BY sku) FROM "
                "  (SELECT line ->> 'sku' AS sku, sum((line ->> 'quantity')::int) AS taken "
                "   FROM reservation, jsonb_array_elements(lines) AS line "
                "   WHERE state = 'reserved' GROUP BY 1) AS sums"));
}

// Two batches that took them in the orders of their lines would wait for one another.
TEST_F(InventoryRivals, take_the_shelves_of_an_order_one_after_the_other_by_their_skus) {
  const auto service = start_ready();
  for (const auto* sku : {"a", "b", "c"}) have(sku, 5);
  waybill::postgres::Pool pool({.url = database_.url(), .allow_unsafe_durability = true});
  pool.transact(
      [&](waybill::postgres::Tx& tx) {
        tx.query<std::string>("SELECT sku FROM product WHERE sku = 'b' FOR UPDATE");
        send_command(reserve({}, {{"c", 1}, {"b", 1}, {"a", 1}}));
        const auto free_ones = [&] {
          return row(
              "SELECT string_agg(sku, ' ') FROM (SELECT sku FROM product FOR UPDATE SKIP LOCKED) AS free");
        };
        EXPECT_TRUE(eventually([&] { return free_ones() == "c"; }, free_ones, 5s));
      },
      waybill::base::Deadline::after(20s));
  read<v1::StockReserved>(take_replies(1).at(0));
  EXPECT_EQ(stock("a"), "4 1 0");
}

}  // namespace
}  // namespace shop::inventory::testing
