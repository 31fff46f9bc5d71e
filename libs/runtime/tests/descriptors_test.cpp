#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "waybill/runtime/event_fd.hpp"
#include "waybill/runtime/file_descriptor.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::runtime {
namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

bool readable(const EventFd& event, int timeout_ms) {
  pollfd entry{event.descriptor(), POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) == 1;
}

TEST(FileDescriptor, closes_what_it_owns_once) {
  int number = -1;
  {
    const FileDescriptor owner(::open("/dev/null", O_RDONLY));
    number = owner.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, closes_the_old_one_when_it_is_given_a_new_one) {
  FileDescriptor owner(::open("/dev/null", O_RDONLY));
  FileDescriptor other(::open("/dev/null", O_RDONLY));
  const int old = owner.get();
  const int taken = other.get();
  owner = std::move(other);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(owner.get(), taken);
  EXPECT_TRUE(is_open(taken));
}

TEST(FileDescriptor, leaves_open_what_it_released) {
  FileDescriptor owner(::open("/dev/null", O_RDONLY));
  const FileDescriptor next(owner.release());
  EXPECT_FALSE(owner);
  EXPECT_TRUE(is_open(next.get()));
}

TEST(FileDescriptor, leaves_errno_alone_when_it_closes) {
  FileDescriptor owner(987'654);
  errno = EAGAIN;
  owner.reset();
  EXPECT_EQ(errno, EAGAIN);
}

TEST(EventFd, is_readable_from_the_first_signal_until_it_is_drained) {
  EventFd event;
  EXPECT_FALSE(readable(event, 0));
  event.signal();
  EXPECT_TRUE(readable(event, 0));
  EXPECT_TRUE(event.drain());
  EXPECT_FALSE(readable(event, 0));
}

TEST(EventFd, counts_any_number_of_signals_as_one) {
  EventFd event;
  for (int i = 0; i < 1000; ++i) event.signal();
  EXPECT_TRUE(event.drain());
  EXPECT_FALSE(event.drain());
}

TEST(EventFd, wakes_a_thread_that_polls) {
  EventFd event;
  bool woken = false;
  Thread poller("poller", [&] { woken = readable(event, 10'000); });
  event.signal();
  poller.join();
  EXPECT_TRUE(woken);
}

TEST(EventFd, shows_what_was_written_before_the_signal) {
  EventFd event;
  int written = 0;
  Thread writer("writer", [&] {
    written = 42;
    event.signal();
  });
  ASSERT_TRUE(readable(event, 10'000));
  ASSERT_TRUE(event.drain());
  EXPECT_EQ(written, 42);
}

}  // namespace
}  // namespace waybill::runtime
