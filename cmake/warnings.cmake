# Warnings for the project's own targets; imported headers are SYSTEM and stay silent.

add_library(waybill_warnings INTERFACE)
target_compile_options(waybill_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wextra-semi -Wundef -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
  $<$<BOOL:${WAYBILL_WERROR}>:-Werror>)
