#include "waybill/servers/disposable_broker.hpp"

#include <gtest/gtest.h>

#include "client.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::servers {
namespace {

using message::is_confirmed;
using testkit::eventually;

// What a test of crashes rests on: the server forgets nothing, so a message that is missing was lost by us.
TEST(DisposableBroker, keeps_address_queues_and_messages_through_kill_stop_and_pause) {
  DisposableBroker broker;
  const TestVirtualHost host(broker.address());
  host.declare_queue("orders");
  const auto publisher = connect(host.url());
  ASSERT_TRUE(is_confirmed(send(*publisher, "orders")));
  const auto url = broker.url();

  EXPECT_EQ(broker.evaluate("X = 20, X + 1."), "21\n");
  EXPECT_THROW(broker.evaluate("no_such:function()."), std::runtime_error);

  broker.kill9();
  EXPECT_FALSE(is_confirmed(send(*publisher, "orders", std::chrono::milliseconds{200})));
  broker.start();
  EXPECT_EQ(broker.url(), url);
  EXPECT_TRUE(is_confirmed(send(*publisher, "orders")));

  broker.stop();
  EXPECT_FALSE(is_confirmed(send(*publisher, "orders", std::chrono::milliseconds{200})));
  broker.start();
  EXPECT_TRUE(is_confirmed(send(*publisher, "orders")));

  broker.pause();
  EXPECT_FALSE(is_confirmed(send(*publisher, "orders", std::chrono::milliseconds{200})));
  broker.resume();
  EXPECT_TRUE(is_confirmed(send(*publisher, "orders")));
  EXPECT_TRUE(eventually([&] { return host.counts("orders").total() >= 4; }));
}

TEST(DisposableBroker, of_three_nodes_goes_on_with_two) {
  DisposableBroker cluster(3);
  const TestVirtualHost host(cluster.address(2));
  host.declare_queue("orders");
  EXPECT_NE(cluster.url(1), cluster.url(2));
  cluster.kill9(1);
  const auto publisher = connect(host.url());
  EXPECT_TRUE(is_confirmed(send(*publisher, "orders")));
  cluster.start(1);
  EXPECT_TRUE(eventually([&] { return host.counts("orders").total() == 1; }));
}

}  // namespace
}  // namespace waybill::servers
