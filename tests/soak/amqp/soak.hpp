#pragma once

#include <chrono>
#include <cstdint>

namespace waybill::soak {

struct Plan {
  std::chrono::milliseconds time{std::chrono::minutes{1}};
  std::uint64_t seed = 1;
};

/// A publisher and a subscriber at a steady load on the shared broker, with mild faults between, for the
/// plan's time or until SIGINT or SIGTERM. Prints a line now and then, and at the end what is wrong. Whether
/// nothing is: memory flat, descriptors and threads as at the beginning, every publish ended once, every
/// Confirmed arrived.
bool run(const Plan& plan);

}  // namespace waybill::soak
