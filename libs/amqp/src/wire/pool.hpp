#pragma once

#include <amqp.h>

namespace waybill::amqp {

/// Where decoded methods, tables and properties live until the next recycle().
class Pool {
 public:
  Pool() { init_amqp_pool(&pool_, 4'096); }
  ~Pool() { empty_amqp_pool(&pool_); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  amqp_pool_t* get() { return &pool_; }
  void recycle() { recycle_amqp_pool(&pool_); }

 private:
  amqp_pool_t pool_{};
};

}  // namespace waybill::amqp
