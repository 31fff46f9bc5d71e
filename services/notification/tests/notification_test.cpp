#include <gmock/gmock.h>
#include <signal.h>

#include <string>

#include "notification_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

namespace shop::notification {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using waybill::testkit::eventually;

class Notification : public NotificationFixture {
 protected:
  bool settled(std::size_t delivered) const { return count_rows("delivered") == delivered; }
};

TEST_F(Notification, tells_a_customer_once_over_each_channel_whatever_comes_twice) {
  const auto service = start_ready(workers("events,email,sms,push"));
  const auto event = envelope_of(confirmed());
  for (int n = 0; n < 3; ++n) publish_event(event);
  publish_event(envelope_of(placed()));
  publish_event(envelope_of(cancelled()));
  ASSERT_TRUE(eventually([&] { return settled(9); }, [&] { return rows(); }));
  EXPECT_EQ(rows(),
            "cancelled email delivered, cancelled push delivered, cancelled sms delivered, "
            "confirmed email delivered, confirmed push delivered, confirmed sms delivered, "
            "placed email delivered, placed push delivered, placed sms delivered");
  for (const auto* channel : {"email", "sms", "push"}) EXPECT_EQ(count_files(channel), 3U) << channel;
  EXPECT_EQ(database_.sql("SELECT count(*) FROM notification WHERE event_id = '" +
                          event.id.value().to_string() + "'"),
            "3\n");
  EXPECT_EQ(database_.sql("SELECT count(*) FROM notification WHERE (subject IS NULL) <> (channel = 'sms')"),
            "0\n");
}

TEST_F(Notification, sends_requests_by_channel_and_event_and_only_to_who_wants_them) {
  const auto service = start_ready(workers("events"));
  EXPECT_EQ(put("/api/v1/customers/ada/preferences",
                R"({"email": {"placed": true, "confirmed": true, "cancelled": true},
                    "sms": {"placed": true, "confirmed": false, "cancelled": true},
                    "push": {"placed": false, "confirmed": true, "cancelled": false}})")
                .status,
            200);
  const auto event = confirmed();
  publish_event(envelope_of(event));
  publish_event(envelope_of(placed("bob")));
  const auto request = take_request("email");
  EXPECT_EQ(request.event(), "order.confirmed");
  EXPECT_EQ(request.channel(), v1::CHANNEL_EMAIL);
  EXPECT_EQ(request.recipient(), "ada@example.com");
  EXPECT_EQ(request.order_id(), event.order_id());
  EXPECT_EQ(request.customer_id(), "ada");
  EXPECT_EQ(request.values().at("total"), "19.99 EUR");
  ASSERT_TRUE(eventually([&] { return count_rows("requested") == 5; }, [&] { return rows(); }));
  EXPECT_EQ(rows(),
            "confirmed email requested, confirmed push requested, placed email requested, "
            "placed push requested, placed sms requested")
      << "ada wants no sms of what is confirmed, and bob everything";
  EXPECT_EQ(take("notification.push", 2).size(), 2U);
  EXPECT_EQ(take("notification.sms", 1).at(0).type, "shop.notification.v1.NotificationRequested");
}

// Channels are scaled apart: who does not work for one leaves its messages to those who do.
TEST_F(Notification, leaves_the_other_channels_messages_and_the_events_to_other_processes) {
  const auto events_only = start_ready(workers("events"));
  publish_event(envelope_of(confirmed()));
  ASSERT_TRUE(eventually([&] { return count_rows("requested") == 3; }));
  events_only->send(SIGTERM);
  EXPECT_EQ(events_only->wait(), 0);
  const auto email_only = start_ready(workers("email"));
  publish_event(envelope_of(placed()));
  ASSERT_TRUE(eventually([&] { return settled(1); }, [&] { return rows(); }));
  EXPECT_EQ(rows(), "confirmed email delivered, confirmed push requested, confirmed sms requested");
  EXPECT_EQ(count_files("email"), 1U);
  EXPECT_EQ(count_files("sms"), 0U);
  EXPECT_TRUE(eventually([&] { return broker_.counts("notification.sms").ready == 1; }));
  EXPECT_TRUE(eventually([&] { return broker_.counts("notification.events").ready == 1; }));
}

