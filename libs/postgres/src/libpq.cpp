#include "libpq.hpp"

#include <poll.h>
#include <cerrno>

namespace waybill::postgres {

bool wait_for_socket(int socket, short events, base::Deadline deadline) {
  using namespace std::chrono_literals;
  for (;;) {
    pollfd one{.fd = socket, .events = events, .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(deadline.remaining_ms(60s).count()));
    // An error of poll() itself is left to the next read or write, which reports it.
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    if (deadline.passed()) return false;
  }
}

std::string_view error_field(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace waybill::postgres
