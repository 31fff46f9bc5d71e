#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "waybill/base/backoff.hpp"
#include "waybill/postgres/fault.hpp"

namespace waybill::postgres {

/// Decides whether a transaction that failed is run again, and after which wait. Pure; one for each
/// transact().
class Rerun {
 public:
  Rerun(std::size_t attempts, std::uint64_t seed);

  /// Nothing: the fault is the caller's.
  std::optional<std::chrono::milliseconds> after(const Fault& fault);

 private:
  std::size_t conflicts_left_;
  bool connection_replaced_ = false;
  std::uint64_t seed_;
  std::optional<base::Backoff> backoff_;
};

}  // namespace waybill::postgres
