#include "domain/templates.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <string_view>

#include "domain/values.hpp"

namespace shop::notification {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string an_order = "018d3f2e-0000-7000-8000-0000000000ab";

Values values_of(Event event) {
  switch (event) {
    case Event::placed:
      return placed_values(an_order, 2);
    case Event::confirmed:
      return confirmed_values(an_order, 1, "19.99 EUR");
    case Event::cancelled:
      break;
  }
  return cancelled_values(an_order, Reason::out_of_stock);
}

// A template that shows what its event does not have would make a dead letter of every notification.
TEST(Templates, show_only_values_that_their_events_have) {
  for (const auto channel : channels) {
    for (const auto event : events) {
      const auto words = fill(template_of(channel, event), values_of(event));
      ASSERT_TRUE(words.has_value()) << to_string(channel) << " " << to_string(event) << ": "
                                     << words.error().why;
      EXPECT_FALSE(words->text.empty());
      EXPECT_THAT(words->subject + words->text, AllOf(Not(HasSubstr("{")), Not(HasSubstr("}"))));
      EXPECT_EQ(words->subject.empty(), channel == Channel::sms);
      EXPECT_THAT(words->subject, Not(HasSubstr("\n")));
    }
  }
}

TEST(Templates, tell_what_has_happened) {
  EXPECT_EQ(fill(template_of(Channel::email, Event::confirmed), values_of(Event::confirmed))->subject,
            "Your order " + an_order + " is confirmed");
  EXPECT_THAT(fill(template_of(Channel::email, Event::confirmed), values_of(Event::confirmed))->text,
              AllOf(HasSubstr("of 1 item is"), HasSubstr("Total: 19.99 EUR")));
  EXPECT_THAT(fill(template_of(Channel::sms, Event::placed), values_of(Event::placed))->text,
              HasSubstr("of 2 items"));
  EXPECT_THAT(fill(template_of(Channel::push, Event::cancelled), values_of(Event::cancelled))->text,
              HasSubstr("there is not enough of an item in stock"));
}

TEST(Templates, are_found_by_the_events_name_in_requests) {
  for (const auto event : events) EXPECT_EQ(event_of(full_name(event)), event);
  for (const auto* name : {"", "placed", "order.", "order.shipped", "payment.placed", "order.placed "}) {
    EXPECT_FALSE(event_of(name).has_value()) << name;
  }
}

TEST(Fill, refuses_a_name_without_a_value_and_a_brace_without_its_partner) {
  const Values values{{"total", "1 EUR"}};
  EXPECT_THAT(fill({.text = "{total} {totl}"}, values).error().why, HasSubstr("{totl}"));
  EXPECT_FALSE(fill({.subject = "{totl}", .text = "{total}"}, values).has_value());
  for (const auto* text : {"{", "}", "a {total", "total}", "{{total}}", "{total}}", "{}"}) {
    EXPECT_FALSE(fill({.text = text}, values).has_value()) << text;
  }
  EXPECT_EQ(*fill({.text = ""}, values), Words{});
  EXPECT_EQ(fill({.text = "{total}, {total}"}, values)->text, "1 EUR, 1 EUR");
}

// Who controls a value must not be able to end a line of a header and begin another.
TEST(Fill, makes_one_line_of_a_value_and_no_template) {
  const Values values{{"order_id", "1\r\nBcc: all@example.com\n\n{reason}\t\x7f"}, {"reason", "secret"}};
  EXPECT_EQ(fill({.subject = "Order {order_id}", .text = "x"}, values)->subject,
            "Order 1  Bcc: all@example.com  {reason}  ");
  EXPECT_EQ(fill({.text = "{v}"}, {{"v", "äöü €"}})->text, "äöü €");
}

TEST(Reasons, have_words_each_of_their_own) {
  std::set<std::string_view> words;
  for (int n = 0; n <= static_cast<int>(last_reason); ++n) words.insert(in_words(static_cast<Reason>(n)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(last_reason) + 1);
}

}  // namespace
}  // namespace shop::notification
