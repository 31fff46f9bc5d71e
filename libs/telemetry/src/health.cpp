#include "waybill/telemetry/health.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <utility>

#include "text.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::telemetry {

namespace {

constexpr std::size_t reason_limit = 512;

std::string stuck(std::chrono::nanoseconds silent, std::chrono::nanoseconds limit) {
  const auto seconds = [](std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
  };
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), "no sign of life for %.2f s, its limit is %.2f s", seconds(silent),
                seconds(limit));
  return text.data();
}

}  // namespace

struct Health::Readiness {
  Check check;  // guarded by the state's mutex, but for the name
  Gauge gauge;
};

struct Health::Pulse {
  const std::string name;
  const std::chrono::nanoseconds limit;
  const base::Clock& clock;
  std::atomic<base::SteadyTime> last;
  std::atomic<base::SteadyTime> in_time_since;

  void beat() noexcept {
    const auto now = clock.steady();
    if (now - last.exchange(now, std::memory_order_relaxed) > limit)
      in_time_since.store(now, std::memory_order_relaxed);
  }

  Check check() const {
    const auto now = clock.steady();
    const auto silent = now - last.load(std::memory_order_relaxed);
    const bool ok = silent <= limit;
    const auto ago = ok ? now - in_time_since.load(std::memory_order_relaxed) : silent - limit;
    const auto since = clock.wall() - std::chrono::duration_cast<std::chrono::microseconds>(ago);
    return {.name = name, .ok = ok, .reason = ok ? "" : stuck(silent, limit), .since = since};
  }
};

struct Health::State {
  State(Metrics& metrics, const base::Clock& its_clock)
      : clock(its_clock),
        gauges(
            metrics.gauges("waybill_health_ready", "1 when the component is ready, else 0", {"component"})) {}

  const base::Clock& clock;
  const Family<Gauge> gauges;
  std::mutex change;  // held over a whole change with its observer; taken before `mutex`
  Observer observer;  // guarded by `change`
  mutable std::mutex mutex;
  std::map<std::string, std::shared_ptr<Readiness>, std::less<>> components;
  std::map<std::string, std::shared_ptr<Pulse>, std::less<>> pulses;

  void set(Readiness& entry, bool ok, std::string reason) {
    const std::lock_guard changing(change);
    Check now;
    {
      const std::lock_guard lock(mutex);
      auto& check = entry.check;
      if (check.ok == ok && check.reason == reason) return;
      if (check.ok != ok) check.since = clock.wall();
      check.ok = ok;
      check.reason = std::move(reason);
      now = check;
    }
    entry.gauge.set(ok ? 1 : 0);
    if (ok) {
      log_info("component_ready", {{"component", now.name}});
    } else {
      log_warn("component_not_ready", {{"component", now.name}, {"reason", now.reason}});
    }
    if (observer) observer(now);
  }
};

Health::Component::Component(std::shared_ptr<State> state, std::shared_ptr<Readiness> entry)
    : state_(std::move(state)), entry_(std::move(entry)) {}
Health::Component::Component(Component&&) noexcept = default;

Health::Component& Health::Component::operator=(Component&& other) noexcept {
  Component ended(std::move(*this));
  state_ = std::move(other.state_);
  entry_ = std::move(other.entry_);
  return *this;
}

Health::Component::~Component() {
  if (!entry_) return;
  entry_->gauge.set(0);
  const std::lock_guard lock(state_->mutex);
  state_->components.erase(entry_->check.name);
}

void Health::Component::ready() { state_->set(*entry_, true, {}); }

void Health::Component::not_ready(std::string_view reason) {
  state_->set(*entry_, false, detail::valid_utf8(reason, reason_limit));
}

Health::Heartbeat::Heartbeat(std::shared_ptr<State> state, std::shared_ptr<Pulse> entry)
    : state_(std::move(state)), entry_(std::move(entry)) {}
Health::Heartbeat::Heartbeat(Heartbeat&&) noexcept = default;

Health::Heartbeat& Health::Heartbeat::operator=(Heartbeat&& other) noexcept {
  Heartbeat ended(std::move(*this));
  state_ = std::move(other.state_);
  entry_ = std::move(other.entry_);
  return *this;
}

Health::Heartbeat::~Heartbeat() {
  if (!entry_) return;
  const std::lock_guard lock(state_->mutex);
  state_->pulses.erase(entry_->name);
}

void Health::Heartbeat::beat() noexcept { entry_->beat(); }

Health::Health(Metrics& metrics, const base::Clock& clock)
    : state_(std::make_shared<State>(metrics, clock)) {}

Health::~Health() = default;

Health::Component Health::component(std::string_view name) {
  auto entry = std::make_shared<Readiness>();
  entry->check = {
      .name = std::string{name}, .ok = false, .reason = "starting", .since = state_->clock.wall()};
  entry->gauge = state_->gauges.with({name});
  entry->gauge.set(0);
  const std::lock_guard lock(state_->mutex);
  const bool added = state_->components.emplace(entry->check.name, entry).second;
  ENSURE(added, "a component of this name exists: " + entry->check.name);
  return {state_, std::move(entry)};
}

Health::Heartbeat Health::heartbeat(std::string_view name, std::chrono::nanoseconds limit) {
  ENSURE(limit.count() > 0, "a heartbeat needs a limit above zero");
  const auto now = state_->clock.steady();
  auto entry = std::shared_ptr<Pulse>(new Pulse{std::string{name}, limit, state_->clock, now, now});
  const std::lock_guard lock(state_->mutex);
  const bool added = state_->pulses.emplace(entry->name, entry).second;
  ENSURE(added, "a heartbeat of this name exists: " + entry->name);
  return {state_, std::move(entry)};
}

void Health::observe(Observer observer) {
  const std::lock_guard changing(state_->change);
  state_->observer = std::move(observer);
}

HealthReport Health::readiness() const {
  HealthReport report{.ok = true};
  const std::lock_guard lock(state_->mutex);
  for (const auto& [name, entry] : state_->components) {
    report.checks.push_back(entry->check);
    report.ok = report.ok && entry->check.ok;
  }
  return report;
}

HealthReport Health::liveness() const {
  HealthReport report{.ok = true};
  const std::lock_guard lock(state_->mutex);
  for (const auto& [name, entry] : state_->pulses) {
    report.checks.push_back(entry->check());
    report.ok = report.ok && report.checks.back().ok;
  }
  return report;
}

}  // namespace waybill::telemetry
