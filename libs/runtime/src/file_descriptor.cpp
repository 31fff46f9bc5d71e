#include "waybill/runtime/file_descriptor.hpp"

#include <unistd.h>

#include <cerrno>

namespace waybill::runtime {

void FileDescriptor::reset(int descriptor) noexcept {
  const int closing = std::exchange(descriptor_, descriptor);
  if (closing < 0) return;
  const int error = errno;
  // Not repeated on EINTR: Linux has freed the number by then, and another thread may have been given it.
  ::close(closing);
  errno = error;
}

}  // namespace waybill::runtime
