#include "slow_resolver.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>
#include <string_view>

namespace waybill::outbound::tests {
namespace {

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_shut = false;
  int inside = 0;
  int asked = 0;
};

// Never destroyed: threads of the resolver may outlive everything else.
Gate& gate() {
  static auto* const only = new Gate;
  return *only;
}

}  // namespace

SlowResolver::SlowResolver() {
  const std::lock_guard lock(gate().mutex);
  gate().is_shut = true;
  gate().asked = 0;
}

SlowResolver::~SlowResolver() {
  std::unique_lock lock(gate().mutex);
  gate().is_shut = false;
  gate().changed.notify_all();
  gate().changed.wait(lock, [] { return gate().inside == 0; });
}

int SlowResolver::asked() const {
  const std::lock_guard lock(gate().mutex);
  return gate().asked;
}

void wait_at_the_gate();
void wait_at_the_gate() {
  std::unique_lock lock(gate().mutex);
  ++gate().asked;
  ++gate().inside;
  gate().changed.wait(lock, [] { return !gate().is_shut; });
  --gate().inside;
  gate().changed.notify_all();
}

}  // namespace waybill::outbound::tests

// Takes the place of the C library's for the whole program, libcurl included.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<GetAddrInfo>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node != nullptr && std::string_view(node) == "slow.test") {
    waybill::outbound::tests::wait_at_the_gate();
    return EAI_NONAME;
  }
  // A name server that is away would say so only after its own patience, or not before that of a test.
  if (node != nullptr && std::string_view(node) == "no-such-host.invalid") return EAI_NONAME;
  return real(node, service, hints, result);
}
