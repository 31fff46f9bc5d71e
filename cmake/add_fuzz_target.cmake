# add_fuzz_target(NAME SOURCES file… [USES module…] [LINKS target…])
#   makes the program fuzz_NAME of a source that defines LLVMFuzzerTestOneInput, with corpus/NAME beside it.
#   In the preset fuzz libFuzzer drives it; elsewhere it runs each input of the corpus once, as the CTest test
#   fuzz.NAME, so that what was found once stays found in every build.

add_custom_target(fuzz_targets)

function(add_fuzz_target name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_fuzz_target(${name}): needs SOURCES, and knows no: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target fuzz_${name})
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  list(TRANSFORM arg_USES PREPEND waybill::)
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${arg_USES} ${arg_LINKS} waybill_warnings)
  add_dependencies(fuzz_targets ${target})
  if(WAYBILL_SANITIZE STREQUAL "fuzzer")
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${target} PRIVATE replay_main.cpp)
    add_test(NAME fuzz.${name} COMMAND ${target} ${corpus})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS unit TIMEOUT 60)
  endif()
endfunction()
