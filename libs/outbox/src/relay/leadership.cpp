#include "leadership.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::outbox {
namespace {

base::SteadyTime now() { return base::system_clock().steady(); }

std::string name_of(const message::Address& way) {
  return "exchange '" + way.exchange.value() + "', routing key '" + way.routing_key.value() + "'";
}

}  // namespace

Leadership::Leadership(const RelayOptions& options, const RelayProbe& probe, message::Publisher& publisher,
                       std::shared_ptr<RelayMailbox> mailbox, RelayStore& store,
                       const WatchStore& watch_store, std::uint64_t term)
    : options_(options),
      probe_(probe),
      publisher_(publisher),
      mailbox_(std::move(mailbox)),
      store_(store),
      term_(term),
      machine_(options.limits, store.blocked_lanes(), now()) {
  const auto& watch = options.watch;
  if (watch.source == nullptr || watch.wanted.empty()) return;
  watcher_.emplace(options, probe, publisher, mailbox_, watch_store, term);
}

bool Leadership::run() {
  for (;;) {
    if (const auto flush_until = mailbox_->flush_until()) {
      // What was committed before the wish to stop was heard counts as well, so look once more.
      if (!std::exchange(is_flushing_, true)) machine_.on_wake();
      if (machine_.is_at_rest()) return true;
      if (flush_until->passed()) return false;
    }
    const auto nothing_to_watch_until = watch();
    auto action = machine_.next(now());
    if (auto* wait = std::get_if<act::Wait>(&action)) {
      wait->until = std::min(wait->until, nothing_to_watch_until);
    }
    std::visit([this](auto& what) { perform(what); }, action);
    if (!std::holds_alternative<act::Wait>(action)) {
      mailbox_->take(mail_);
      hear();
    }
    tell_notices();
    const auto load = machine_.load();
    probe_.holds(load.rows, load.under_way, load.blocked);
  }
}

void Leadership::perform(act::Publish& publish) {
  CRASH_POINT("relay.before_publish");
  const auto deadline = base::Deadline::after(options_.publish_within);
  for (auto& row : publish.rows) {
    publisher_.publish(std::move(row.publication), deadline,
                       [mailbox = mailbox_, term = term_, id = row.id](message::Outcome outcome) {
                         mailbox->put(RelayMailbox::Outcome{term, id, std::move(outcome)});
                       });
  }
  CRASH_POINT("relay.after_publish");
}

void Leadership::perform(const act::Read& read) {
  auto rows = store_.read(read, options_.read_bytes);
  machine_.on_read(std::move(rows.rows), rows.was_last, rows.snapshot, now());
}

void Leadership::perform(const act::Sweep& sweep) {
  const auto began = now();
  const auto ids = store_.sweep(sweep);
  const auto ended = now();
  machine_.on_swept(ids, ended - began, ended);
}

void Leadership::perform(const act::Fetch& fetch) { machine_.on_fetched(fetch.ids, store_.fetch(fetch)); }

void Leadership::perform(const act::Remove& remove) {
  CRASH_POINT("relay.after_confirm");
  try {
    store_.remove(remove);
  } catch (const postgres::Fault& fault) {
    // Who led next would send them all again, and come no further.
    if (fault.connection_lost()) throw;
    telemetry::log_error("outbox_not_removed",
                         {{"outbox", options_.name},
                          {"rows", remove.ids.size()},
                          {"fault", fault.what()},
                          {"advice", "the broker has them; they are removed once the database lets them"}});
    // Nobody has made today's partition of the sent events: a process that slept over midnight, say.
    constexpr std::string_view no_partition = "23514";
    if (fault.sqlstate() == no_partition) perform(act::Maintain{});
    return machine_.on_removal_failed(remove.ids, now());
  }
  CRASH_POINT("relay.after_remove");
  probe_.removed(remove.ids.size());
  machine_.on_removed(remove.ids);
  if (!watcher_) return;
  for (const auto id : remove.ids.waiting) watcher_->has_ended(id);
  for (const auto id : remove.ids.blocked) watcher_->has_ended(id);
}

