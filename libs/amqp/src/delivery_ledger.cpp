#include "delivery_ledger.hpp"

#include <algorithm>

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {

void DeliveryLedger::delivered(std::uint64_t number) {
  ENSURE(entries_.empty() || entries_.back().number < number, "delivery tags grow");
  entries_.push_back({number, {}, false});
}

bool DeliveryLedger::settle(std::uint64_t number, message::Settlement settlement) {
  const auto found = std::ranges::lower_bound(entries_, number, {}, &Entry::number);
  if (found == entries_.end() || found->number != number || found->is_settled) return false;
  found->is_settled = true;
  found->settlement = settlement;
  ++settled_;
  return true;
}

void DeliveryLedger::take_orders(std::vector<SettlementOrder>& orders) {
  if (settled_ == 0) return;
  bool from_oldest = true;
  std::size_t kept = 0;
  for (const auto& entry : entries_) {
    if (!entry.is_settled) {
      from_oldest = false;
      entries_[kept++] = entry;
    } else if (from_oldest && !orders.empty() && orders.back().settlement == entry.settlement) {
      orders.back().number = entry.number;
      orders.back().multiple = true;
    } else {
      orders.push_back({entry.number, false, entry.settlement});
    }
  }
  entries_.resize(kept);
  settled_ = 0;
}

void DeliveryLedger::clear() {
  entries_.clear();
  settled_ = 0;
}

}  // namespace waybill::amqp
