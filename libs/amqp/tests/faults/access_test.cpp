#include <gtest/gtest.h>

#include <memory>

#include "addresses.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/test_virtual_host.hpp"

// What an administrator does while clients are connected.

namespace waybill::amqp::tests {
namespace {

namespace fault = servers::fault;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Access : public testing::Test {
 protected:
  Access() { host_.declare_queue("q"); }

  const servers::TestVirtualHost host_;
  const Endpoint at_ = parse_url(host_.url()).value();
  servers::FaultProxy proxy_{place_of(at_)};
};

// A password that is tried ten times a second locks its account, or fills the broker's log.
TEST_F(Access, with_a_changed_password_is_tried_slowly_until_it_is_changed_back) {
  const auto clerk = unique_name("clerk");
  host_.set_user(clerk, "old");
  host_.set_permissions(clerk, {});
  auto connection = options_for(by_way_of(proxy_, parse_url(host_.url_as(clerk, "old")).value()));
  connection.backoff = {milliseconds{20}, seconds{2}, 2.0};
  TrafficPair pair(connection, "q");
  ASSERT_TRUE(pair.traffic.flows());

  host_.set_user(clerk, "new");
  proxy_.inject(fault::CutNow{});
  EXPECT_TRUE(
      pair.publisher_states.said(Trouble::login_refused, "refused the login of user '" + clerk + "'"));
  EXPECT_TRUE(pair.subscriber_states.said(Trouble::login_refused, "rabbitmqctl change_password"));
  EXPECT_EQ(pair.publisher_states.text().find("old"), std::string::npos) << "no password is shown";
  const auto refused = proxy_.counters().accepted;
  const auto took = time_of([&] {
    EXPECT_TRUE(proxy_.wait_for([&](const auto& now) { return now.accepted >= refused + 4; }, seconds{30}));
  });
  EXPECT_GE(took, milliseconds{900}) << "each of the two waits at least half the longest wait";

  host_.set_user(clerk, "old");
  EXPECT_TRUE(pair.traffic.flows());
  EXPECT_TRUE(pair.traffic.adds_up());
}

TEST_F(Access, to_a_virtual_host_that_is_deleted_and_made_anew_is_found_again) {
  TrafficPair pair(options_for(at_), "q");
  ASSERT_TRUE(pair.connected());
  host_.remove();
  EXPECT_TRUE(
      pair.publisher_states.said(Trouble::virtual_host, "has no virtual host '" + host_.name() + "'"));
  EXPECT_TRUE(pair.subscriber_states.said(Trouble::virtual_host, "rabbitmqctl add_vhost"));
  host_.make();
  EXPECT_TRUE(pair.subscriber_states.said(Trouble::topology, "declare it, or correct its name"));
  host_.declare_queue("q");
  EXPECT_TRUE(pair.traffic.flows());
}

TEST_F(Access, that_an_administrator_ends_comes_back) {
  TrafficPair pair(options_for(at_), "q");
  ASSERT_TRUE(pair.traffic.flows());
  EXPECT_TRUE(testkit::eventually([&] { return host_.connections() == 2; }));
  EXPECT_EQ(host_.close_connections(), 2U);
  EXPECT_TRUE(pair.publisher_states.said(Trouble::lost, "320 CONNECTION_FORCED"));
  EXPECT_TRUE(pair.subscriber_states.said(Trouble::lost, "320 CONNECTION_FORCED"));
  EXPECT_TRUE(pair.traffic.flows());
  EXPECT_TRUE(pair.traffic.adds_up());
}

TEST_F(Access, beyond_the_limit_of_connections_says_so_and_gets_in_when_another_has_left) {
  ObservedStates first_states;
  auto first = std::make_unique<ConfirmingPublisher>(
      PublisherOptions{.connection = options_for(at_), .observer = first_states.observer()});
  ASSERT_TRUE(first_states.connected());
  EXPECT_TRUE(testkit::eventually([&] { return host_.connections() == 1; }));
  host_.limit_connections(1);
  ObservedStates states;
  const ConfirmingPublisher second({.connection = options_for(at_), .observer = states.observer()});
  EXPECT_TRUE(states.said(Trouble::virtual_host, "connection limit (1) is reached"));
  EXPECT_TRUE(states.said(Trouble::virtual_host, "takes no more connections to virtual host"));
  first.reset();
  EXPECT_TRUE(states.connected());
}

}  // namespace
}  // namespace waybill::amqp::tests
