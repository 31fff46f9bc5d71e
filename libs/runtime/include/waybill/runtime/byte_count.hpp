#pragma once

#include <cstdint>

#include "waybill/base/strong.hpp"

namespace waybill::runtime {

using ByteCount = base::Strong<std::uint64_t, struct ByteCountTag>;

}  // namespace waybill::runtime
