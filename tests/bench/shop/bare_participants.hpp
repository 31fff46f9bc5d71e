#pragma once

#include <memory>

#include "bare_worker.hpp"

namespace waybill::bench {

std::unique_ptr<BareWorker> bare_inventory(BareService& inventory);
std::unique_ptr<BareWorker> bare_payment(BareService& payment);

}  // namespace waybill::bench
