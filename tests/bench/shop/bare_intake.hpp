#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "bare_outbox.hpp"
#include "bare_sql.hpp"
#include "bare_worker.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::bench {

/// Where the floor's orders begin, on a thread of its own: those that have come meanwhile, up to 32, in one
/// transaction. They come by no HTTP. Any thread.
class BareIntake {
 public:
  explicit BareIntake(BareService& order_service);
  ~BareIntake();
  BareIntake(const BareIntake&) = delete;
  BareIntake& operator=(const BareIntake&) = delete;

  void place(std::string id);

 private:
  void run();
  void insert(const std::vector<std::string>& orders);

  BareSql sql_;
  BareOutbox outbox_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> waiting_;
  bool is_over_ = false;
  runtime::Thread thread_;
};

/// What order.replies brings, and what it leads to.
std::unique_ptr<BareWorker> bare_replies(BareService& order_service);

}  // namespace waybill::bench
