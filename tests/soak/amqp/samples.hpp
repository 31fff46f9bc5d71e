#pragma once

#include <string>
#include <vector>

#include "waybill/testkit/footprint.hpp"

namespace waybill::soak {

/// What the process held, taken at a steady pace, and whether its memory grows.
class Samples {
 public:
  void add(const testkit::Footprint& footprint) { resident_kib_.push_back(footprint.resident_kib); }

  struct Verdict {
    bool is_flat = true;
    std::string text;  ///< the figures, for people
  };
  /// The first fifth is for warming up. Of the rest, the last third's median may be above the first third's
  /// by 5 % and 4 MiB. Fewer than 10 samples tell nothing and pass.
  Verdict judge() const;

 private:
  std::vector<std::size_t> resident_kib_;
};

}  // namespace waybill::soak
