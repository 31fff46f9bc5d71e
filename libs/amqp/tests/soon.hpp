#pragma once

#include <chrono>

#include "waybill/base/deadline.hpp"

namespace waybill::amqp::tests {

/// The deadline of what takes a moment: far enough for a busy machine, near enough to be told of what hangs.
inline base::Deadline soon() { return base::Deadline::after(std::chrono::seconds{30}); }

}  // namespace waybill::amqp::tests
