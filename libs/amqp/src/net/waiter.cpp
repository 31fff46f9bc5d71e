#include "net/waiter.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "fault.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::amqp {
namespace {

timespec time_left(base::SteadyTime until) {
  using namespace std::chrono;
  // A far deadline is cut to what poll(2) surely takes; the caller's loop asks again.
  constexpr nanoseconds longest = hours{1};
  const auto left = base::Deadline::at(until).remaining();
  const auto bounded = std::min(left, longest);
  const auto whole = floor<seconds>(bounded);
  return {.tv_sec = whole.count(), .tv_nsec = (bounded - whole).count()};
}

}  // namespace

void Waiter::stop() {
  stopped_.store(true);
  wake();
}

void Waiter::throw_if_stopped() const {
  if (!accepted_ && stopped_.load()) throw Stopped{};
}

short Waiter::wait(int descriptor, short events, base::SteadyTime until) {
  throw_if_stopped();
  std::array<pollfd, 2> polled{pollfd{event_.descriptor(), POLLIN, 0}, pollfd{descriptor, events, 0}};
  const timespec left = time_left(until);
  const int ready = ppoll(polled.data(), descriptor < 0 ? 1 : 2, &left, nullptr);
  ENSURE(ready >= 0 || errno == EINTR, "poll is given two good descriptors");
  if (ready <= 0) return 0;
  if (polled[0].revents != 0) {
    event_.drain();
    throw_if_stopped();
  }
  return polled[1].revents;
}

}  // namespace waybill::amqp
