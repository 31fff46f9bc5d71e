#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/decision.hpp"
#include "domain/delivery.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/postgres/tx.hpp"
#include "waybill/postgres/types.hpp"

namespace shop::notification::persistence {

/// One that is to be kept: what was decided, and the event that it was decided of, which outlives it.
struct Requested {
  const OrderEvent* event = nullptr;
  Decision decision{};
};

/// Writes one row for each; one that is there stays as it is.
void insert(waybill::postgres::Tx& tx, std::span<const Requested> notifications);

/// What a worker has to know of a notification.
struct Known {
  Status status = Status::requested;
  waybill::base::WallTime requested_at{};
};

/// Of those that exist. They are locked until the transaction ends, so that two workers who have two messages
/// of one notification do not deliver it at the same time.
std::unordered_map<waybill::base::Uuid, Known> lock(waybill::postgres::Tx& tx,
                                                    std::vector<waybill::base::Uuid> ids);

/// They were delivered, now.
void set_delivered(waybill::postgres::Tx& tx, std::span<const Delivery> deliveries);

/// A notification as it is kept.
struct Notification {
  waybill::base::Uuid id;
  Event event = Event::placed;
  waybill::base::Uuid order_id;
  std::string customer_id{};
  Channel channel = Channel::email;
  std::string recipient{};
  Status status = Status::requested;
  std::optional<std::string> subject{};
  waybill::base::WallTime requested_at{};
  std::optional<waybill::base::WallTime> delivered_at{};
  static constexpr auto columns = waybill::postgres::columns(
      &Notification::id, &Notification::event, &Notification::order_id, &Notification::customer_id,
      &Notification::channel, &Notification::recipient, &Notification::status, &Notification::subject,
      &Notification::requested_at, &Notification::delivered_at);
};

/// Which ones a client wants to see.
struct Filter {
  std::optional<waybill::base::Uuid> order_id{};
  std::optional<std::string> customer_id{};
};

/// The newest first; those behind `after`.
std::vector<Notification> list(waybill::postgres::Tx& tx, const Filter& filter,
                               const std::optional<waybill::base::Uuid>& after, std::int64_t most);

}  // namespace shop::notification::persistence
