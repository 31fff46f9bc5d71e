#include <exception>
#include <future>
#include <utility>

#include "service_process.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::service {

using namespace std::chrono_literals;

void ServiceProcess::arm_watchdog() {
  if (!watchdog_) watchdog_.emplace(base::Deadline::after(settings_.process.stop_within + 1s));
}

boost::asio::awaitable<void> ServiceProcess::drain() {
  is_draining_ = true;
  arm_watchdog();
  const auto until = base::Deadline::after(settings_.process.stop_within);
  // The others need their time too, whatever a client does.
  const auto edge_until = base::Deadline::after(settings_.process.stop_within / 2);
  process_.not_ready("stopping");
  telemetry::log_info("service_stopping");
  CRASH_POINT("service.drain_begun");
  auto consumers = stopping_.submit([this] { stop_consumers(); });
  if (edge_) co_await edge_->drain(edge_until);
  CRASH_POINT("service.edge_drained");
  const auto stop = [this, until, &consumers] {
    if (consumers) consumers->get();
    stop_parts(until);
  };
  co_await stopping_.run(stop);
  loop_.stop();
}

void ServiceProcess::stop_consumers() {
  std::vector<runtime::Thread> stops;
  for (auto& consumer : consumers_) stops.emplace_back("stop", [&consumer] { consumer->stop(); });
  for (auto& stop : stops) stop.join();
}

void ServiceProcess::stop_kept(base::Deadline until) {
  for (auto each = kept_.rbegin(); each != kept_.rend(); ++each) {
    const auto stop = std::exchange(each->stop, nullptr);
    if (!stop) continue;
    try {
      stop(until);
    } catch (const std::exception& fault) {
      telemetry::log_error("kept_part_did_not_stop", {{"part", each->name}, {"why", fault.what()}});
    }
  }
}

void ServiceProcess::stop_parts(base::Deadline until) {
  acceptor_.stop(until);
  CRASH_POINT("service.acceptor_stopped");
  stop_kept(until);
  CRASH_POINT("service.consumers_stopped");
  const bool is_flushed = !relay_ || relay_->stop(until);
  telemetry::log_info("relay_stopped", {{"flushed", is_flushed}});
  pool_.close(until);
  CRASH_POINT("service.relay_stopped");
}

ServiceProcess::~ServiceProcess() {
  arm_watchdog();
  const auto now = base::Deadline::after(0s);
  // Those who stop parts first; then whoever may still commit something, which wakes the relay; then the
  // relay.
  stopping_.drain();
  edge_.reset();
  acceptor_.stop(now);
  consumers_.clear();
  stop_kept(now);
  pool_.close(now);
  if (readers_) readers_->drain();
  pool_.threads().drain();
  waking_ = nullptr;
  relay_.reset();
  publisher_.reset();
}

}  // namespace waybill::service
