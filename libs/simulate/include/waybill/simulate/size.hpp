#pragma once

#include <vector>

namespace waybill::simulate {

/// How much happens in one history, at most. What a message is, the simulation decides: an order, a saga, a
/// call. Of the faults, some can be spared, by the places at which they would have come: so a story is told
/// with those alone that it needs.
struct Size {
  int messages = 8;
  int faults = 40;
  std::vector<int> spared{};
  friend bool operator==(const Size&, const Size&) = default;
};

}  // namespace waybill::simulate
