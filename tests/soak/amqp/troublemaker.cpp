#include "troublemaker.hpp"

namespace waybill::soak {

void Troublemaker::tick() {
  namespace fault = servers::fault;
  proxy_.heal();
  if (random_() % 8 != 0) return;
  ++made_;
  switch (random_() % 4) {
    case 0:
      return proxy_.inject(fault::CutNow{servers::Cut::reset});
    case 1:
      return proxy_.inject(fault::CutNow{servers::Cut::end});
    case 2:
      return proxy_.inject(fault::StopReading{});
    default:
      return proxy_.inject(fault::CutAfter{servers::Direction::both, random_() % 20'000});
  }
}

}  // namespace waybill::soak
