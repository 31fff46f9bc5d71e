#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consumer_process.hpp"
#include "database.hpp"
#include "relay_process.hpp"
#include "waybill/simulate/fake_broker.hpp"
#include "waybill/simulate/history.hpp"

namespace waybill::simulation {

/// One history of two services and the broker between them. The asking one accepts orders, each in a
/// transaction with the message that it sends; the doing one has an effect for each and replies; the asking
/// one notes the reply. Each has two relays, of which one leads, and the doing one two consumers. Whatever
/// can fail does, for a while.
class EndToEnd {
 public:
  explicit EndToEnd(simulate::History& history, Mistake mistake = Mistake::none);

  /// What went wrong; nothing when what was accepted had one effect and one reply, or one dead letter, each
  /// key in its order where the queue asks for it, and all came to rest.
  simulate::Verdict run();

 private:
  void declare();
  void start();
  void accept_one();
  void close_a_way();
  std::optional<message::Publication> reply_to(const message::WireMessage& message);
  bool is_at_rest() const;
  simulate::Verdict verdict() const;
  simulate::Verdict of_messages(const Database& database, const std::vector<std::int64_t>& expected,
                                const std::string& dead_letters) const;
  simulate::Verdict of_order() const;

  simulate::History& history_;
  simulate::Dice& dice_;
  const Mistake mistake_;
  const bool is_ordered_;
  simulate::FakeBroker broker_;
  Database asking_;
  Database doing_;
  Natures natures_;
  int open_orders_ = 0;
  std::vector<std::unique_ptr<RelayProcess>> relays_;
  std::vector<std::unique_ptr<ConsumerProcess>> consumers_;
};

}  // namespace waybill::simulation
