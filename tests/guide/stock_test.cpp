#include <gmock/gmock.h>
#include <signal.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "guide_page.hpp"
#include "stock/v1/stock.contract.hpp"
#include "stock/v1/stock.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/servers/disposable_postgres.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"

// The service of docs/guide/messages-outbox-inbox.md: the page shows what is compiled, and it does what the
// page says.

namespace waybill::guide {
namespace {

using namespace std::chrono_literals;
using stock::v1::TakeStock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string folder = WAYBILL_GUIDE_STOCK "/";

base::Deadline soon() { return base::Deadline::after(30s); }

TEST(Page, shows_the_files_as_they_are) {
  const auto page = read_file(WAYBILL_GUIDE_PAGE);
  for (const auto& [kind, file] :
       {std::pair{"proto", "stock/v1/stock.proto"}, std::pair{"json", "topology.json"},
        std::pair{"cpp", "main.cpp"}, std::pair{"cmake", "CMakeLists.txt"}}) {
    EXPECT_THAT(page, HasSubstr(std::string("\n```") + kind + "\n" + read_file(folder + file) + "```\n"));
  }
}

class Stock : public ::testing::Test {
 protected:
  Stock() {
    // What others own has to be there as well: a message that reaches no queue would wait.
    amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}),
                          {amqp::load_manifest(folder + "topology.json").value().topology()}, soon());
    const std::map<std::string, std::string> variables{{"STOCK_DATABASE", database_.url()},
                                                       {"STOCK_BROKER", broker_.url()},
                                                       {"STOCK_TOPOLOGY", folder + "topology.json"}};
    service_ =
        std::make_unique<servers::Program>(WAYBILL_GUIDE_PROGRAM, std::vector<std::string>{}, variables);
    const auto has_table = [](postgres::Tx& tx) {
      return tx.query_one<bool>("SELECT to_regclass('stock') IS NOT NULL");
    };
    EXPECT_TRUE(testkit::eventually([&] { return pool_.transact(has_table, soon()); }));
    pool_.transact(
        [](postgres::Tx& tx) { tx.execute("INSERT INTO stock (sku, available) VALUES ('apple', 10)"); },
        soon());
  }

  postgres::Options options() const {
    postgres::Options options;
    options.url = database_.url();
    return options;
  }

  std::int32_t apples() {
    return pool_.transact(
        [](postgres::Tx& tx) { return tx.query_one<std::int32_t>("SELECT available FROM stock"); }, soon());
  }

  static message::WireMessage take_apples(std::int32_t quantity) {
    TakeStock command;
    command.set_sku("apple");
    command.set_quantity(quantity);
    message::Envelope envelope;
    contract::Codec().encode(command, envelope).value();
    envelope.id = message::MessageId{base::new_uuid_v7()};
    envelope.source = "shop";
    envelope.time = base::system_clock().wall();
    envelope.reply_to = "shop";
    return message::write_envelope(envelope);
  }
  void send(const message::WireMessage& message) const {
    EXPECT_TRUE(broker_.publish({message::Exchange{"commands"}, message::RoutingKey{"stock"}}, message));
  }
  message::Envelope next_of(const std::string& queue) const {
    std::vector<message::WireMessage> taken;
    EXPECT_TRUE(testkit::eventually([&] { return !(taken = broker_.take(queue, 1)).empty(); })) << queue;
    return taken.empty() ? message::Envelope{} : message::read_envelope(taken.at(0)).value();
  }

  servers::DisposablePostgres database_;
  servers::TestVirtualHost broker_;
  postgres::Pool pool_{options()};
  std::unique_ptr<servers::Program> service_;
};

TEST_F(Stock, of_the_guide_takes_refuses_and_publishes_once_and_stops_when_it_is_told_to) {
  const auto four = take_apples(4);
  send(four);
  EXPECT_EQ(next_of("shop.replies").type, "stock.v1.StockTaken");
  EXPECT_EQ(apples(), 6);

  // A copy has no second effect, and no second answer either: the next one is that of the next command.
  send(four);
  send(take_apples(5));
  EXPECT_EQ(next_of("shop.replies").type, "stock.v1.StockTaken");
  EXPECT_EQ(apples(), 1);
  const auto event = next_of("purchasing.events");
  EXPECT_EQ(event.type, "stock.v1.StockRanLow");
  EXPECT_EQ(event.subject, "apple");

  send(take_apples(2));
  EXPECT_EQ(next_of("shop.replies").type, "stock.v1.StockShort");

  send(take_apples(0));
  std::vector<message::WireMessage> letters;
  ASSERT_TRUE(
      testkit::eventually([&] { return !(letters = broker_.take("stock.commands.dlq", 1)).empty(); }));
  const auto* reason = message::find_header(letters.at(0).headers, "waybill-reason");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(message::to_text(*reason), "permanent");

  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("stock.commands").total() == 0; }));
  service_->send(SIGTERM);
  EXPECT_EQ(service_->wait(soon()), 0);
  EXPECT_EQ(apples(), 1);
  EXPECT_THAT(broker_.take("shop.replies", 1), IsEmpty());
  EXPECT_THAT(broker_.take("purchasing.events", 1), IsEmpty());
}

}  // namespace
}  // namespace waybill::guide
