#include "settings.hpp"

#include <cstdint>
#include <variant>
#include <vector>

#include "waybill/runtime/setting.hpp"

namespace shop::notification {
namespace {

using waybill::runtime::Form;
using waybill::runtime::Given;
using waybill::runtime::Read;
using waybill::runtime::Setting;
using waybill::runtime::Unfit;
namespace form = waybill::runtime::form;

enum class Worker : std::uint8_t { events, email, sms, push };

/// It stands in a header, so that it has to be one address and nothing else.
Form<std::string> email_address() {
  return {.accepted = "an e-mail address", .read = [](const Given& given) -> Read<std::string> {
            const auto* text = std::get_if<std::string>(&given);
            if (text == nullptr || !is_address(Channel::email, *text)) return Unfit::that("is none");
            return *text;
          }};
}

const Setting<std::vector<Worker>> workers =
    Setting<std::vector<Worker>>{"notification.workers",
                                 form::list_of(form::one_of<Worker>({{"events", Worker::events},
                                                                     {"email", Worker::email},
                                                                     {"sms", Worker::sms},
                                                                     {"push", Worker::push}})),
                                 "Which queues this process consumes: the orders' events, and those of "
                                 "channels. It answers over HTTP whatever they are"}
        .as_option("workers")
        .by_default("events,email,sms,push");
const Setting<std::string> sink_directory =
    Setting<std::string>{"notification.sink_directory", form::text(),
                         "Where the channels' messages are written, a directory for each channel"}
        .by_default("./var/mail");
const Setting<std::string> sender =
    Setting<std::string>{"notification.sender", email_address(), "From whom e-mails are"}.by_default(
        "orders@shop.example");

}  // namespace

waybill::runtime::Section settings_section() { return {"Notifications", {workers, sink_directory, sender}}; }

Settings settings_of(const waybill::runtime::Configuration& configuration) {
  Settings settings{.sink_directory = configuration[sink_directory], .sender = configuration[sender]};
  for (const auto worker : configuration[workers]) {
    switch (worker) {
      case Worker::events:
        settings.takes_events = true;
        break;
      case Worker::email:
        settings.channels.insert(Channel::email);
        break;
      case Worker::sms:
        settings.channels.insert(Channel::sms);
        break;
      case Worker::push:
        settings.channels.insert(Channel::push);
        break;
    }
  }
  return settings;
}

}  // namespace shop::notification
