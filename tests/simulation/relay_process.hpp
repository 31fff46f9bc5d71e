#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database.hpp"
#include "waybill/outbox/relay_machine.hpp"
#include "waybill/simulate/fake_broker.hpp"

namespace waybill::simulation {

/// A process that relays the outbox of a database while its session leads, is killed at any moment, and
/// begins anew.
class RelayProcess {
 public:
  RelayProcess(simulate::History& history, simulate::FakeBroker& broker, Database& database, std::string name,
               Mistake mistake);

  void wake();

  // What std::visit calls for the machine's actions.
  void operator()(outbox::act::Publish& publish);
  void operator()(outbox::act::Read& read);
  void operator()(outbox::act::Sweep& sweep);
  void operator()(outbox::act::Fetch& fetch);
  void operator()(outbox::act::Remove& remove);
  void operator()(outbox::act::Block& block);
  void operator()(outbox::act::Defer&) {}
  void operator()(outbox::act::ReadBlocked& read);
  void operator()(outbox::act::Promote& promote);
  void operator()(outbox::act::Maintain&) {}
  void operator()(outbox::act::Wait& wait);

 private:
  void step_at(base::SteadyTime when);
  void step();
  void lead();
  /// The process dies, or its session is lost: another begins where the tables are.
  void begin_anew(std::chrono::milliseconds rest);
  /// A statement that may fail, and with which the leader ends then.
  void change(const simulate::FakeStore::Work& work);
  void send(const outbox::Row& row);
  void on_outcome(std::int64_t id, message::Outcome outcome);
  base::SteadyTime now() const { return history_.time.now(); }

  simulate::History& history_;
  simulate::FakeBroker& broker_;
  Database& database_;
  const std::string name_;
  const Mistake mistake_;
  const outbox::RelayLimits limits_;
  std::unique_ptr<simulate::FakeSession> session_;
  std::unique_ptr<simulate::FakePublisher> publisher_;
  std::unique_ptr<outbox::RelayMachine> machine_;
  simulate::VirtualTime::Ticket next_step_;
  std::optional<base::SteadyTime> waits_until_;
};

}  // namespace waybill::simulation
