#pragma once

#include <latch>
#include <thread>

#include "test_database.hpp"

namespace waybill::postgres::testing {

/// A thread that holds a connection of the pool for as long as this lives.
class PoolHolder {
 public:
  explicit PoolHolder(Pool& pool)
      : thread_([this, &pool] {
          pool.transact(
              [this](Tx& tx) {
                tx.execute("SELECT 1");
                holding_.count_down();
                release_.wait();
              },
              soon());
        }) {
    holding_.wait();
  }
  ~PoolHolder() {
    release_.count_down();
    thread_.join();
  }
  PoolHolder(const PoolHolder&) = delete;
  PoolHolder& operator=(const PoolHolder&) = delete;

 private:
  std::latch holding_{1};
  std::latch release_{1};
  std::thread thread_;
};

}  // namespace waybill::postgres::testing
