#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consumer_machine.hpp"
#include "database.hpp"
#include "waybill/simulate/fake_broker.hpp"

namespace waybill::simulation {

/// A process that consumes a queue into a database, is killed at any moment, and begins anew.
class ConsumerProcess {
 public:
  static constexpr std::uint32_t attempts = 3;
  static constexpr std::uint32_t crashes = 3;

  /// What a message leads to; nothing where it leads to no other.
  using Reply = std::function<std::optional<message::Publication>(const message::WireMessage&)>;

  ConsumerProcess(simulate::History& history, simulate::FakeBroker& broker, Database& database,
                  Natures& natures, message::Queue queue, std::string name, Mistake mistake, Reply reply);

 private:
  using End = inbox::ConsumerMachine::End;
  struct Held {
    message::Delivery delivery;
    std::int64_t number = 0;
    std::uint32_t attempt = 1;
    bool is_crash = false;
  };

  void step_after(std::chrono::milliseconds duration);
  void step();
  void start();
  void consume();
  void die(bool by_a_message);
  void perform(const inbox::act::Receive&);
  void perform(const inbox::act::Begin& begin);
  void perform(const inbox::act::Run& run);
  void perform(const inbox::act::Record& record);
  void perform(const inbox::act::Settle& settle);
  void perform(const inbox::act::Sleep& sleep);
  void perform(const inbox::act::GiveBack& give_back);
  /// The others come before the end of a process, which here is never its own wish.
  template <class Other>
  void perform(const Other&) {}

  /// The transaction that was begun by a Run is committed.
  void commit(const inbox::Places& places);
  End handle(const Held& held, std::int64_t reply_id);
  void after_run(const inbox::Places& places, simulate::CommitEnd end, std::vector<End> ends);
  void decide(const Held& held);
  void settle(const inbox::Places& places);
  void note_begun(std::size_t place);
  void forget_begun();
  base::SteadyTime now() const { return history_.time.now(); }

  simulate::History& history_;
  simulate::FakeBroker& broker_;
  Database& database_;
  Natures& natures_;
  const message::Queue queue_;
  const std::string name_;
  const Mistake mistake_;
  const Reply reply_;
  std::unique_ptr<simulate::FakeConsumer> consumer_;
  std::unique_ptr<inbox::ConsumerMachine> machine_;
  std::vector<Held> hand_;
  std::set<std::size_t> begun_;
  std::int64_t life_ = 0;  ///< of all processes that there ever were, which
  std::optional<simulate::FakeTransaction> transaction_;
  std::vector<std::int64_t> reply_ids_;
  simulate::VirtualTime::Ticket next_step_;
};

}  // namespace waybill::simulation
