#include <gtest/gtest.h>

#include "addresses.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/disposable_broker.hpp"
#include "waybill/servers/test_virtual_host.hpp"

namespace waybill::amqp::tests {
namespace {

using std::chrono::seconds;

TEST(Cluster, whose_connected_node_is_killed_is_gone_on_with_by_another_in_bounded_time) {
  servers::DisposableBroker cluster(3);
  const servers::TestVirtualHost host(cluster.address(3));
  host.declare_queue("q");
  auto options = options_for(parse_url(host.url()).value());
  options.endpoints.clear();
  for (int node = 1; node <= 3; ++node) {
    auto endpoint = parse_url(cluster.url(node)).value();
    endpoint.virtual_host = host.name();
    options.endpoints.push_back(endpoint);
  }
  // Only the node's end is to make it leave the node, and no beat that a busy machine missed.
  options.heartbeat = seconds{5};
  TrafficPair pair(options, "q");
  ASSERT_TRUE(pair.traffic.flows(100));
  const auto first = pair.publisher_states.all().back();
  EXPECT_EQ(first, (ConnectionState{Connected{options.endpoints[0].address()}}));
  cluster.kill9(1);
  EXPECT_TRUE(pair.traffic.flows(100, seconds{60}));
  EXPECT_TRUE(pair.connected(2));
  EXPECT_NE(pair.publisher_states.all().back(), first);

  cluster.start(1);
  EXPECT_TRUE(pair.traffic.flows(100));
  EXPECT_TRUE(pair.traffic.adds_up());
}

}  // namespace
}  // namespace waybill::amqp::tests
