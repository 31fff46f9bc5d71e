# The modules and what each stands on. A module may use what is below it, directly or through others, and
# nothing else; add_module() refuses the rest when configuring. A module is added here before it is built.

function(waybill_layer name)
  cmake_parse_arguments(arg "" "" "ABOVE" ${ARGN})
  set(below ${arg_ABOVE})
  foreach(lower IN LISTS arg_ABOVE)
    get_property(known GLOBAL PROPERTY WAYBILL_LAYER_${lower} SET)
    if(NOT known)
      message(FATAL_ERROR
        "layers: '${name}' stands on '${lower}', which has no layer yet: declare '${lower}' above it")
    endif()
    get_property(lowest GLOBAL PROPERTY WAYBILL_LAYER_${lower})
    list(APPEND below ${lowest})
  endforeach()
  list(REMOVE_DUPLICATES below)
  set_property(GLOBAL PROPERTY WAYBILL_LAYER_${name} "${below}")
endfunction()

function(waybill_check_layers name)
  get_property(known GLOBAL PROPERTY WAYBILL_LAYER_${name} SET)
  if(NOT known)
    message(FATAL_ERROR "add_module(${name}): the module has no layer: declare it in cmake/layers.cmake")
  endif()
  get_property(below GLOBAL PROPERTY WAYBILL_LAYER_${name})
  foreach(used IN LISTS ARGN)
    if(NOT used IN_LIST below)
      list(JOIN below ", " allowed)
      message(FATAL_ERROR
        "add_module(${name}): '${name}' may not use '${used}': dependencies point one way, and "
        "'${used}' is not below '${name}'. It may use: ${allowed}. Move the code down, or change "
        "cmake/layers.cmake with the reason in an ADR.")
    endif()
  endforeach()
endfunction()

waybill_layer(base)
waybill_layer(message   ABOVE base)
waybill_layer(contract  ABOVE message)
waybill_layer(telemetry ABOVE base)
waybill_layer(resilience ABOVE base telemetry)
waybill_layer(runtime   ABOVE message telemetry)
waybill_layer(postgres  ABOVE runtime)
waybill_layer(amqp      ABOVE runtime)
waybill_layer(outbound  ABOVE resilience runtime)
waybill_layer(outbox    ABOVE contract postgres)
waybill_layer(inbox     ABOVE outbox)
waybill_layer(testkit   ABOVE message)
waybill_layer(servers   ABOVE testkit amqp)
