#pragma once

namespace waybill::testkit {

/// Whether this build has a sanitizer: then everything is about ten times slower, and memory that was freed
/// is kept, so that a process's size tells nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

}  // namespace waybill::testkit