// Killed between the delivery and its commit, a worker delivers again, and nobody sees a difference.
TEST_F(Notification, delivers_again_into_the_same_file_when_it_was_killed_before_it_could_say_so) {
  auto crashing = workers("events,email");
  crashing["WAYBILL_CRASH_AT"] = "notification.after_delivery";
  const auto first = start_ready(crashing);
  const auto event = confirmed();
  publish_event(envelope_of(event));
  ASSERT_EQ(first->wait(), 128 + SIGKILL);
  const auto before = only_file("email");
  EXPECT_THAT(before, AllOf(StartsWith("Date: "), HasSubstr("\r\nFrom: shop@example.com\r\n"),
                            HasSubstr("\r\nTo: ada@example.com\r\n"),
                            HasSubstr("\r\nSubject: Your order " + event.order_id() + " is confirmed\r\n"),
                            HasSubstr("\r\n\r\nHello,\r\n"), HasSubstr("Total: 19.99 EUR\r\n")));
  EXPECT_EQ(count_rows("delivered"), 0U);
  const auto second = start(workers("events,email"));
  ASSERT_TRUE(eventually([&] { return settled(1); }, [&] { return rows(); }));
  EXPECT_EQ(only_file("email"), before);
}

TEST_F(Notification, delivers_once_what_is_requested_again_under_another_message_id) {
  const auto events_only = start_ready(workers("events"));
  publish_event(envelope_of(confirmed()));
  const auto wanted = take_request("email");
  for (int n = 0; n < 3; ++n) request(wanted);
  auto unknown = wanted;
  unknown.set_notification_id(waybill::base::new_uuid_v7().to_string());
  request(unknown);
  auto injected = wanted;
  injected.set_recipient("ada@example.com\r\nBcc: all@example.com");
  request(injected);
  auto of_another = wanted;
  of_another.set_channel(v1::CHANNEL_SMS);
  request(of_another);
  auto without_total = wanted;
  without_total.mutable_values()->erase("total");
  request(without_total);
  events_only->send(SIGTERM);
  EXPECT_EQ(events_only->wait(), 0);
  const auto email_only = start(workers("email"));
  ASSERT_TRUE(eventually([&] { return settled(1); }, [&] { return rows(); }));
  EXPECT_EQ(take("notification.email.dlq", 4).size(), 4U) << "what is no request of ours is told apart";
  EXPECT_THAT(only_file("email"), Not(HasSubstr("all@example.com")));
  const auto delivered_at = database_.sql("SELECT delivered_at FROM notification WHERE channel = 'email'");
  request(wanted);
  EXPECT_TRUE(eventually([&] {
    return database_.sql("SELECT count(*) FROM waybill.inbox WHERE consumer = 'notification.email'") == "4\n";
  }));
  EXPECT_EQ(database_.sql("SELECT delivered_at FROM notification WHERE channel = 'email'"), delivered_at);
}

TEST_F(Notification, passes_over_events_that_it_does_not_know_and_keeps_what_is_wrong_with_others) {
  const auto service = start_ready(workers("events,email,sms,push"));
  auto foreign = envelope_of(placed());
  foreign.type = "shop.order.v2.OrderShipped";
  publish_event(foreign);
  auto nameless = placed();
  nameless.set_order_id("17");
  publish_event(envelope_of(nameless));
  auto wrong_address = placed();
  wrong_address.mutable_contact()->set_email("ada@example.com\nBcc: all@example.com");
  publish_event(envelope_of(wrong_address));
  ASSERT_TRUE(eventually([&] { return settled(2); }, [&] { return rows(); }));
  EXPECT_EQ(rows(), "placed email undeliverable, placed push delivered, placed sms delivered");
  EXPECT_EQ(count_files("email"), 0U);
  EXPECT_EQ(take("notification.events.dlq", 1).at(0).type, "shop.order.v1.OrderPlaced");
  EXPECT_TRUE(eventually([&] { return broker_.counts("notification.events").total() == 0; }));
}

TEST_F(Notification, waits_while_its_sink_is_away_and_blames_no_message) {
  const auto service = start_ready(workers("events,sms"));
  std::filesystem::remove_all(mail() / "sms");
  publish_event(envelope_of(placed()));
  publish_event(envelope_of(placed("bob")));
  ASSERT_TRUE(eventually([&] { return count_rows("requested") == 6; }));
  EXPECT_TRUE(eventually([&] { return broker_.counts("notification.sms").unacknowledged == 2; }));
  std::filesystem::create_directories(mail() / "sms");
  ASSERT_TRUE(eventually([&] { return settled(2); }, [&] { return rows(); }));
  EXPECT_EQ(count_files("sms"), 2U);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM waybill.attempt"), "0\n");
}

}  // namespace
}  // namespace shop::notification
