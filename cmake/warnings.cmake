# Warnings for the project's own targets; imported headers are SYSTEM and stay silent. -Wrestrict of g++ 12
# cries wolf where -O3 puts one std::string into another (GCC bug 105651), and -Wmaybe-uninitialized where a
# sanitizer's checks stand between; the dev and release builds warn of what is true. In a unity build a local
# name may hide a global one of another source, and every source counts as a header, whose types must not hold
# anonymous ones: -Wshadow and -Wsubobject-linkage are left to the dev build. So is -Wmismatched-new-delete,
# which g++ 12 raises for Asio's coroutine frames where it inlines one half of the pair.

add_library(waybill_warnings INTERFACE)
target_compile_options(waybill_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wextra-semi -Wundef -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-restrict>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${WAYBILL_SANITIZE}>>:-Wno-maybe-uninitialized>
  $<$<BOOL:${CMAKE_UNITY_BUILD}>:-Wno-shadow>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-subobject-linkage>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-mismatched-new-delete>
  $<$<BOOL:${WAYBILL_WERROR}>:-Werror>)
