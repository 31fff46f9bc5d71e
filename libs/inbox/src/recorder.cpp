#include "recorder.hpp"

#include <utility>

#include "intake.hpp"
#include "parking.hpp"
#include "store.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/utf8.hpp"
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

bool Recorder::parks(const Received& message) const {
  return origins_.options.order == Order::by_key && !message.envelope.subject.empty();
}

bool Recorder::stays(const Received& message, const Outcome& outcome) const {
  return origins_.options.after_dead_letter == AfterDeadLetter::stay && parks(message) &&
         outcome.journal_id == message.id && outcome.left == Left::acknowledge && !message.refusal;
}

/// All that could make the transaction fail for the message's own sake is found out before it.
Recorder::Outcome Recorder::outcome_of(const One& one) {
  const auto& message = *one.message;
  const auto& options = origins_.options;
  Outcome outcome{decide(*one.failure, message, options.retries, options.remember,
                         base::system_clock().wall(), std::uniform_real_distribution<double>()(random_)),
                  *one.failure, journal_id_of(one, options.queue.value())};
  outcome.failure.error = base::storable(outcome.failure.error);
  if (std::holds_alternative<RetryIn>(outcome.decision) && !parks(message)) {
    const auto again = retry_of(message, origins_);
    if (const auto why = outbox::why_not_sendable(again.to, again.wire)) {
      outcome.decision = DeadLetter{Reason::permanent};
      outcome.failure.error += "; it cannot come again, for " + *why;
    }
  }
  const auto* dead = std::get_if<DeadLetter>(&outcome.decision);
  if (dead == nullptr || dead_letter_of(message, dead->reason, outcome.failure, {}, origins_)) return outcome;
  if (message.tag) {
    outcome.left = Left::reject;
  } else {
    outcome.decision = RetryIn{options.retries.maximum};  // nobody else has it any more
  }
  return outcome;
}

std::vector<Recorder::Left> Recorder::record(postgres::Pool& pool, const std::vector<One>& failures,
                                             base::Deadline deadline) {
  std::vector<Outcome> outcomes;
  std::vector<Left> left;
  for (const auto& one : failures) {
    outcomes.push_back(outcome_of(one));
    left.push_back(outcomes.back().left);
  }
  std::set<std::size_t> written;
  pool.transact([&](postgres::Tx& tx) { write(tx, failures, outcomes, written); }, deadline);
  CRASH_POINT("inbox.after_failure_commit");
  for (const auto i : written) tell(*failures[i].message, outcomes[i]);
  return left;
}

void Recorder::write(postgres::Tx& tx, const std::vector<One>& failures, const std::vector<Outcome>& outcomes,
                     std::set<std::size_t>& written) const {
  written.clear();
  std::vector<store::Failed> failed;
  std::map<base::Uuid, std::size_t> first_of;  // one statement touches a row once: of copies, the first
  std::vector<const Received*> over;
  std::set<std::string> keys;
  for (std::size_t i = 0; i < failures.size(); ++i) {
    const auto& outcome = outcomes[i];
    const auto& message = *failures[i].message;
    if (parks(message)) keys.insert(message.envelope.subject);
    if (message.parked) keys.insert(message.parked->key);
    if (outcome.left == Left::reject) {
      // Not counted: should the process end before the broker hears of it, it is rejected the next time.
      written.insert(i);
      over.push_back(&message);
    } else if (first_of.try_emplace(outcome.journal_id, i).second) {
      failed.push_back({outcome.journal_id, message.attempt,
                        std::holds_alternative<DeadLetter>(outcome.decision), outcome.failure.error});
    }
  }
  // Or else another consumer, who has looked at the key, would find the first of it stale and go on behind
  // it.
  lock_keys(tx, origins_.options.consumer, keys);
  const auto advanced = store::advance(tx, origins_.options.consumer, failed);
  std::vector<outbox::RawMessage> dead;
  std::vector<outbox::Retry> retries;
  for (const auto& [id, i] : first_of) {
    const auto when = advanced.find(id);
    const auto& message = *failures[i].message;
    if (when == advanced.end()) {
      if (message.parked) over.push_back(&message);  // another copy was handled or given up
      continue;
    }
    written.insert(i);
    const auto* retry = std::get_if<RetryIn>(&outcomes[i].decision);
    if (retry == nullptr) {
      const auto reason = std::get<DeadLetter>(outcomes[i].decision).reason;
      dead.push_back(dead_letter_of(message, reason, outcomes[i].failure, when->second, origins_).value());
      if (stays(message, outcomes[i])) {
        park_for_ever(tx, origins_.options.consumer, message);
      } else {
        over.push_back(&message);
      }
    } else if (parks(message)) {
      park_first(tx, origins_.options.consumer, message, retry->wait);
    } else {
      retries.push_back(
          {retry_of(message, origins_), retry->wait, origins_.options.consumer, message.attempt + 1});
    }
  }
  outbox::add(tx, dead);
  outbox::schedule(tx, retries);
  if (origins_.options.order == Order::by_key) unpark(tx, origins_.options.consumer, over);
  if (!dead.empty() && sender_.committed) tx.on_commit(sender_.committed);
  CRASH_POINT("inbox.before_failure_commit");
}

void Recorder::tell(const Received& message, const Outcome& outcome) const {
  const auto& options = origins_.options;
  if (const auto* retry = std::get_if<RetryIn>(&outcome.decision)) {
    probe_.retried();
    telemetry::log_warn("inbox_attempt_failed", {{"consumer", options.consumer},
                                                 {"message", message.id.to_string()},
                                                 {"type", message.type},
                                                 {"attempt", outcome.failure.attempts},
                                                 {"error", outcome.failure.error},
                                                 {"again_in_ms", retry->wait.count()}});
    return;
  }
  const auto reason = std::get<DeadLetter>(outcome.decision).reason;
  probe_.dead_lettered(reason);
  telemetry::log_error(
      "inbox_dead_letter",
      {{"consumer", options.consumer},
       {"message", message.id.to_string()},
       {"type", message.type},
       {"reason", to_string(reason)},
       {"attempts", outcome.failure.attempts},
       {"error", outcome.failure.error},
       {"key_waits", stays(message, outcome)},
       {"to", outcome.left == Left::reject ? "the broker's own dead-lettering, without a diagnosis"
                                           : options.queue.value() + ".dlq"}});
}

}  // namespace waybill::inbox
