#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bare_sql.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::bench {

/// Inserts rows by plain libpq, all that have come meanwhile in one statement and one transaction, on threads
/// of its own.
class BareOrders {
 public:
  struct Order {
    std::string id;
    std::string text;
    std::function<void()> done;  ///< after the commit, on a thread of its own
  };

  explicit BareOrders(const std::string& url);
  ~BareOrders();
  BareOrders(const BareOrders&) = delete;
  BareOrders& operator=(const BareOrders&) = delete;

  void insert(Order order);

 private:
  void run(BareSql& sql);

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Order> waiting_;
  bool is_over_ = false;
  std::vector<std::unique_ptr<BareSql>> connections_;
  std::vector<runtime::Thread> threads_;
};

}  // namespace waybill::bench
