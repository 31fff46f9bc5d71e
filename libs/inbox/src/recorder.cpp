#include "recorder.hpp"

#include <utility>

#include "intake.hpp"
#include "parking.hpp"
#include "store.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/sendable.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::inbox {
namespace {

/// Another payload under an id that was handled is another message: its failure must not end the attempts of
/// the first, nor be taken for a copy of a third.
base::Uuid journal_id_of(const Recorder::One& one, const std::string& queue) {
  const auto* give_up = std::get_if<GiveUp>(&one.failure->verdict);
  if (give_up == nullptr || give_up->reason != Reason::other_payload) return one.message->id;
  return fingerprint(queue, message::write_envelope(one.message->envelope));
}

}  // namespace

std::vector<Recorder::Left> Recorder::record(postgres::Pool& pool, const std::vector<One>& failures,
                                             base::Deadline deadline) {
  std::vector<Outcome> outcomes;
  std::uniform_real_distribution<double> chance;
  for (const auto& one : failures) {
    outcomes.push_back({decide(*one.failure, *one.message, origins_.options.retries,
                               origins_.options.remember, base::system_clock().wall(), chance(random_)),
                        journal_id_of(one, origins_.options.queue.value())});
  }
  std::vector<Left> left;
  std::set<std::size_t> written;
  pool.transact([&](postgres::Tx& tx) { write(tx, failures, outcomes, left, written); }, deadline);
  CRASH_POINT("inbox.after_failure_commit");
  for (const auto i : written) tell(failures[i], outcomes[i], left[i]);
  return left;
}

void Recorder::write(postgres::Tx& tx, const std::vector<One>& failures, const std::vector<Outcome>& outcomes,
                     std::vector<Left>& left, std::set<std::size_t>& written) {
  left.assign(failures.size(), Left::acknowledge);
  written.clear();
  std::vector<store::Failed> failed;
  for (std::size_t i = 0; i < failures.size(); ++i) {
    failed.push_back({outcomes[i].journal_id, failures[i].message->attempt,
                      std::holds_alternative<DeadLetter>(outcomes[i].decision), failures[i].failure->error});
  }
  // One statement touches a row once: of copies, the first is written.
  std::map<base::Uuid, std::size_t> first_of;
  std::erase_if(failed, [&, i = std::size_t{0}](const store::Failed& one) mutable {
    return !first_of.try_emplace(one.id, i++).second;
  });
  const auto advanced = store::advance(tx, origins_.options.consumer, failed);
  std::vector<outbox::RawMessage> dead;
  std::vector<outbox::Retry> retries;
  std::vector<const Received*> over;
  for (const auto& [id, i] : first_of) {
    const auto when = advanced.find(id);
    if (when == advanced.end()) continue;
    written.insert(i);
    const auto& message = *failures[i].message;
    if (const auto* retry = std::get_if<RetryIn>(&outcomes[i].decision)) {
      if (origins_.options.order == Order::by_key && !message.envelope.subject.empty()) {
        park_first(tx, origins_.options.consumer, message, retry->wait);
        continue;
      }
      auto again = retry_of(message, origins_);
      retries.push_back({std::move(again), retry->wait, origins_.options.consumer, message.attempt + 1});
      continue;
    }
    const auto reason = std::get<DeadLetter>(outcomes[i].decision).reason;
    auto letter = dead_letter_of(message, reason, *failures[i].failure, when->second, origins_);
    if (letter) {
      dead.push_back(*std::move(letter));
    } else {
      left[i] = Left::reject;
    }
    over.push_back(&message);
  }
  outbox::add(tx, dead);
  outbox::schedule(tx, retries);
  if (origins_.options.order == Order::by_key) unpark(tx, origins_.options.consumer, over);
  if (!dead.empty() && sender_.committed) tx.on_commit(sender_.committed);
  CRASH_POINT("inbox.before_failure_commit");
}

void Recorder::tell(const One& one, const Outcome& outcome, Left left) const {
  const auto& options = origins_.options;
  if (const auto* retry = std::get_if<RetryIn>(&outcome.decision)) {
    probe_.retried();
    telemetry::log_warn("inbox_attempt_failed", {{"consumer", options.consumer},
                                                 {"message", one.message->id.to_string()},
                                                 {"type", one.message->type},
                                                 {"attempt", one.failure->attempts},
                                                 {"error", one.failure->error},
                                                 {"again_in_ms", retry->wait.count()}});
    return;
  }
  const auto reason = std::get<DeadLetter>(outcome.decision).reason;
  probe_.dead_lettered(reason);
  telemetry::log_error("inbox_dead_letter",
                       {{"consumer", options.consumer},
                        {"message", one.message->id.to_string()},
                        {"type", one.message->type},
                        {"reason", to_string(reason)},
                        {"attempts", one.failure->attempts},
                        {"error", one.failure->error},
                        {"to", left == Left::reject ? "the broker's own dead-lettering, without a diagnosis"
                                                    : options.queue.value() + ".dlq"}});
}

}  // namespace waybill::inbox
