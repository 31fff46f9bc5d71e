#pragma once

#include <span>
#include <stdexcept>

#include "domain/delivery.hpp"

namespace shop::notification {

/// Thrown by a sink that cannot deliver anything just now: no message is to blame, and all wait.
class SinkAway : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where messages leave the shop.
///
/// Promises: when deliver() returns, every one of them has been delivered, and would be after a loss of
/// power. It may be asked for the same notification again, when a process ended before it could say that it
/// had been delivered: then it makes of it one message, not two, as far as its way allows. It is called by
/// several threads, though never by two for the same notification.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void deliver(std::span<const Delivery> deliveries) = 0;
};

}  // namespace shop::notification
