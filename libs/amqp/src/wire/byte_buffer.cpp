#include "wire/byte_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {
namespace {
constexpr std::size_t initial_capacity = 64 * 1024;
constexpr std::size_t kept_capacity = 1024 * 1024;
}  // namespace

std::span<std::uint8_t> ByteBuffer::room(std::size_t size) {
  if (capacity_ - end_ >= size) return {data_.get() + end_, capacity_ - end_};
  const std::size_t held = end_ - begin_;
  // Bytes are moved only into at least as much free space as they take, so moving stays cheap on average.
  if (capacity_ >= size + held && begin_ >= held) {
    if (held > 0) std::memmove(data_.get(), data_.get() + begin_, held);
  } else {
    const std::size_t grown = std::max({initial_capacity, 2 * capacity_, held + size});
    auto data = std::make_unique_for_overwrite<std::uint8_t[]>(grown);
    if (held > 0) std::memcpy(data.get(), data_.get() + begin_, held);
    data_ = std::move(data);
    capacity_ = grown;
  }
  begin_ = 0;
  end_ = held;
  return {data_.get() + end_, capacity_ - end_};
}

void ByteBuffer::taken(std::size_t size) {
  ENSURE(size <= end_ - begin_, "no more bytes are taken than there are");
  begin_ += size;
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  if (capacity_ <= kept_capacity) return;
  data_.reset();
  capacity_ = 0;
}

}  // namespace waybill::amqp
