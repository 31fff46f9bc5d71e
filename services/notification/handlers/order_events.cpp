#include "handlers/order_events.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "handlers/read_event.hpp"
#include "persistence/notifications.hpp"
#include "persistence/preferences.hpp"
#include "shop/notification/v1/notification.contract.hpp"
#include "shop/notification/v1/notification.pb.h"
#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"

namespace shop::notification {
namespace {

using notification::v1::NotificationRequested;
using order::v1::OrderCancelled, order::v1::OrderConfirmed, order::v1::OrderPlaced;
using waybill::inbox::Handlers;
using Told = waybill::inbox::AnyItem<OrderPlaced, OrderConfirmed, OrderCancelled>;

v1::Channel contract_channel(Channel channel) {
  switch (channel) {
    case Channel::sms:
      return v1::CHANNEL_SMS;
    case Channel::push:
      return v1::CHANNEL_PUSH;
    case Channel::email:
      break;
  }
  return v1::CHANNEL_EMAIL;
}

NotificationRequested request_of(const OrderEvent& event, const Decision& decision) {
  NotificationRequested request;
  request.set_notification_id(decision.id.to_string());
  request.set_channel(contract_channel(decision.channel));
  request.set_recipient(decision.recipient);
  request.set_event(full_name(event.event));
  request.mutable_values()->insert(event.values.begin(), event.values.end());
  request.set_order_id(event.order_id.to_string());
  request.set_customer_id(event.customer_id);
  return request;
}

void publish(const OrderEvent& event, const Decision& decision, waybill::inbox::Scope& scope) {
  const auto key = "notification." + std::string(to_string(decision.channel)) + "." + full_name(event.event);
  // No order among notifications is asked of the relay, which sends those of one subject one by one.
  scope.publish({waybill::message::Exchange{"notifications"}, waybill::message::RoutingKey{key}},
                request_of(event, decision), {.subject = decision.id.to_string()});
}

void handle(std::span<const Told> items, waybill::postgres::Tx& tx) {
  std::vector<OrderEvent> happened;
  std::set<std::string> customers;
  for (const auto& item : items) {
    happened.push_back(
        item.visit([&](const auto& event) { return read_event(event, item.scope.message()); }));
    customers.insert(happened.back().customer_id);
  }
  const auto preferences = persistence::load_preferences(tx, customers);
  std::vector<persistence::Requested> requested;
  for (std::size_t n = 0; n < happened.size(); ++n) {
    const auto& event = happened[n];
    const auto theirs = preferences.find(event.customer_id);
    for (auto& decision : decide(event, theirs == preferences.end() ? Preferences() : theirs->second)) {
      if (decision.status == Status::requested) publish(event, decision, items[n].scope);
      requested.push_back({&event, std::move(decision)});
    }
  }
  if (!requested.empty()) persistence::insert(tx, requested);
}

}  // namespace

Handlers order_events() {
  Handlers handlers;
  handlers.on_batch_of<OrderPlaced, OrderConfirmed, OrderCancelled>(handle);
  return handlers;
}

}  // namespace shop::notification
