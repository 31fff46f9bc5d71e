#pragma once

namespace waybill::testkit {

/// Whether this build has a sanitizer: then everything is about ten times slower, and memory that was freed
/// is kept, so that a process's size tells nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // g++
constexpr bool is_sanitized = true;
#elif defined(__has_feature)  // clang++
constexpr bool is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool is_sanitized = false;
#endif

}  // namespace waybill::testkit
