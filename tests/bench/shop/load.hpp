#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "bare_sql.hpp"
#include "order_taker.hpp"
#include "shop_databases.hpp"

namespace waybill::bench {

/// Places orders, and sees by looking into the order service's database what becomes of them.
///
/// An order is confirmed when another session sees it so: its row's own time is that of the decision, before
/// the commit. One thread.
class Load {
 public:
  Load(OrderTaker& taker, const ShopDatabases& databases);

  /// As many orders a second as are confirmed when there are always so many under way.
  double closed_loop(std::size_t under_way, std::chrono::milliseconds warm_up,
                     std::chrono::milliseconds measured);
  /// Places so many a second for so long, whatever becomes of them.
  void open_loop(double per_second, std::chrono::milliseconds lasts);
  /// The same, and how long each took from when it was due until it was confirmed, in milliseconds, sorted.
  std::vector<double> latencies(double per_second, std::chrono::milliseconds lasts);
  /// Waits until all that were accepted have ended. Throws when they do not, or one came to nothing.
  void drain();

  /// Orders that are confirmed, whose e-mails are sent, and that are counted.
  std::size_t completed() const;
  std::size_t accepted() const { return accepted_; }

 private:
  void take_accepted(std::chrono::milliseconds wait);
  /// How long those took that are confirmed since; they are forgotten.
  std::vector<double> look();

  OrderTaker& taker_;
  const ShopDatabases& databases_;
  BareSql orders_;
  std::unordered_map<std::string, LoadClock::time_point> under_way_;
  std::size_t accepted_ = 0;
};

}  // namespace waybill::bench
