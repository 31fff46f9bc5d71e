#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "waybill/simulate/fake_broker.hpp"
#include "waybill/simulate/fake_store.hpp"
#include "waybill/simulate/history.hpp"
#include "world.hpp"

namespace waybill::outbox::testing {

/// A mistake that a relay could make; each is played by the world around the machine.
enum class Mistake : std::uint8_t {
  none,
  cursor_alone,           ///< rows below the highest id seen are never looked for
  sweep_alone,            ///< … or only now and then, so that later ones of their keys overtake them
  delete_before_confirm,  ///< a row is deleted when it is published
  unknown_taken_for_confirmed,
  several_under_way_per_key,
  blocked_rows_overtaken,   ///< a leader begins without knowing what is blocked
  outcome_of_another_term,  ///< a new leader believes what was told to the one before
};

/// One history of writers, relays and a broker: transactions that commit late, confirms that are lost or
/// late, refusals, ways that are closed for a while, leaders that die at any moment and leave messages on the
/// way. At the end everything is well again. Its messages are transactions, of a few rows each.
class RelaySimulation {
 public:
  explicit RelaySimulation(simulate::History& history, Mistake mistake = Mistake::none);

  /// What went wrong; nothing when every committed row arrived, each key's in its order, and all came to
  /// rest.
  simulate::Verdict run();

 private:
  struct Writer {
    simulate::FakeTransaction transaction;
    std::string key;
    std::vector<std::int64_t> ids;
  };

  void step();
  void begin_transaction();
  void end_transaction(bool commits);
  void tell_snapshot();
  void run_relay();
  void connect();
  void send(const Row& row);
  void kill_leader();
  void open_ways();
  void close_a_way();
  simulate::Verdict verdict() const;
  simulate::Verdict wrong_order(const std::vector<std::int64_t>& arrived) const;

  simulate::History& history_;
  simulate::Dice& dice_;
  const Mistake mistake_;
  simulate::FakeStore store_;
  simulate::FakeBroker broker_;
  std::unique_ptr<simulate::FakePublisher> publisher_;
  World world_;
  int begun_ = 0;
  std::vector<Writer> open_;
  std::map<std::int64_t, std::string> committed_;  ///< the keys of rows
};

}  // namespace waybill::outbox::testing
