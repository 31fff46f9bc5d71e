#pragma once

#include <cstdint>
#include <vector>

#include "cells.hpp"
#include "waybill/saga_simulation/coverage.hpp"

namespace waybill::saga_simulation {

class Coverage::Table {
 public:
  explicit Table(const saga::Plan& plan) : plan_(plan), cells_(plan), counts_(cells_.count()) {}

  const saga::Plan& plan() const { return plan_; }
  const Cells& cells() const { return cells_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }
  void count(std::size_t state, std::size_t input, saga::Outcome outcome) {
    ++counts_[cells_.cell(state, input, outcome)];
  }
  std::string name(std::size_t cell) const;

 private:
  const saga::Plan& plan_;
  Cells cells_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace waybill::saga_simulation
