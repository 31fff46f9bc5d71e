# add_migrations(MODULE DIRECTORY [TARGET target] [NAMESPACE namespace])
#   compiles the SQL files of DIRECTORY (0001_name.sql and so on) into the target, so that an installed
#   program needs no files, as
#     const waybill::postgres::Migrations& NAMESPACE::migrations();
#   which the header "MODULE_migrations.hpp" declares to the target; a library has a public one of its own. By
#   default the target is waybill_MODULE and the namespace waybill::MODULE. The target uses waybill::postgres.

set(WAYBILL_EMBED_MIGRATIONS ${CMAKE_CURRENT_LIST_DIR}/embed_migrations.cmake)

function(add_migrations module directory)
  cmake_parse_arguments(arg "" "TARGET;NAMESPACE" "" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_migrations(${module}): unknown words: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TARGET)
    set(arg_TARGET waybill_${module})
  endif()
  if(NOT arg_NAMESPACE)
    set(arg_NAMESPACE waybill::${module})
  endif()
  cmake_path(ABSOLUTE_PATH directory BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  file(GLOB files CONFIGURE_DEPENDS ${directory}/*.sql)
  if(NOT files)
    message(FATAL_ERROR "add_migrations(${module}): ${directory} holds no .sql file")
  endif()

  set(source ${CMAKE_CURRENT_BINARY_DIR}/${module}_migrations.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D MODULE=${module} -D NAMESPACE=${arg_NAMESPACE} -D DIRECTORY=${directory}
            -D OUTPUT=${source} -P ${WAYBILL_EMBED_MIGRATIONS}
    DEPENDS ${files} ${WAYBILL_EMBED_MIGRATIONS}
    COMMENT "Embedding the migrations of ${module}"
    VERBATIM)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${module}_migrations/${module}_migrations.hpp CONTENT
[[#pragma once

#include "waybill/postgres/migrations.hpp"

namespace @arg_NAMESPACE@ {

const waybill::postgres::Migrations& migrations();

}  // namespace @arg_NAMESPACE@
]] @ONLY)
  target_include_directories(${arg_TARGET} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${module}_migrations)
  target_sources(${arg_TARGET} PRIVATE ${source})
endfunction()
