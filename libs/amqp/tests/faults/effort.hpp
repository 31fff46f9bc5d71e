#pragma once

#include <cstddef>

#include "waybill/testkit/sanitized.hpp"

namespace waybill::amqp::tests {

/// With a sanitizer, a tenth of the cases shows what it looks for, in the time that all of them take without.
constexpr std::size_t one_of = testkit::is_sanitized ? 10 : 1;

}  // namespace waybill::amqp::tests
