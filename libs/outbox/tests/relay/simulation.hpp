#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

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

/// One history of writers, relays and a broker, drawn from a seed: transactions that commit late, confirms
/// that are lost or late, refusals, ways that are closed for a while, leaders that die at any moment and
/// leave messages on the way. At the end everything is well again.
class RelaySimulation {
 public:
  explicit RelaySimulation(std::uint64_t seed, Mistake mistake = Mistake::none);

  /// What went wrong; nothing when every committed row arrived, each key's in its order, and all came to
  /// rest.
  std::optional<std::string> run();

 private:
  struct Transaction {
    std::string key;
    std::vector<std::int64_t> ids;
    std::string routing_key;
    std::uint64_t number = 0;
  };
  struct Fate {
    bool arrives = true;
    message::Outcome told;
  };

  bool chance(unsigned percent) { return random_() % 100 < percent; }
  void begin_transaction();
  void end_transaction(bool commits);
  void tell_snapshot();
  void carry_out();
  void kill_leader();
  void answer_one();
  void arrive(std::int64_t id);
  Fate fate_of(const Row& row);
  std::optional<std::string> verdict() const;
  std::optional<std::string> wrong_order() const;

  std::mt19937_64 random_;
  const Mistake mistake_;
  World world_;
  std::int64_t last_id_ = 0;
  std::uint64_t last_number_ = 0;
  std::vector<Transaction> open_;
  std::set<std::string> locked_;
  std::set<std::int64_t> committed_;
  std::map<std::int64_t, Row> all_;
  std::vector<std::int64_t> arrived_;
  std::vector<std::int64_t> on_the_way_;  ///< of leaders that are dead
  std::set<std::string> closed_;
  bool is_well_ = false;
};

}  // namespace waybill::outbox::testing
