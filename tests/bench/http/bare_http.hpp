#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "waybill/runtime/thread.hpp"

namespace waybill::bench {

class BareOrders;

/// A server as one writes it on Beast with coroutines and nothing else: reads a request, compares its target,
/// answers. GET is answered at once, POST after its row was inserted.
class BareHttp {
 public:
  BareHttp(std::string body, BareOrders* orders);
  ~BareHttp();
  BareHttp(const BareHttp&) = delete;
  BareHttp& operator=(const BareHttp&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  boost::asio::io_context context_{1};
  std::uint16_t port_ = 0;
  runtime::Thread thread_;
};

}  // namespace waybill::bench
