#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace waybill::amqp {

/// Bytes that are added at the end and taken at the front. It grows as it must, moves its bytes rather than
/// grow where that is enough, and gives memory back when it is empty after a large message.
class ByteBuffer {
 public:
  /// Room for `size` bytes after the end; what is written there counts after added().
  std::span<std::uint8_t> room(std::size_t size);
  void added(std::size_t size) { end_ += size; }

  std::span<const std::uint8_t> bytes() const { return {data_.get() + begin_, end_ - begin_}; }
  std::span<std::uint8_t> mutable_bytes() { return {data_.get() + begin_, end_ - begin_}; }
  void taken(std::size_t size);
  /// Takes back what was added last.
  void withdraw(std::size_t size) { end_ -= size; }

  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  void clear() { taken(size()); }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace waybill::amqp
