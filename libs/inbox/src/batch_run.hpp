#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "consumer_machine.hpp"
#include "parking.hpp"
#include "received.hpp"
#include "store.hpp"
#include "verdicts.hpp"
#include "watchdog.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/inbox/probe.hpp"
#include "waybill/postgres/batch.hpp"

namespace waybill::inbox {

/// What a handler is at, for the watchdog.
class AtWork {
 public:
  virtual ~AtWork() = default;
  /// Null: with a batch of several.
  virtual void at(const Received* message) = 0;
};

/// Handles messages in one transaction, or in as few as it takes: the work of postgres::run_batch().
class BatchRun final : public postgres::BatchWork {
 public:
  struct Result {
    ConsumerMachine::End end = ConsumerMachine::End::unfinished;
    Ending ending = Ending::handled;   ///< where it is over
    std::optional<Failure> failure{};  ///< where it failed
  };

  /// `settles` where the statements may outlast the time that there is: the handlers' are waited for, then
  /// the batch's own, before COMMIT is sent, so that lateness is theirs and no doubt.
  BatchRun(const ConsumerOptions& options, const outbox::Sender& sender, const Handlers& handlers,
           Watchdog& watchdog, AtWork& at_work, std::vector<const Received*> messages, bool settles);

  void begin(postgres::Tx& tx, std::span<const std::size_t> members) override;
  void each(postgres::Tx& tx, std::size_t item) override;
  void end(postgres::Tx& tx, std::span<const std::size_t> members) override;

  /// What became of each, and how long a handler asked to rest.
  std::vector<Result> results(const std::vector<postgres::BatchEnd>& ends);
  std::optional<std::chrono::milliseconds> rest() const { return rest_; }

 private:
  /// Where a transaction was when it failed: only handlers blame a message.
  enum class Stage : std::uint8_t { claiming, handling, writing, committing };

  void set_stage(std::span<const std::size_t> members, Stage stage);
  void lock_shared(postgres::Tx& tx, std::span<const std::size_t> members);
  void run_batches(postgres::Tx& tx, std::span<const std::size_t> members);
  void settle_others(postgres::Tx& tx);
  Result result_of(std::size_t item, const postgres::BatchEnd& end);
  Result failed(std::size_t item, const std::exception_ptr& thrown);
  /// Tables that are not there, or a lack of rights, are no message's fault.
  bool is_ours(std::size_t item, const std::exception_ptr& thrown) const;

  const ConsumerOptions& options_;
  const outbox::Sender& sender_;
  const Handlers& handlers_;
  Watchdog& watchdog_;
  AtWork& at_work_;
  std::vector<const Received*> messages_;
  bool settles_;
  bool others_are_unanswered_ = false;  ///< what earlier handlers pipelined
  std::vector<store::Claim> claims_;
  std::vector<Stage> stages_;
  std::vector<bool> parked_;
  std::vector<std::size_t> ours_from_;  ///< the first of the transaction's statements that is no handler's
  std::vector<bool> committed_;
  outbox::Outgoing outgoing_;
  std::deque<Scope> scopes_;
  std::vector<Scope*> scope_of_;
  std::optional<std::chrono::milliseconds> rest_;
};

}  // namespace waybill::inbox
