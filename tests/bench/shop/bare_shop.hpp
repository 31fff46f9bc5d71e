#pragma once

#include <memory>
#include <vector>

#include "bare_intake.hpp"
#include "bare_worker.hpp"
#include "order_taker.hpp"
#include "shop_databases.hpp"

namespace waybill::bench {

/// The floor: a thread for each queue of the shop, and one that takes orders, each with bare libpq and
/// rabbitmq-c, and nothing that decides, remembers, checks or could fail. It writes the rows and sends and
/// takes the messages that the shop does for an order that is confirmed.
class BareShop final : public OrderTaker {
 public:
  explicit BareShop(const ShopDatabases& databases);
  ~BareShop() override;

  void place(LoadClock::time_point due) override;
  std::vector<AcceptedOrder> accepted(std::chrono::milliseconds wait) override;

 private:
  struct Services;
  std::unique_ptr<Services> services_;
  std::unique_ptr<BareIntake> intake_;
  std::vector<std::unique_ptr<BareWorker>> workers_;
  std::vector<AcceptedOrder> placed_;
};

}  // namespace waybill::bench
