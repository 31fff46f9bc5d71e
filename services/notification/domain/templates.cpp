#include "domain/templates.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace shop::notification {
namespace {

using Events = std::array<Template, events.size()>;

constexpr Events email{
    Template{.subject = "We have your order {order_id}",
             .text =
                 "Hello,\n\nthank you for your order {order_id} of {lines}. We are checking that everything\n"
                 "is in stock, and will write to you once it is confirmed.\n\nYour shop\n"},
    Template{.subject = "Your order {order_id} is confirmed",
             .text = "Hello,\n\nyour order {order_id} of {lines} is paid and on its way.\n\n"
                     "Total: {total}\n\nYour shop\n"},
    Template{.subject = "Your order {order_id} was cancelled",
             .text = "Hello,\n\nyour order {order_id} was cancelled because {reason}.\n"
                     "What you had paid for it is paid back.\n\nYour shop\n"}};

constexpr Events sms{Template{.text = "We have your order {order_id} of {lines}.\n"},
                     Template{.text = "Your order {order_id} over {total} is confirmed and on its way.\n"},
                     Template{.text = "Your order {order_id} was cancelled because {reason}.\n"}};

constexpr Events push{
    Template{.subject = "Order received", .text = "We have your order {order_id} of {lines}.\n"},
    Template{.subject = "Order confirmed", .text = "On its way: {lines} for {total}.\n"},
    Template{.subject = "Order cancelled", .text = "Because {reason}.\n"}};

void append_line(std::string& out, std::string_view value) {
  for (const char letter : value) {
    const auto byte = static_cast<unsigned char>(letter);
    out += byte < 0x20 || byte == 0x7f ? ' ' : letter;
  }
}

std::optional<Unfillable> fill_into(std::string& out, std::string_view text, const Values& values) {
  for (std::size_t at = 0; at < text.size();) {
    const auto brace = text.find_first_of("{}", at);
    out += text.substr(at, brace - at);
    if (brace == std::string_view::npos) break;
    const auto end = text.find_first_of("{}", brace + 1);
    if (text[brace] != '{' || end == std::string_view::npos || text[end] != '}') {
      return Unfillable{"the template has a brace without its partner"};
    }
    const auto name = text.substr(brace + 1, end - brace - 1);
    const auto value = values.find(name);
    if (value == values.end())
      return Unfillable{"the template shows {" + std::string(name) + "}, which has no value"};
    append_line(out, value->second);
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

const Template& template_of(Channel channel, Event event) {
  const auto index = static_cast<std::size_t>(event);
  switch (channel) {
    case Channel::sms:
      return sms.at(index);
    case Channel::push:
      return push.at(index);
    case Channel::email:
      break;
  }
  return email.at(index);
}

std::optional<Event> event_of(std::string_view name) {
  for (const auto event : events) {
    if (name == full_name(event)) return event;
  }
  return std::nullopt;
}

boost::system::result<Words, Unfillable> fill(const Template& words, const Values& values) {
  Words filled;
  if (auto problem = fill_into(filled.subject, words.subject, values)) return *std::move(problem);
  if (auto problem = fill_into(filled.text, words.text, values)) return *std::move(problem);
  return filled;
}

}  // namespace shop::notification
