#pragma once

#include <cstddef>

namespace waybill::contract {

/// What a payload may be at most, in either encoding, when it is read and when it is written.
struct Limits {
  /// Protobuf's own writer of JSON goes no deeper.
  static constexpr std::size_t deepest = 64;

  /// Protobuf counts bytes in 31 bits.
  static constexpr std::size_t largest = std::size_t{1} << 30;

  std::size_t payload_bytes = std::size_t{1} << 20;
  /// Messages inside of messages, the outermost counted; an entry of a map is one.
  std::size_t depth = deepest;
};

}  // namespace waybill::contract
