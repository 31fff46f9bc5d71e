#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shop.hpp"
#include "waybill/amqp/queue_rules.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::topology_tests {
namespace {

using message::Address;
using message::Exchange;
using message::Queue;
using message::RoutingKey;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testkit::eventually;

message::WireMessage numbered(const std::string& id) {
  message::WireMessage message;
  message.message_id = id;
  message.body = "{}";
  return message;
}

Address at(const std::string& exchange, const std::string& key) {
  return {Exchange{exchange}, RoutingKey{key}};
}

class ShopRouting : public testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(set_up(host_.url(), shop_manifest().topology()), IsEmpty()); }

  /// Every queue in which a message is now, which is taken out.
  std::vector<std::string> reached() const {
    std::vector<std::string> queues;
    for (const auto& queue : host_.queues()) {
      for (std::size_t i = host_.take(queue, 10).size(); i > 0; --i) queues.push_back(queue);
    }
    return queues;
  }
  std::vector<std::string> reached_from(const std::string& exchange, const std::string& key) const {
    host_.publish(at(exchange, key), numbered("1"));
    return reached();
  }
  std::vector<std::string> dead_letters_of(const std::string& queue) const {
    const auto dead = amqp::dead_letter_queue(Queue{queue}).value();
    std::vector<std::string> ids;
    eventually([&] {
      for (const auto& one : host_.take(dead, 10)) ids.push_back(one.message_id);
      return !ids.empty();
    });
    return ids;
  }

  servers::TestVirtualHost host_;
};

TEST_F(ShopRouting, takes_a_command_to_the_service_it_is_for) {
  for (const std::string service : {"order", "inventory", "payment"}) {
    EXPECT_THAT(reached_from("commands", service), ElementsAre(service + ".commands"));
  }
  EXPECT_THAT(reached_from("commands", "nobody"), IsEmpty());
}

TEST_F(ShopRouting, takes_a_reply_to_whom_it_is_addressed) {
  EXPECT_THAT(reached_from("replies", "order"), ElementsAre("order.replies"));
}

TEST_F(ShopRouting, takes_an_event_to_everybody_who_wants_events) {
  EXPECT_THAT(reached_from("events.fanout", "any"),
              UnorderedElementsAre("analytics.events", "notification.events"));
}

TEST_F(ShopRouting, takes_a_notification_to_the_workers_of_its_channel_alone) {
  EXPECT_THAT(reached_from("notifications", "notification.email.order.confirmed"),
              ElementsAre("notification.email"));
  EXPECT_THAT(reached_from("notifications", "notification.sms.order.confirmed"),
              ElementsAre("notification.sms"));
  EXPECT_THAT(reached_from("notifications", "notification.push.order.cancelled"),
              ElementsAre("notification.push"));
  EXPECT_THAT(reached_from("notifications", "notification.fax.order.confirmed"), IsEmpty());
}

// An event that is handled again by one of its receivers must not come again to the others.
TEST_F(ShopRouting, takes_a_retry_to_one_queue_alone) {
  for (const auto& queue : shop_manifest().queues()) {
    ASSERT_TRUE(host_.publish(amqp::retry_address(queue.name), numbered("1")));
    EXPECT_THAT(reached(), ElementsAre(queue.name.value()));
  }
}

TEST_F(ShopRouting, takes_a_dead_letter_with_its_diagnosis_to_the_queues_own_dead_letters) {
  for (const auto& queue : shop_manifest().queues()) {
    ASSERT_TRUE(host_.publish(amqp::dead_letter_address(queue.name), numbered("1")));
    EXPECT_THAT(reached(), ElementsAre(amqp::dead_letter_queue(queue.name).value()));
  }
}

TEST_F(ShopRouting, keeps_a_rejected_message_among_the_queues_dead_letters) {
  ASSERT_TRUE(host_.publish(at("commands", "payment"), numbered("rejected")));
  amqp::SubscriberOptions options;
  options.connection = amqp::Options::for_urls({host_.url()});
  options.queue = Queue{"payment.commands"};
  amqp::QueueSubscriber subscriber(options);
  const auto batch = subscriber.receive(10, base::Deadline::after(std::chrono::seconds{30}));
  ASSERT_EQ(batch.size(), 1U);
  const std::vector tags{batch.front().tag};
  EXPECT_EQ(subscriber.settle(tags, message::Settlement::reject), 1U);
  EXPECT_THAT(dead_letters_of("payment.commands"), ElementsAre("rejected"));
}

TEST_F(ShopRouting, keeps_an_expired_message_among_the_queues_dead_letters) {
  ASSERT_TRUE(
      host_.publish_expiring(at("events.fanout", ""), numbered("late"), std::chrono::milliseconds{1}));
  EXPECT_THAT(dead_letters_of("analytics.events"), ElementsAre("late"));
  EXPECT_THAT(dead_letters_of("notification.events"), ElementsAre("late"));
}

}  // namespace
}  // namespace waybill::topology_tests
