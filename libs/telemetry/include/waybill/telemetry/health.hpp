#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::telemetry {

/// What a named check says. `reason` is empty when it is ok; `since` is when it last went from ok to not or
/// back, however often the reason changed in between.
struct Check {
  std::string name;
  bool ok = false;
  std::string reason = {};
  base::WallTime since{};
};

struct HealthReport {
  bool ok = false;
  std::vector<Check> checks = {};  ///< all of them, by name
};

/// Whether the process can do its work (readiness: each component it needs says so) and whether it still
/// works at all (liveness: each loop beats in time). An orchestrator takes a process that isn't ready out of
/// rotation, and kills one that isn't alive; so a fault of another server is a matter of readiness only.
///
/// A component starts as not ready, "starting". No components: ready; no heartbeats: alive. Each change of
/// readiness is logged once, told to the observer, and shown in the gauge waybill_health_ready{component}.
/// Any thread may call anything. Handles may outlive the Health they came from; it then notices nothing.
class Health {
  struct State;
  struct Readiness;
  struct Pulse;

 public:
  /// Readiness of one thing the process needs. Its check ends with the handle. Two living components, or two
  /// living heartbeats, of one name are a bug (ENSURE).
  class Component {
   public:
    ~Component();
    Component(Component&&) noexcept;
    Component& operator=(Component&&) noexcept;

    void ready();
    /// The reason says what is wrong and is read by people: "cannot connect to broker at host:port: refused".
    void not_ready(std::string_view reason);

   private:
    friend class Health;
    Component(std::shared_ptr<State> state, std::shared_ptr<Readiness> entry);
    std::shared_ptr<State> state_;
    std::shared_ptr<Readiness> entry_;
  };

  /// A loop that has to come round: beat() more often than its limit, or the process counts as stuck. The
  /// watch begins with the handle and ends with it. beat() takes no lock.
  class Heartbeat {
   public:
    ~Heartbeat();
    Heartbeat(Heartbeat&&) noexcept;
    Heartbeat& operator=(Heartbeat&&) noexcept;

    void beat() noexcept;

   private:
    friend class Health;
    Heartbeat(std::shared_ptr<State> state, std::shared_ptr<Pulse> entry);
    std::shared_ptr<State> state_;
    std::shared_ptr<Pulse> entry_;
  };

  using Observer = std::function<void(const Check&)>;

  /// Metrics and clock must outlive the Health and its handles.
  explicit Health(Metrics& metrics = Metrics::none(), const base::Clock& clock = base::system_clock());
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  [[nodiscard]] Component component(std::string_view name);
  [[nodiscard]] Heartbeat heartbeat(std::string_view name, std::chrono::nanoseconds limit);

  /// Called after each change of a component, on the thread that reported it, one change at a time and in
  /// their order. It may read reports, but must not change a component, nor throw. Replaces the observer set
  /// before.
  void observe(Observer observer);

  HealthReport readiness() const;
  HealthReport liveness() const;

  /// {"ok":false,"checks":[{"name":"broker","ok":false,"reason":"refused","since":"2026-01-31T12:00:00Z"}]}
  std::string render_readiness() const;
  std::string render_liveness() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace waybill::telemetry
