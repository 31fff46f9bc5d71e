#include "handlers/order_events.hpp"

#include <array>
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

namespace shop::notification {
namespace {

using notification::v1::NotificationRequested;
using waybill::inbox::Handlers;

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

void handle(std::span<const Handlers::Part> parts, waybill::postgres::Tx& tx) {
  std::vector<OrderEvent> happened;
  std::set<std::string> customers;
  for (const auto& part : parts) {
    happened.push_back(read_event(*part.payload, part.scope->message()));
    customers.insert(happened.back().customer_id);
  }
  const auto preferences = persistence::load_preferences(tx, customers);
  std::vector<persistence::Requested> requested;
  for (std::size_t n = 0; n < happened.size(); ++n) {
    const auto& event = happened[n];
    const auto theirs = preferences.find(event.customer_id);
    for (auto& decision : decide(event, theirs == preferences.end() ? Preferences() : theirs->second)) {
      if (decision.status == Status::requested) publish(event, decision, *parts[n].scope);
      requested.push_back({&event, std::move(decision)});
    }
  }
  if (!requested.empty()) persistence::insert(tx, requested);
}

template <class Contract>
constexpr Handlers::ContractName name_of() {
  using Traits = waybill::contract::traits<Contract>;
  return {Traits::name, Traits::kind};
}

}  // namespace

Handlers order_events() {
  static constexpr std::array contracts{name_of<order::v1::OrderPlaced>(),
                                        name_of<order::v1::OrderConfirmed>(),
                                        name_of<order::v1::OrderCancelled>()};
  Handlers handlers;
  handlers.on_batch_of(contracts, handle);
  return handlers;
}

}  // namespace shop::notification
