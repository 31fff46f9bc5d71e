#pragma once

#include <cstddef>
#include <cstdint>

namespace waybill::amqp::frame_layout {

// type (1 byte), channel (2), size of the payload (4), payload, end octet (1)
constexpr std::size_t header_bytes = 7;
constexpr std::size_t footer_bytes = 1;
constexpr std::size_t overhead_bytes = header_bytes + footer_bytes;
// class (2), weight (2), body size (8), before the properties of a content header
constexpr std::size_t content_header_bytes = 12;

template <class Integer>
void store(std::uint8_t* at, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    at[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(Integer) - 1 - i)));
  }
}

template <class Integer>
Integer load(const std::uint8_t* at) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) value = static_cast<Integer>(value << 8 | at[i]);
  return value;
}

}  // namespace waybill::amqp::frame_layout
