# add_service(NAME SOURCES file… [LINKS target…])
#   makes the executable shop-NAME of main.cpp and of the library NAME_parts, which has the sources, the
#   migrations of migrations/ as NAMESPACE shop::NAME, and the calling folder as its include directory; what
#   tests its parts links that.

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
endfunction()
