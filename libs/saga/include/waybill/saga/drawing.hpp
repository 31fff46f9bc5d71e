#pragma once

#include <string>

#include "waybill/saga/plan.hpp"

namespace waybill::saga {

/// The saga as a Mermaid state diagram: the way forward, the way back, and what leads from one to the other.
std::string to_mermaid(const Plan& plan);

}  // namespace waybill::saga
