#pragma once

#include <cstddef>
#include <string>

namespace waybill::testkit {

/// What this process holds of the machine.
struct Footprint {
  std::size_t resident_kib = 0;
  std::size_t descriptors = 0;
  std::size_t threads = 0;

  /// Gives what is free back to the system first, so that only what is held counts.
  static Footprint now();
};

std::string to_string(const Footprint& footprint);

}  // namespace waybill::testkit
