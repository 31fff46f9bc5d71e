#pragma once

#include <vector>

#include "cells.hpp"
#include "waybill/saga_simulation/faults.hpp"

namespace waybill::saga_simulation {

/// For each cell whether some history can come to it, with participants that give each answer of their
/// commands, but to one step and epoch always the same. A step is begun twice at most.
std::vector<bool> reachable_cells(const saga::Plan& plan, const Cells& cells, const Faults& faults);

}  // namespace waybill::saga_simulation
