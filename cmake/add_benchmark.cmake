# add_benchmark(NAME SOURCES file… [USES module…] [LINKS target…])
#   makes the program bench_NAME (dashes become underscores), which scripts/bench runs as the bench.json
#   beside it says, in bin/ of the build; makes nothing where WAYBILL_BENCHMARKS is off.

function(add_benchmark name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_benchmark(${name}): needs SOURCES, and knows no: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/bench.json)
    message(FATAL_ERROR "add_benchmark(${name}): ${CMAKE_CURRENT_SOURCE_DIR}/bench.json is missing: "
                        "it says what the figures mean; docs/benchmarks.md shows its format")
  endif()
  if(NOT WAYBILL_BENCHMARKS)
    return()
  endif()
  string(REPLACE "-" "_" target bench_${name})
  list(TRANSFORM arg_USES PREPEND waybill::)
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_USES} ${arg_LINKS} waybill_warnings)
endfunction()
