#pragma once

#include <amqp.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace waybill::amqp {

/// What AMQP takes for names, routing keys and most properties.
inline constexpr std::size_t longest_name = 255;

// The codec's bytes and ours; neither owns anything. The codec takes mutable pointers also where it only
// reads.
inline amqp_bytes_t to_bytes(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }
inline std::string_view to_view(amqp_bytes_t bytes) {
  return bytes.len == 0 ? std::string_view{}
                        : std::string_view{static_cast<const char*>(bytes.bytes), bytes.len};
}
inline std::string to_string(amqp_bytes_t bytes) { return std::string{to_view(bytes)}; }

}  // namespace waybill::amqp
