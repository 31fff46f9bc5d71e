#include "domain/decision.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/base/uuid_v7.hpp"

namespace shop::notification {
namespace {

using waybill::base::Uuid;

const Contact everywhere{.email = "ada@example.com", .phone = "+4930123456", .push_token = "device-1"};

OrderEvent an_event(Event event, Contact contact = everywhere) {
  return {.id = *Uuid::parse("018d3f2e-0000-7000-8000-0000000000ab"),
          .event = event,
          .order_id = {},
          .customer_id = "ada",
          .contact = std::move(contact)};
}

std::set<Channel> channels_of(const std::vector<Decision>& decisions) {
  std::set<Channel> found;
  for (const auto& each : decisions) found.insert(each.channel);
  return found;
}

TEST(Decision, is_for_each_channel_that_the_customer_has_an_address_for) {
  const auto all = decide(an_event(Event::placed), {});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].recipient, "ada@example.com");
  EXPECT_EQ(all[1].recipient, "+4930123456");
  EXPECT_EQ(all[2].recipient, "device-1");
  EXPECT_EQ(channels_of(decide(an_event(Event::placed, {.phone = "+4930123456"}), {})),
            std::set{Channel::sms});
  EXPECT_TRUE(decide(an_event(Event::placed, {}), {}).empty());
}

TEST(Decision, leaves_out_what_the_customer_does_not_want_and_nothing_else) {
  for (const auto channel : channels) {
    for (const auto event : events) {
      Preferences preferences;
      preferences.set(channel, event, false);
      auto expected = std::set<Channel>(channels.begin(), channels.end());
      expected.erase(channel);
      EXPECT_EQ(channels_of(decide(an_event(event), preferences)), expected);
      for (const auto other : events) {
        EXPECT_EQ(decide(an_event(other), preferences).size(), other == event ? 2U : 3U);
      }
    }
  }
}

TEST(Decision, keeps_an_address_that_is_none_apart_and_sends_nothing_there) {
  const auto decisions = decide(
      an_event(Event::placed, {.email = "ada@example.com\r\nBcc: all@example.com", .phone = "+4930123456"}),
      {});
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_EQ(decisions[0].status, Status::undeliverable);
  EXPECT_EQ(decisions[1].status, Status::requested);
}

// The same event again leads to the same notification, whatever became of the first.
TEST(NotificationId, is_the_same_for_an_event_and_channel_and_another_for_any_other) {
  std::set<Uuid> seen;
  for (int n = 0; n < 10'000; ++n) {
    const auto event = waybill::base::new_uuid_v7();
    for (const auto channel : channels) {
      const auto id = notification_id(event, channel);
      EXPECT_EQ(id, notification_id(event, channel));
      EXPECT_TRUE(seen.insert(id).second);
      EXPECT_EQ(id.version(), 8);
      EXPECT_EQ(waybill::base::time_of(id), waybill::base::time_of(event));
    }
  }
}

TEST(Address, of_an_email_is_one_address_and_nothing_that_a_header_reads_otherwise) {
  EXPECT_TRUE(is_address(Channel::email, "ada.l+shop@mail.example.com"));
  EXPECT_TRUE(is_address(Channel::email, "ä@example.com"));
  for (const auto* text :
       {"", "ada", "@example.com", "ada@", "a@b@c", "ada@example.com\r\nBcc: b@example.com", "a@b\n", "a\r@b",
        "a@b,c", "a b@c", "Ada <ada@b>", "a@b;", "a@(b)", "a\t@b", "\x7f@b", "group:a@b"}) {
    EXPECT_FALSE(is_address(Channel::email, text)) << text;
  }
  EXPECT_FALSE(is_address(Channel::email, std::string(250, 'a') + "@b.de"));
  EXPECT_FALSE(is_address(Channel::email, std::string_view("a@b\0c", 5)));
}

TEST(Address, of_a_telephone_is_a_number_of_e164) {
  EXPECT_TRUE(is_address(Channel::sms, "+4930123456"));
  for (const auto* text :
       {"", "+", "+1", "4930123456", "+0930123456", "+49 30 1", "+49301\n", "+49x", "+12345678901234567"}) {
    EXPECT_FALSE(is_address(Channel::sms, text)) << text;
  }
}

TEST(Address, of_a_device_is_one_word) {
  EXPECT_TRUE(is_address(Channel::push, "fcm:abc_DEF-123"));
  for (const auto* text : {"", "a b", "a\nb", "a\r"}) EXPECT_FALSE(is_address(Channel::push, text)) << text;
}

}  // namespace
}  // namespace shop::notification
