#pragma once

#include <cstddef>

namespace waybill::amqp::tests {

/// Sanitizers make everything ten times slower, and what they look for shows in a tenth of the cases too.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
constexpr std::size_t one_of = is_sanitized ? 10 : 1;

}  // namespace waybill::amqp::tests
