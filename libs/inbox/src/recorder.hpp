#pragma once

#include <map>
#include <random>
#include <set>
#include <vector>

#include "consumer_machine.hpp"
#include "dead_letter.hpp"
#include "received.hpp"
#include "verdicts.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/inbox/probe.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::inbox {

/// Writes failures down, in one transaction with the retries and dead letters they lead to: an attempt ends
/// once, so neither of them comes twice.
class Recorder {
 public:
  struct One {
    const Received* message = nullptr;
    const Failure* failure = nullptr;
  };
  /// What is left to do with the delivery.
  enum class Left : std::uint8_t {
    acknowledge,
    reject,  ///< no dead letter of ours could carry it: the broker is to keep it
  };

  Recorder(const Origins& origins, const outbox::Sender& sender, const Probe& probe)
      : origins_(origins), sender_(sender), probe_(probe), random_(std::random_device{}()) {}

  /// Throws postgres::Fault.
  std::vector<Left> record(postgres::Pool& pool, const std::vector<One>& failures, base::Deadline deadline);

 private:
  /// What follows from one failure.
  struct Outcome {
    std::variant<RetryIn, DeadLetter> decision;
    Failure failure;
    base::Uuid journal_id;  ///< under which the attempt is counted
    Left left = Left::acknowledge;
  };
  Outcome outcome_of(const One& one);
  bool parks(const Received& message) const;
  /// Its key waits for it, although it is given up.
  bool stays(const Received& message, const Outcome& outcome) const;
  void write(postgres::Tx& tx, const std::vector<One>& failures, const std::vector<Outcome>& outcomes,
             std::set<std::size_t>& written) const;
  void tell(const Received& message, const Outcome& outcome) const;

  const Origins& origins_;
  const outbox::Sender& sender_;
  const Probe& probe_;
  std::mt19937_64 random_;
};

}  // namespace waybill::inbox
