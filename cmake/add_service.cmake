# add_service(NAME SOURCES file… [LINKS target…])
#   makes the executable shop-NAME of main.cpp and of the library NAME_parts, which has the sources, the
#   migrations of migrations/ as NAMESPACE shop::NAME, and the calling folder as its include directory; what
#   tests its parts links that.
# add_service_tests(NAME SOURCES file… [USES module…] [LINKS target…])
#   is add_module_tests() with the label `services`: the rules of a service, and its program on real servers.
#   A build with a sanitizer makes services and their tests only when that label is asked for: they are thin
#   above modules whose tests have it anyway.

function(waybill_leaves_services_out result)
  if(WAYBILL_SANITIZE AND WAYBILL_TEST_LABELS AND NOT "services" IN_LIST WAYBILL_TEST_LABELS)
    set(${result} ON PARENT_SCOPE)
  else()
    set(${result} OFF PARENT_SCOPE)
  endif()
endfunction()

function(add_service_tests name)
  waybill_leaves_services_out(is_left_out)
  if(NOT is_left_out)
    add_module_tests(${name} LABEL services ${ARGN})
  endif()
endfunction()

function(add_service name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_service(${name}): needs SOURCES, and knows no: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_library(${name}_parts STATIC ${arg_SOURCES})
  target_include_directories(${name}_parts PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name}_parts PUBLIC waybill::service ${arg_LINKS}
                        PRIVATE nlohmann_json::nlohmann_json waybill_warnings)
  if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/migrations)
    add_migrations(${name} migrations TARGET ${name}_parts NAMESPACE shop::${name})
    target_include_directories(${name}_parts PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/${name}_migrations)
  endif()
  add_executable(shop-${name} main.cpp)
  target_link_libraries(shop-${name} PRIVATE ${name}_parts waybill_warnings)
  target_compile_definitions(shop-${name} PRIVATE WAYBILL_VERSION="${PROJECT_VERSION}")
  install(TARGETS shop-${name})
  waybill_leaves_services_out(is_left_out)
  set_target_properties(${name}_parts shop-${name} PROPERTIES EXCLUDE_FROM_ALL ${is_left_out})
endfunction()
