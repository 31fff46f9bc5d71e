#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "waybill/saga_simulation/script.hpp"

namespace waybill::saga_simulation::detail {

/// A script with what each history would have to look up anew.
struct Stage {
  struct Command {
    const Script::Part* part = nullptr;
    std::size_t service = 0;
    std::chrono::milliseconds wait{};  ///< how long an answer is waited for, until something is done about it
  };
  struct Step {
    Command act;
    Command undo;
  };

  std::vector<std::vector<Step>> versions;
  std::vector<std::string> services;
  std::chrono::milliseconds calm_after{};
  std::chrono::milliseconds ends_at{};
};

/// Throws std::invalid_argument where the script lacks something.
Stage stage_of(const Script& script);

}  // namespace waybill::saga_simulation::detail
