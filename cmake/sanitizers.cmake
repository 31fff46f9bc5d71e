# WAYBILL_SANITIZE=address adds the UBSan checks that stay affordable in one Beast translation unit (less than
# half the compile time of the full set); WAYBILL_SANITIZE=thread needs Asio without its atomic fence, which
# tsan cannot see.

set(WAYBILL_SANITIZER_FLAGS)
if(WAYBILL_SANITIZE STREQUAL "address")
  string(CONCAT ubsan "signed-integer-overflow,shift,bounds,float-cast-overflow,integer-divide-by-zero,"
                      "return,unreachable,enum,bool")
  set(WAYBILL_SANITIZER_FLAGS -fsanitize=address,${ubsan} -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(WAYBILL_SANITIZE STREQUAL "thread")
  set(WAYBILL_SANITIZER_FLAGS -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan
      -DBOOST_ASIO_DISABLE_FENCED_BLOCK)
elseif(WAYBILL_SANITIZE)
  message(FATAL_ERROR "WAYBILL_SANITIZE is '${WAYBILL_SANITIZE}': it takes address, thread or nothing")
endif()
add_compile_options(${WAYBILL_SANITIZER_FLAGS})
add_link_options(${WAYBILL_SANITIZER_FLAGS})
list(JOIN WAYBILL_SANITIZER_FLAGS " " WAYBILL_SANITIZER_FLAGS)
