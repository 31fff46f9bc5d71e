#include "waybill/runtime/event_fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace waybill::runtime {

EventFd::EventFd() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!descriptor_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void EventFd::signal() noexcept {
  const int error = errno;
  const std::uint64_t one = 1;
  // It fails only when the count is at its maximum, and then the descriptor is readable already.
  [[maybe_unused]] const auto written = ::write(descriptor_.get(), &one, sizeof one);
  errno = error;
}

bool EventFd::drain() noexcept {
  std::uint64_t count = 0;
  return ::read(descriptor_.get(), &count, sizeof count) == static_cast<ssize_t>(sizeof count);
}

}  // namespace waybill::runtime
