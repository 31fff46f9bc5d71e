#pragma once

#include <string_view>

namespace waybill::base {

/// Prints where and what to standard error and aborts. Called by ENSURE; not meant to be called by hand.
[[noreturn]] void ensure_failed(const char* condition, const char* file, int line, std::string_view why = {});

}  // namespace waybill::base

/// States what must hold at this point whatever the input was: a failure is a bug of the program, so it
/// aborts, in release builds too. Refusals and faults of the outside world are values and exceptions, never
/// ENSURE.
#define ENSURE(condition, ...)                                                                   \
  do {                                                                                           \
    if (!(condition)) [[unlikely]]                                                               \
      ::waybill::base::ensure_failed(#condition, __FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)
