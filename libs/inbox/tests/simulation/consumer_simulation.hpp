#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consumer_machine.hpp"
#include "waybill/simulate/fake_broker.hpp"
#include "waybill/simulate/fake_store.hpp"
#include "waybill/simulate/fake_table.hpp"
#include "waybill/simulate/history.hpp"

namespace waybill::inbox::testing {

/// A mistake that a consumer could make; each is played by the world around the machine.
enum class Mistake : std::uint8_t {
  none,
  acknowledges_before_the_commit,
  looks_for_copies_of_the_redelivered_only,
  retries_and_gives_up_without_counting,
  takes_in_doubt_for_committed,
  takes_in_doubt_for_undone,
  acknowledges_before_a_failure_is_recorded,
  notes_no_beginning,
  takes_no_beginning_back,
  counts_an_attempt_apart_from_its_retry,
  handles_suspects_together,
  counts_a_beginning_in_doubt_twice,
  stops_without_taking_back,
};

/// One history of a queue, two processes that consume it and their database: messages that come in copies,
/// fail, or kill who handles them; processes that stop, are killed, and connections that are cut at any
/// moment, commits that end in doubt, a database that is away. At the end everything is well again.
class ConsumerSimulation {
 public:
  explicit ConsumerSimulation(simulate::History& history, Mistake mistake = Mistake::none);

  /// What went wrong; nothing when every message had one effect or one dead letter, and all came to rest.
  simulate::Verdict run();

 private:
  static constexpr std::uint32_t attempts = 3;
  static constexpr std::uint32_t crashes = 3;

  struct Copy {
    std::size_t message = 0;
    std::uint32_t attempt = 1;
    bool is_redelivered = false;
  };
  struct Message {
    base::Uuid id;
    std::uint32_t throws = 0;     ///< so many attempts fail
    bool kills = false;           ///< whoever handles it
    std::uint32_t suspected = 0;  ///< so often it had nothing to do with the end that it is counted for
  };
  struct Held {
    message::DeliveryTag tag;
    Copy copy;
    bool is_crash = false;
  };
  struct Process {
    std::string name;
    std::unique_ptr<simulate::FakeConsumer> consumer;
    std::unique_ptr<ConsumerMachine> machine;
    std::vector<Held> hand;
    std::set<std::size_t> begun;
    base::SteadyTime asleep_until;
    int life = 0;  ///< of all that were begun, which
  };
  struct Attempt {
    std::uint32_t attempt = 1;
    std::set<int> begun_by{};  ///< the lives
  };

  std::string name(const Copy& copy) const;

  void step(Process& process);
  void start(Process& process);
  void consume(Process& process);
  void kill(Process& process, bool by_a_message = false);
  void perform(Process& process, const act::Receive&);
  void perform(Process& process, const act::Begin& begin);
  void perform(Process& process, const act::TakeBack& take_back);
  void perform(Process& process, const act::Run& run);
  void perform(Process& process, const act::Record& record);
  void perform(Process& process, const act::Settle& settle);
  void perform(Process& process, const act::Sleep& sleep);
  void perform(Process& process, const act::GiveBack& give_back);
  void perform(Process& process, const act::Stop&);

  simulate::CommitEnd take_back(Process& process, const Places& places);
  ConsumerMachine::End handle(const Held& held);
  bool has_counted(const Copy& copy);
  void decide(const Held& held, bool is_final);
  void settle(Process& process, const Places& places);
  void send(const Copy& copy);
  void promote();
  bool is_at_rest() const;
  simulate::Verdict verdict() const;

  simulate::History& history_;
  simulate::Dice& dice_;
  const Mistake mistake_;
  simulate::FakeBroker broker_;
  simulate::FakeStore store_;
  simulate::FakeTable<std::size_t, std::uint32_t> inbox_{store_};
  simulate::FakeTable<std::size_t, Attempt> attempts_{store_};
  simulate::FakeTable<std::int64_t, Copy> scheduled_{store_};
  simulate::FakeTable<std::size_t, int> effects_{store_};
  simulate::FakeTable<std::size_t, int> dead_letters_{store_};
  std::unique_ptr<simulate::FakePublisher> publisher_;
  std::vector<Message> messages_;
  std::array<Process, 2> processes_;
  int lives_ = 0;
};

}  // namespace waybill::inbox::testing
