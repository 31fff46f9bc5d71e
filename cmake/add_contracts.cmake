# add_contracts(NAME PROTOS file… [ROOT folder] [USES contracts…])
#   makes the library NAME of .proto files, which are named relative to ROOT, the calling folder by default:
#   the classes that protoc generates, as "<file>.pb.h", and waybill::contract::traits for each message that
#   has a kind, as "<file>.contract.hpp", which includes nothing of protobuf. USES names the libraries whose
#   files they import, or whose messages answer their commands; waybill/v1/options.proto and protobuf's own
#   are always found.
#   The files as a descriptor set, with all their imports, are the target's property WAYBILL_DESCRIPTOR_SET:
#   what has it reads messages that it was not compiled for.
#   The build fails when a contract is wrong: an unknown reply, one that is no reply, …

define_property(TARGET PROPERTY WAYBILL_DESCRIPTOR_SET BRIEF_DOCS "The contracts with all their imports")
define_property(TARGET PROPERTY WAYBILL_PROTO_ROOTS BRIEF_DOCS "Where the imports of these contracts are")
define_property(TARGET PROPERTY WAYBILL_PROTO_FILES BRIEF_DOCS "These contracts and all that they import")

function(add_contracts name)
  cmake_parse_arguments(arg "" "ROOT" "PROTOS;USES" ${ARGN})
  if(NOT arg_PROTOS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_contracts(${name}): needs PROTOS, and knows no: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_ROOT)
    set(arg_ROOT ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  cmake_path(ABSOLUTE_PATH arg_ROOT BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(set_file ${made}/${name}.binpb)
  set(sets ${set_file})
  set(roots ${arg_ROOT} ${WAYBILL_PROTO_DIR})
  list(TRANSFORM arg_PROTOS PREPEND ${arg_ROOT}/ OUTPUT_VARIABLE files)
  foreach(used IN LISTS arg_USES)
    get_target_property(used_roots ${used} WAYBILL_PROTO_ROOTS)
    get_target_property(used_files ${used} WAYBILL_PROTO_FILES)
    if(NOT used_roots)
      message(FATAL_ERROR "add_contracts(${name}): '${used}' is no library of add_contracts()")
    endif()
    get_target_property(used_set ${used} WAYBILL_DESCRIPTOR_SET)
    list(APPEND sets ${used_set})
    list(APPEND roots ${used_roots})
    list(APPEND files ${used_files})
  endforeach()
  list(REMOVE_DUPLICATES roots)

  list(TRANSFORM arg_PROTOS REPLACE "\\.proto$" "" OUTPUT_VARIABLE stems)
  list(TRANSFORM stems PREPEND ${made}/)
  list(TRANSFORM stems APPEND .pb.cc OUTPUT_VARIABLE sources)
  list(TRANSFORM stems APPEND .pb.h OUTPUT_VARIABLE headers)
  list(TRANSFORM stems APPEND .contract.hpp OUTPUT_VARIABLE traits)
  list(TRANSFORM roots PREPEND -I OUTPUT_VARIABLE imports)
  file(MAKE_DIRECTORY ${made})
  add_custom_command(
    OUTPUT ${sources} ${headers} ${set_file}
    COMMAND protobuf::protoc ${imports} --cpp_out=${made} --include_imports --descriptor_set_out=${set_file}
            ${arg_PROTOS}
    DEPENDS ${files}
    COMMENT "Generating the messages of ${name}"
    VERBATIM)
  add_custom_command(
    OUTPUT ${traits}
    COMMAND waybill::contractgen ${made} ${sets} -- ${arg_PROTOS}
    DEPENDS ${sets} waybill::contractgen
    COMMENT "Generating the traits of ${name}"
    VERBATIM)

  add_library(${name} STATIC ${sources} ${headers} ${traits})
  target_include_directories(${name} SYSTEM PUBLIC ${made})
  target_link_libraries(${name} PUBLIC waybill::contract protobuf::libprotobuf ${arg_USES})
  # Nobody here writes this code, so nobody can mend its warnings.
  target_compile_options(${name} PRIVATE -w)
  set_target_properties(${name} PROPERTIES
    POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF WAYBILL_DESCRIPTOR_SET ${set_file}
    WAYBILL_PROTO_ROOTS "${roots}" WAYBILL_PROTO_FILES "${files}")
  if(TARGET generated_sources)
    add_custom_target(${name}_sources DEPENDS ${sources} ${headers} ${traits})
    add_dependencies(generated_sources ${name}_sources)
  endif()
endfunction()
