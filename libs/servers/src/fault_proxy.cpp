#include "waybill/servers/fault_proxy.hpp"

#include <future>

#include "proxy_record.hpp"
#include "switchboard.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::servers {

struct FaultProxy::State {
  State(const runtime::HostPort& target, std::uint64_t seed)
      : switchboard(loop.executor(), target, seed, record), thread("fault_proxy", [this] { loop.run(); }) {}

  ~State() {
    loop.post([this] { switchboard.close(); });
    loop.finish();
    thread.join();
  }

  /// Runs `act` on the proxy's thread and waits for it; what it throws comes out here.
  template <class Act>
  void run(Act act) {
    std::packaged_task<void()> task(std::move(act));
    auto done = task.get_future();
    loop.post(std::move(task));
    done.get();
  }

  ProxyRecord record;
  runtime::EventLoop loop;
  Switchboard switchboard;
  runtime::Thread thread;
};

FaultProxy::FaultProxy(const runtime::HostPort& target, std::uint64_t seed)
    : state_(std::make_unique<State>(target, seed)) {
  state_->run([this] { state_->switchboard.listen(); });
}

FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const { return state_->switchboard.port(); }

void FaultProxy::inject(const Fault& fault) {
  state_->run([&] { state_->switchboard.inject(fault); });
}

void FaultProxy::heal() {
  state_->run([this] { state_->switchboard.heal(); });
}

void FaultProxy::play(const FaultSchedule& schedule) {
  state_->run([&] { state_->switchboard.play(schedule); });
}

bool FaultProxy::wait_until_played(std::chrono::milliseconds limit) const {
  return state_->record.wait_until_played(limit);
}

FaultProxy::Counters FaultProxy::counters() const { return state_->record.counters(); }

bool FaultProxy::wait_for(const std::function<bool(const Counters&)>& reached,
                          std::chrono::milliseconds limit) const {
  return state_->record.wait_for(reached, limit);
}

}  // namespace waybill::servers
