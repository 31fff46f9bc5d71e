#include "notification_fixture.hpp"

#include <fstream>
#include <iterator>

#include "shop/notification/v1/notification.contract.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/message/wire_format.hpp"

namespace shop::notification {
namespace {

namespace fs = std::filesystem;

template <class Event>
Event of_an_order(const std::string& customer, const order::v1::Contact& contact) {
  Event event;
  event.set_order_id(waybill::base::new_uuid_v7().to_string());
  event.set_customer_id(customer);
  *event.mutable_contact() = contact;
  return event;
}

}  // namespace

NotificationFixture::NotificationFixture()
    : ServiceFixture({.name = "notification",
                      .program = NOTIFICATION_PROGRAM,
                      .manifest = SHOP_MANIFEST,
                      .scopes = {"notifications:read", "preferences:read", "preferences:write"}}) {}

std::map<std::string, std::string> NotificationFixture::workers(const std::string& names) const {
  return {{"WAYBILL_NOTIFICATION_WORKERS", names},
          {"WAYBILL_NOTIFICATION_SINK_DIRECTORY", mail().string()},
          {"WAYBILL_NOTIFICATION_SENDER", "shop@example.com"}};
}

std::size_t NotificationFixture::count_files(const std::string& channel) const {
  if (!fs::exists(mail() / channel)) return 0;
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(mail() / channel), fs::directory_iterator()));
}

std::string NotificationFixture::only_file(const std::string& channel) const {
  std::string text;
  for (const auto& entry : fs::directory_iterator(mail() / channel)) {
    EXPECT_TRUE(text.empty()) << entry.path() << " is not the only one";
    std::ifstream file(entry.path());
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  return text;
}

std::string NotificationFixture::rows() const {
  auto text = database_.sql(
      "SELECT coalesce(string_agg(event || ' ' || channel || ' ' || status, ', ' "
      "ORDER BY event, channel), 'none') FROM notification");
  text.pop_back();
  return text;
}

std::size_t NotificationFixture::count_rows(const std::string& status) const {
  return std::stoul(database_.sql("SELECT count(*) FROM notification WHERE status = '" + status + "'"));
}

order::v1::Contact NotificationFixture::everywhere() {
  order::v1::Contact contact;
  contact.set_email("ada@example.com");
  contact.set_phone("+4930123456");
  contact.set_push_token("device-1");
  return contact;
}

order::v1::OrderPlaced NotificationFixture::placed(const std::string& customer) {
  auto event = of_an_order<order::v1::OrderPlaced>(customer, everywhere());
  event.add_lines()->set_sku("tea");
  return event;
}

order::v1::OrderConfirmed NotificationFixture::confirmed(const std::string& customer) {
  auto event = of_an_order<order::v1::OrderConfirmed>(customer, everywhere());
  event.add_lines()->set_sku("tea");
  event.mutable_total()->set_minor_units(1'999);
  event.mutable_total()->set_currency("EUR");
  return event;
}

order::v1::OrderCancelled NotificationFixture::cancelled(const std::string& customer) {
  auto event = of_an_order<order::v1::OrderCancelled>(customer, everywhere());
  event.set_reason(order::v1::ORDER_CANCELLATION_REASON_PAYMENT_DECLINED);
  return event;
}

void NotificationFixture::request(const v1::NotificationRequested& request) const {
  EXPECT_TRUE(broker_.publish({waybill::message::Exchange{"notifications"},
                               waybill::message::RoutingKey{"notification.email." + request.event()}},
                              waybill::message::write_envelope(envelope_of(request))));
}

v1::NotificationRequested NotificationFixture::take_request(const std::string& channel) const {
  const auto taken = take("notification." + channel, 1);
  return waybill::contract::Codec().decode<v1::NotificationRequested>(taken.at(0)).value();
}

}  // namespace shop::notification
