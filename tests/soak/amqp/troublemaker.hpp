#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "waybill/servers/fault_proxy.hpp"

namespace waybill::soak {

/// Cuts or freezes the way to the broker now and then: the mild faults of an ordinary month.
class Troublemaker {
 public:
  Troublemaker(servers::FaultProxy& proxy, std::uint64_t seed) : proxy_(proxy), random_(seed) {}

  /// To be called every tick: heals what the last fault left, and makes a new one about every eighth time.
  void tick();
  void end() { proxy_.heal(); }
  std::uint64_t made() const { return made_; }

 private:
  servers::FaultProxy& proxy_;
  std::mt19937_64 random_;
  std::uint64_t made_ = 0;
};

}  // namespace waybill::soak
