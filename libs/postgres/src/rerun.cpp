#include "rerun.hpp"

#include "conflict_waits.hpp"

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;

}  // namespace

Rerun::Rerun(std::size_t attempts, std::uint64_t seed)
    : conflicts_left_(attempts > 0 ? attempts - 1 : 0), seed_(seed) {}

std::optional<std::chrono::milliseconds> Rerun::after(const Fault& fault) {
  if (fault.kind() == FaultKind::serialization) {
    if (conflicts_left_ == 0) return std::nullopt;
    --conflicts_left_;
    if (!backoff_) backoff_.emplace(conflict_waits, seed_);
    return backoff_->next();
  }
  // A pooled connection may have died while it was idle, or hold statements that no longer fit the tables:
  // once, a new one is worth a try. COMMIT was not sent, or the fault would be in doubt.
  if (fault.connection_lost() && !connection_replaced_ &&
      (fault.kind() == FaultKind::unavailable || fault.kind() == FaultKind::transient)) {
    connection_replaced_ = true;
    return 0ms;
  }
  return std::nullopt;
}

}  // namespace waybill::postgres
