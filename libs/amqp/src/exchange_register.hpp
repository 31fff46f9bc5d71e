#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "waybill/base/clock.hpp"
#include "waybill/message/outcome.hpp"

namespace waybill::amqp {

/// Which exchanges a connection may publish to. A publish to one that is missing makes the broker close the
/// channel, and every unconfirmed neighbour's outcome is lost with it; so an exchange is asked for before it
/// is first used, and one that failed is left alone for a while. Pure; not thread-safe.
class ExchangeRegister {
 public:
  enum class Standing { unknown, usable, unusable };

  Standing standing(const std::string& exchange, base::SteadyTime now);
  /// Why an unusable exchange is so.
  const message::Returned& reason(const std::string& exchange) const;

  void set_usable(const std::string& exchange);
  void set_unusable(const std::string& exchange, message::Returned reason, base::SteadyTime until);
  void forget_all();

 private:
  struct Entry {
    bool usable = false;
    base::SteadyTime until;
    message::Returned reason;
  };

  std::unordered_map<std::string, Entry> entries_;
  std::string last_usable_;
};

}  // namespace waybill::amqp
