#pragma once

#include <optional>
#include <vector>

#include "test_database.hpp"
#include "waybill/postgres/batch.hpp"

namespace waybill::postgres::testing {

/// What a transaction ended with; empty when it was committed.
template <class F>
std::optional<Fault> fault_of(Pool& pool, F function, base::Deadline deadline = soon()) {
  try {
    pool.transact(function, deadline);
  } catch (const Fault& fault) {
    return fault;
  }
  return std::nullopt;
}

std::vector<BatchState> states(const auto& outcomes) {
  std::vector<BatchState> all;
  for (const auto& outcome : outcomes) all.push_back(outcome.state);
  return all;
}

}  // namespace waybill::postgres::testing
