# WAYBILL_SANITIZE=address adds the UBSan checks that stay affordable in one Beast translation unit (less than
# half the compile time of the full set); WAYBILL_SANITIZE=thread needs Asio without its atomic fence, which
# tsan cannot see. WAYBILL_SANITIZE=fuzzer is the first of them with what libFuzzer steers by.

set(WAYBILL_SANITIZER_FLAGS)
string(CONCAT ubsan "signed-integer-overflow,shift,bounds,float-cast-overflow,integer-divide-by-zero,"
                    "return,unreachable,enum,bool")
if(WAYBILL_SANITIZE STREQUAL "address")
  set(WAYBILL_SANITIZER_FLAGS -fsanitize=address,${ubsan} -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(WAYBILL_SANITIZE STREQUAL "thread")
  set(WAYBILL_SANITIZER_FLAGS -fsanitize=thread -fno-omit-frame-pointer -DBOOST_ASIO_DISABLE_FENCED_BLOCK)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND WAYBILL_SANITIZER_FLAGS -Wno-tsan)
  endif()
elseif(WAYBILL_SANITIZE STREQUAL "fuzzer")
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "WAYBILL_SANITIZE=fuzzer needs clang, whose libFuzzer it is: the preset fuzz has it")
  endif()
  set(WAYBILL_SANITIZER_FLAGS -fsanitize=fuzzer-no-link,address,${ubsan} -fno-sanitize-recover=all
      -fno-omit-frame-pointer)
elseif(WAYBILL_SANITIZE)
  message(FATAL_ERROR
    "WAYBILL_SANITIZE is '${WAYBILL_SANITIZE}': it takes address, thread, fuzzer or nothing")
endif()
add_compile_options(${WAYBILL_SANITIZER_FLAGS})
add_link_options(${WAYBILL_SANITIZER_FLAGS})
list(JOIN WAYBILL_SANITIZER_FLAGS " " WAYBILL_SANITIZER_FLAGS)
