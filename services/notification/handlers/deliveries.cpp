#include "handlers/deliveries.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "persistence/notifications.hpp"
#include "shop/notification/v1/notification.contract.hpp"
#include "shop/notification/v1/notification.pb.h"
#include "waybill/inbox/fault.hpp"
#include "waybill/runtime/crash_point.hpp"

namespace shop::notification {
namespace {

using namespace std::chrono_literals;
using notification::v1::NotificationRequested;
using waybill::inbox::Permanent;
using Item = waybill::inbox::Item<NotificationRequested>;

constexpr auto rest_without_sink = 1s;

bool is_of(Channel channel, v1::Channel given) {
  switch (given) {
    case v1::CHANNEL_EMAIL:
      return channel == Channel::email;
    case v1::CHANNEL_SMS:
      return channel == Channel::sms;
    case v1::CHANNEL_PUSH:
      return channel == Channel::push;
    default:
      return false;
  }
}

Delivery delivery_of(const NotificationRequested& request, Channel channel) {
  const auto id = waybill::base::Uuid::parse(request.notification_id());
  if (!id) throw Permanent("the id of the notification is no UUID");
  const auto what = "notification " + id->to_string();
  if (!is_of(channel, request.channel())) {
    throw Permanent(what + " came to the worker of " + std::string(to_string(channel)) +
                    ", and is of another channel");
  }
  if (!is_address(channel, request.recipient())) {
    throw Permanent(what + " has a recipient that is no address of " + std::string(to_string(channel)));
  }
  const auto event = event_of(request.event());
  if (!event) throw Permanent(what + " is of an event that there is no template for");
  auto words = fill(template_of(channel, *event), Values(request.values().begin(), request.values().end()));
  if (!words) throw Permanent(what + " cannot be put into words: " + words.error().why);
  return {.id = *id, .channel = channel, .recipient = request.recipient(), .words = *std::move(words)};
}

/// Those that nobody has delivered yet, each once; two messages of one notification may come together.
std::vector<Delivery> undelivered(std::vector<Delivery> all, waybill::postgres::Tx& tx) {
  std::vector<waybill::base::Uuid> ids;
  for (const auto& each : all) ids.push_back(each.id);
  auto known = persistence::lock(tx, std::move(ids));
  std::vector<Delivery> left;
  for (auto& each : all) {
    const auto found = known.find(each.id);
    if (found == known.end()) {
      throw Permanent("notification " + each.id.to_string() + " is not in the database: nobody asked for it");
    }
    if (found->second.status != Status::requested) continue;
    found->second.status = Status::delivered;
    each.requested_at = found->second.requested_at;
    left.push_back(std::move(each));
  }
  return left;
}

void deliver(std::span<const Item> items, waybill::postgres::Tx& tx, Channel channel, Sink& sink) {
  // All that is wrong with a request comes out before any is delivered.
  std::vector<Delivery> all;
  for (const auto& item : items) all.push_back(delivery_of(item.message, channel));
  const auto left = undelivered(std::move(all), tx);
  if (left.empty()) return;
  try {
    sink.deliver(left);
  } catch (const SinkAway& away) {
    throw waybill::inbox::Pause(away.what(), rest_without_sink);
  }
  CRASH_POINT("notification.after_delivery");
  persistence::set_delivered(tx, left);
}

}  // namespace

waybill::inbox::Handlers deliveries(Channel channel, std::shared_ptr<Sink> sink) {
  waybill::inbox::Handlers handlers;
  handlers.on_batch<NotificationRequested>(
      [channel, sink = std::move(sink)](std::span<const Item> items, waybill::postgres::Tx& tx) {
        deliver(items, tx, channel, *sink);
      });
  return handlers;
}

}  // namespace shop::notification
