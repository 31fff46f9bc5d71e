#include "bare_orders.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace waybill::bench {

namespace {

constexpr std::size_t batchers = 2;
constexpr std::size_t most_together = 64;

}  // namespace

BareOrders::BareOrders(const std::string& url) {
  for (std::size_t n = 0; n < batchers; ++n) {
    auto& sql = *connections_.emplace_back(std::make_unique<BareSql>(url));
    sql.prepare("insert", "INSERT INTO bench_orders (id, body) SELECT * FROM unnest($1::text[], $2::text[])");
    threads_.emplace_back("floor", [this, &sql] { run(sql); });
  }
}

BareOrders::~BareOrders() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  came_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void BareOrders::insert(Order order) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(order));
  }
  came_.notify_one();
}

void BareOrders::run(BareSql& sql) {
  for (;;) {
    std::vector<Order> batch;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const auto end =
          waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most_together));
      std::move(waiting_.begin(), end, std::back_inserter(batch));
      waiting_.erase(waiting_.begin(), end);
    }
    ArrayText ids;
    ArrayText bodies;
    for (const auto& order : batch) {
      ids.add(order.id);
      bodies.add(order.text);
    }
    sql.run("BEGIN");
    PQclear(sql.execute("insert", std::array{ids.take(), bodies.take()}));
    sql.run("COMMIT");
    for (const auto& order : batch) order.done();
  }
}

}  // namespace waybill::bench
