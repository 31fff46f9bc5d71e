#pragma once

#include <string>

namespace waybill::servers {

/// The value of one of the variables that `scripts/stack env` prints; throws with what to do when it is not
/// set.
std::string from_environment(const char* variable);

}  // namespace waybill::servers
