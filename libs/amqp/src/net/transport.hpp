#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace waybill::amqp {

/// A byte stream to the broker that never blocks: plain TCP, or TLS over it. Both calls throw
/// ConnectionFault when the stream has ended.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual int descriptor() const = 0;
  /// How many bytes were read; less than there is room for when no more are there now, which may be none.
  virtual std::size_t read(std::span<std::uint8_t> room) = 0;
  /// How many bytes were taken; less than given when no more can be taken now.
  virtual std::size_t write(std::span<const std::uint8_t> bytes) = 0;
};

}  // namespace waybill::amqp
