#include "bare_shop.hpp"

#include <poll.h>

#include <utility>

#include "bare_listeners.hpp"
#include "bare_participants.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::bench {

struct BareShop::Services {
  explicit Services(const ShopDatabases& databases)
      : order{databases.of("order").url(), databases.broker_url()},
        inventory{databases.of("inventory").url(), databases.broker_url()},
        payment{databases.of("payment").url(), databases.broker_url()},
        notification{databases.of("notification").url(), databases.broker_url()},
        analytics{databases.of("analytics").url(), databases.broker_url()} {}
  BareService order;
  BareService inventory;
  BareService payment;
  BareService notification;
  BareService analytics;
};

BareShop::BareShop(const ShopDatabases& databases)
    : services_(std::make_unique<Services>(databases)),
      intake_(std::make_unique<BareIntake>(services_->order)) {
  workers_.push_back(bare_replies(services_->order));
  workers_.push_back(bare_inventory(services_->inventory));
  workers_.push_back(bare_payment(services_->payment));
  workers_.push_back(bare_notifications(services_->notification));
  workers_.push_back(bare_emails(services_->notification));
  workers_.push_back(bare_analytics(services_->analytics));
}

BareShop::~BareShop() = default;

void BareShop::place(LoadClock::time_point due) {
  auto id = base::new_uuid_v7().to_string();
  placed_.push_back({id, due});
  intake_->place(std::move(id));
}

std::vector<AcceptedOrder> BareShop::accepted(std::chrono::milliseconds wait) {
  // Nothing comes that could be waited for: it is the pace of who places orders.
  if (placed_.empty()) ::poll(nullptr, 0, static_cast<int>(wait.count()));
  return std::exchange(placed_, {});
}

}  // namespace waybill::bench
