#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <vector>

#include "accept_machine.hpp"
#include "store.hpp"
#include "waybill/accept/acceptor.hpp"
#include "waybill/accept/probe.hpp"
#include "waybill/outbox/scope.hpp"
#include "waybill/postgres/batch.hpp"

namespace waybill::accept {

/// Answers requests in one transaction, or in as few as it takes: the work of postgres::run_batch().
class GroupRun final : public postgres::BatchWork {
 public:
  struct Result {
    RunEnd end = RunEnd::again;
    Ending ending = Ending::away;  ///< where it is over
    http::Response answer{};       ///< likewise
    bool lacks_room = false;       ///< no partition took its answer
  };

  /// All outlive it.
  GroupRun(const AcceptorOptions& options, const outbox::Sender& sender, const Probe& probe,
           std::span<const AcceptMachine::Member> members);

  void begin(postgres::Tx& tx, std::span<const std::size_t> members) override;
  void each(postgres::Tx& tx, std::size_t item) override;
  void end(postgres::Tx& tx, std::span<const std::size_t> members) override;

  /// What became of each; what is at fault is in the log.
  std::vector<Result> results(const std::vector<postgres::BatchEnd>& ends);

 private:
  /// Where the transaction of one was when it failed: only functions blame a request.
  enum class Stage : std::uint8_t { claiming, answering, keeping };
  struct Run {
    store::Found found{};
    http::Response answer{};
    Stage stage = Stage::claiming;
    std::size_t ours_from = 0;   ///< the first of the transaction's statements that is no function's
    bool may_hold_lock = false;  ///< so that who has it locked may be a run of its own, which is dying
    bool is_held_up = false;     ///< by such a run
  };

  void answer(postgres::Tx& tx, std::size_t item);
  Result result_of(std::size_t item, const postgres::BatchEnd& end);
  Result committed(Run& run);
  Result failed(std::size_t item, const std::exception_ptr& thrown);
  Result fault_of(std::size_t item, const postgres::Fault& fault);
  Result failed_by_itself(std::size_t item, const char* what) const;
  bool is_ours(const Run& run, const postgres::Fault& fault) const;

  const AcceptorOptions& options_;
  const outbox::Sender& sender_;
  const Probe& probe_;
  std::span<const AcceptMachine::Member> members_;
  std::vector<Run> runs_;
  outbox::Outgoing outgoing_;
};

}  // namespace waybill::accept