void Leadership::perform(const act::Block& block) {
  CRASH_POINT("relay.before_block");
  store_.block(block);
  CRASH_POINT("relay.after_block");
}

void Leadership::perform(const act::Defer& defer) { store_.defer(defer); }

void Leadership::perform(const act::ReadBlocked& read) {
  auto rows = store_.read_blocked(read, options_.read_bytes);
  machine_.on_blocked_read(std::move(rows.rows), rows.was_last, now());
}

void Leadership::perform(const act::Promote& promote) {
  CRASH_POINT("promotion.before_commit");
  RelayStore::Promoted promoted;
  try {
    promoted = store_.promote(promote);
  } catch (const postgres::Fault& fault) {
    // What is to be sent now does not wait for what was to be sent later.
    if (fault.connection_lost()) throw;
    telemetry::log_error("outbox_not_promoted", {{"outbox", options_.name}, {"fault", fault.what()}});
    return machine_.on_promotion_failed(now());
  }
  if (promoted.rows > 0) {
    CRASH_POINT("promotion.after_commit");
    probe_.promoted(promoted.rows);
  }
  machine_.on_promoted(promoted.rows, promoted.was_last, now());
}

void Leadership::perform(const act::Maintain&) {
  try {
    for (const auto& name : store_.maintain(options_.keep_sent).dropped) {
      telemetry::log_info("outbox_partition_dropped", {{"outbox", options_.name}, {"partition", name}});
    }
  } catch (const postgres::Fault& fault) {
    // The rows to be sent do not wait for it: it comes again.
    if (fault.connection_lost()) throw;
    telemetry::log_warn("outbox_not_maintained", {{"outbox", options_.name}, {"fault", fault.what()}});
  }
}

void Leadership::perform(const act::Wait& wait) {
  auto until = base::Deadline::at(wait.until);
  if (const auto flush_until = mailbox_->flush_until()) until = until.earlier_of(*flush_until);
  mailbox_->await(mail_, until);
  hear();
}

base::SteadyTime Leadership::watch() {
  if (!watcher_ || is_flushing_) return base::SteadyTime::max();
  return watcher_->step([this] { return machine_.handed_over(); });
}

void Leadership::hear() {
  if (mail_.is_woken) machine_.on_wake();
  for (const auto& ended : mail_.outcomes) {
    // One of an earlier leadership: its row was begun anew in this one.
    if (ended.term != term_) continue;
    count(ended.outcome);
    machine_.on_outcome(ended.id, ended.outcome, now());
    if (watcher_ && !message::is_confirmed(ended.outcome)) watcher_->has_ended(ended.id);
  }
  if (watcher_) watcher_->hear(mail_.news);
}

void Leadership::count(const message::Outcome& outcome) const {
  struct Count {
    const RelayProbe& probe;
    void operator()(const message::Confirmed&) const { probe.confirmed(); }
    void operator()(const message::Nacked&) const { probe.refused(); }
    void operator()(const message::Returned&) const { probe.returned(); }
    void operator()(const message::Unknown&) const { probe.unknown(); }
  };
  std::visit(Count{probe_}, outcome);
}

void Leadership::tell_notices() {
  for (const auto& notice : machine_.take_notices()) {
    if (notice.what == RelayMachine::Notice::What::way_free) {
      telemetry::log_info("outbox_way_free", {{"outbox", options_.name}, {"way", name_of(notice.way)}});
      continue;
    }
    telemetry::log_error(
        "outbox_way_blocked",
        {{"outbox", options_.name},
         {"way", name_of(notice.way)},
         {"reason", notice.reason},
         {"advice",
          "messages that go this way wait in waybill.outbox_blocked until the topology has it again"}});
  }
}

}  // namespace waybill::outbox
