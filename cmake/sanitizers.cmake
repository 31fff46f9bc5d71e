# WAYBILL_SANITIZE=address adds the UBSan checks that stay affordable in one Beast translation unit (a third of the
# compile time of the full set); WAYBILL_SANITIZE=thread needs Asio without its atomic fence, which tsan cannot see.

if(WAYBILL_SANITIZE STREQUAL "address")
  set(ubsan signed-integer-overflow,shift,bounds,float-cast-overflow,integer-divide-by-zero,return,unreachable,enum,bool)
  add_compile_options(-fsanitize=address,${ubsan} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,${ubsan})
elseif(WAYBILL_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
elseif(WAYBILL_SANITIZE)
  message(FATAL_ERROR "WAYBILL_SANITIZE is '${WAYBILL_SANITIZE}': it takes address, thread or nothing")
endif()
