#include "settings.hpp"

#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace shop::notification {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using waybill::runtime::Schema;

auto loaded(std::map<std::string, std::string> environment) {
  return waybill::runtime::load(Schema{settings_section()},
                                {.file = std::nullopt, .environment = std::move(environment)});
}

TEST(Settings, let_a_process_do_everything_unless_they_say_otherwise) {
  const auto settings = settings_of(loaded({}).value());
  EXPECT_TRUE(settings.takes_events);
  EXPECT_EQ(settings.channels, (std::set{Channel::email, Channel::sms, Channel::push}));
  EXPECT_EQ(settings.sink_directory, "./var/mail");
  EXPECT_EQ(settings.sender, "orders@shop.example");
}

TEST(Settings, choose_a_processes_workers) {
  const auto channels_only = settings_of(loaded({{"WAYBILL_NOTIFICATION_WORKERS", "sms,push,sms"}}).value());
  EXPECT_FALSE(channels_only.takes_events);
  EXPECT_EQ(channels_only.channels, (std::set{Channel::sms, Channel::push}));
  const auto events_only = settings_of(loaded({{"WAYBILL_NOTIFICATION_WORKERS", "events"}}).value());
  EXPECT_TRUE(events_only.takes_events);
  EXPECT_TRUE(events_only.channels.empty());
}

TEST(Settings, refuse_workers_that_there_are_not_and_a_sender_that_is_no_address) {
  const auto refused = loaded({{"WAYBILL_NOTIFICATION_WORKERS", "email,fax"},
                               {"WAYBILL_NOTIFICATION_SENDER", "shop@example.com\nBcc: all@example.com"}});
  ASSERT_TRUE(refused.has_error());
  EXPECT_THAT(refused.error().to_string(),
              AllOf(HasSubstr("notification.workers"), HasSubstr("events, email, sms, push"),
                    HasSubstr("notification.sender"), HasSubstr("an e-mail address")));
}

}  // namespace
}  // namespace shop::notification
