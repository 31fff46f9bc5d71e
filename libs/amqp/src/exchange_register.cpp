#include "exchange_register.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {
namespace {
// Names come from callers, so their number is bounded; beyond it all are asked for again.
constexpr std::size_t most_exchanges = 4'096;
}  // namespace

ExchangeRegister::Standing ExchangeRegister::standing(const std::string& exchange, base::SteadyTime now) {
  // The default exchange, whose name is empty, is always there; so the empty name is a good first "last".
  if (exchange == last_usable_ || exchange.empty()) return Standing::usable;
  const auto found = entries_.find(exchange);
  if (found == entries_.end()) return Standing::unknown;
  if (found->second.usable) {
    last_usable_ = exchange;
    return Standing::usable;
  }
  if (now < found->second.until) return Standing::unusable;
  entries_.erase(found);
  return Standing::unknown;
}

const message::Returned& ExchangeRegister::reason(const std::string& exchange) const {
  const auto found = entries_.find(exchange);
  ENSURE(found != entries_.end() && !found->second.usable, "a reason is asked for an unusable exchange");
  return found->second.reason;
}

void ExchangeRegister::set_usable(const std::string& exchange) {
  if (entries_.size() >= most_exchanges) forget_all();
  entries_[exchange] = {true, {}, {}};
}

void ExchangeRegister::set_unusable(const std::string& exchange, message::Returned reason,
                                    base::SteadyTime until) {
  if (entries_.size() >= most_exchanges) forget_all();
  if (last_usable_ == exchange) last_usable_.clear();
  entries_[exchange] = {false, until, std::move(reason)};
}

void ExchangeRegister::forget_all() {
  entries_.clear();
  last_usable_.clear();
}

}  // namespace waybill::amqp
