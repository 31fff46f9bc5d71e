# Warnings for the project's own targets; imported headers are SYSTEM and stay silent. -Wrestrict of g++ 12
# cries wolf where -O3 puts one std::string into another (GCC bug 105651), and -Wmaybe-uninitialized where a
# sanitizer's checks stand between; the dev and release builds warn of what is true.

add_library(waybill_warnings INTERFACE)
target_compile_options(waybill_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wextra-semi -Wundef -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-restrict>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${WAYBILL_SANITIZE}>>:-Wno-maybe-uninitialized>
  $<$<BOOL:${WAYBILL_WERROR}>:-Werror>)
