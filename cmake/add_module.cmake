# add_module(NAME SOURCES file… [USES module…] [LINKS target…] [LINKS_PRIVATE target…])
#   makes the library waybill::NAME from the calling folder, with every header under include/ public.
#   Each public header is also compiled alone.
# add_test_support(NAME SOURCES file… [USES module…] [LINKS target…])
#   makes the library NAME_test_support of what several of a module's test executables share, so that it is
#   compiled once; they name it in their LINKS, and include its headers from tests/.
# add_module_tests(NAME LABEL label SOURCES file… [USES module…] [LINKS target…] [RESOURCES lock…] [TOGETHER])
#   makes one GoogleTest executable, whose cases are CTest tests named NAME.Suite.Case with that label. With
#   TOGETHER it is one CTest test, NAME.LABEL: its cases share a process, and so what SetUpTestSuite() starts.
#   Unit tests under a sanitizer are always together.

include(GoogleTest)

function(add_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS;LINKS_PRIVATE" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_module(${name}): unknown words: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  waybill_check_layers(${name} ${arg_USES})

  add_library(waybill_${name} STATIC ${arg_SOURCES})
  add_library(waybill::${name} ALIAS waybill_${name})
  list(TRANSFORM arg_USES PREPEND waybill::)
  target_link_libraries(waybill_${name} PUBLIC ${arg_USES} ${arg_LINKS}
                        PRIVATE ${arg_LINKS_PRIVATE} $<BUILD_INTERFACE:waybill_warnings>)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/*.hpp)
  target_sources(waybill_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_include_directories(waybill_${name} PRIVATE src)
  set_target_properties(waybill_${name} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME waybill_${name})
  set_property(GLOBAL APPEND PROPERTY WAYBILL_MODULES ${name})
  waybill_compile_headers_alone(${name} ${headers})
endfunction()

# A header that only compiles after another one breaks its next user; the build finds that out instead.
function(waybill_compile_headers_alone name)
  set(sources)
  foreach(header IN LISTS ARGN)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include
               OUTPUT_VARIABLE relative)
    string(MAKE_C_IDENTIFIER ${relative} stem)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/alone/${stem}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${relative}\"\n")
    list(APPEND sources ${source})
  endforeach()
  if(sources AND WAYBILL_TESTS AND WAYBILL_HEADERS_ALONE)
    add_library(waybill_${name}_headers_alone OBJECT ${sources})
    set_target_properties(waybill_${name}_headers_alone PROPERTIES UNITY_BUILD OFF)
    target_link_libraries(waybill_${name}_headers_alone PRIVATE waybill::${name} waybill_warnings)
  endif()
endfunction()

# What is shipped is optimised; what drives it compiles in three quarters of the time without.
set(WAYBILL_TEST_FLAGS -O0)

function(add_test_support name)
  if(NOT WAYBILL_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_test_support(${name}): needs SOURCES, and knows no: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target ${name}_test_support)
  list(TRANSFORM arg_USES PREPEND waybill::)
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_link_libraries(${target} PUBLIC waybill::${name} ${arg_USES} ${arg_LINKS} PRIVATE waybill_warnings)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/tests
                             PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE ${WAYBILL_TEST_FLAGS})
endfunction()

function(add_module_tests name)
  if(NOT WAYBILL_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "TOGETHER" "LABEL" "SOURCES;USES;LINKS;RESOURCES" ${ARGN})
  if(NOT arg_LABEL OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_module_tests(${name}): needs LABEL, and knows no: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target ${name}_${arg_LABEL}_tests)
  list(TRANSFORM arg_USES PREPEND waybill::)
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_USES} ${arg_LINKS} GTest::gmock GTest::gtest_main
                        waybill_warnings)
  target_compile_options(${target} PRIVATE ${WAYBILL_TEST_FLAGS})
  if(TARGET waybill_${name})
    target_link_libraries(${target} PRIVATE waybill::${name})
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  endif()
  if(WAYBILL_TEST_LABELS AND NOT arg_LABEL IN_LIST WAYBILL_TEST_LABELS)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  # A process costs a sanitizer a third of a second, which is more than most unit tests take.
  if(arg_TOGETHER OR (WAYBILL_SANITIZE AND arg_LABEL STREQUAL "unit"))
    add_test(NAME ${name}.${arg_LABEL} COMMAND ${target})
    set_tests_properties(${name}.${arg_LABEL} PROPERTIES
      LABELS ${arg_LABEL} TIMEOUT 600 RESOURCE_LOCK "${arg_RESOURCES}")
    return()
  endif()
  # A thousand cuts of a connection take minutes where the machine is busy.
  gtest_discover_tests(${target} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT 600 RESOURCE_LOCK "${arg_RESOURCES}")
endfunction()
