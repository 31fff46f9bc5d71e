#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "database_clock.hpp"
#include "instance_cache.hpp"
#include "known.hpp"
#include "store.hpp"
#include "waybill/outbox/scope.hpp"
#include "waybill/saga/advance.hpp"
#include "waybill/saga/engine.hpp"
#include "waybill/saga/instance.hpp"
#include "waybill/saga/probe.hpp"

namespace waybill::saga {

/// One saga in a transaction that holds its row.
struct Saga {
  store::Row row;
  const Plan* plan = nullptr;  ///< null: not known here
  Instance instance{};
  bool has_changed = false;
  bool is_looked_at_later = false;
  bool is_read = false;  ///< the instance is that of the row
  InstanceCache::Known cached{};
  std::string data{};  ///< of the instance, as it is written
};

/// The sagas of one transaction: loaded together, changed in memory, written together.
class Loaded {
 public:
  /// What an engine has for all of its transactions.
  struct Surroundings {
    explicit Surroundings(EngineOptions its_options, const Probe& its_probe = {})
        : options(std::move(its_options)), probe(its_probe), cache(options.cached) {}

    EngineOptions options;
    Known known{};
    std::map<std::string, Projection, std::less<>> projections{};  ///< by the saga's name
    Probe probe{};
    mutable InstanceCache cache;
    mutable DatabaseClock clock{};
    /// Until when the journal is known to have partitions, in microseconds.
    mutable std::atomic<std::int64_t> journal_until_us{INT64_MIN};
  };

  Loaded(const Surroundings& surroundings, postgres::Tx& tx) : around_(surroundings), tx_(tx) {}

  void load(const std::vector<base::Uuid>& ids);
  void load_due(std::size_t most);
  /// Null where there is none.
  Saga* find(const base::Uuid& id);
  Saga* find(const store::Key& key);
  std::deque<Saga>& all() { return sagas_; }

  /// Throws std::runtime_error for a state that cannot be read.
  static void read(Saga& saga);

  /// A new one, in its first step.
  base::Uuid begin(const Plan& plan, std::string key, AnyData data, outbox::Scope& scope);
  /// The input's effect, in memory and in the scope. What the definition's functions throw comes out of it;
  /// then nothing is sent for it, and the saga is to be left as its row is.
  Outcome apply(Saga& saga, const Input& input, std::string input_json, outbox::Scope& scope);

  /// It cannot go on by itself: `why` is told, and somebody looks again later.
  void call_operator(Saga& saga, std::string why, std::chrono::seconds again_after);
  /// Looked at in vain: its deadline is still to come.
  void look_when_due(Saga& saga);

  /// All that has changed, but for what a beginning has written; pipelined.
  void write();

 private:
  void add(std::vector<store::Row> rows, base::SteadyTime asked_at);
  void send(const Saga& saga, const Change& change, outbox::Scope& scope) const;
  void settle_row(Saga& saga);
  void note(const Saga& saga, std::string input_json, Outcome outcome, std::span<const Sent> sent);
  base::WallTime now();

  /// What metrics and logs hear of when it is committed.
  struct Happened {
    base::Uuid saga;
    std::string key;
    const Plan* plan = nullptr;
    std::optional<Outcome> outcome{};  ///< of an input
    Status status = Status::running;
    std::string asks_operator{};  ///< why, where that is new
  };
  void project(std::span<Saga* const> changed);
  void make_journal_reach(base::WallTime now);
  void tell_of_commit();
  void keep_in_memory(const std::vector<Saga*>& changed);

  const Surroundings& around_;
  postgres::Tx& tx_;
  std::vector<Happened> happened_;
  std::deque<Saga> sagas_;
  std::map<base::Uuid, Saga*> by_id_;
  std::vector<store::Line> lines_;
};

}  // namespace waybill::saga
