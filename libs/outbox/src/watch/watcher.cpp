#include "watcher.hpp"

#include <utility>
#include <variant>

#include "judgement.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::outbox {
namespace {

base::SteadyTime steady_now() { return base::system_clock().steady(); }

std::string description_of(const WantedBinding& binding) {
  auto name = "exchange '" + binding.exchange.value() + "' to queue '" + binding.queue.value() + "'";
  if (!binding.routing_key.value().empty()) name += " by '" + binding.routing_key.value() + "'";
  return name;
}

}  // namespace

Watcher::Watcher(const RelayOptions& options, const RelayProbe& probe, message::Publisher& publisher,
                 std::shared_ptr<RelayMailbox> mailbox, WatchStore store, std::uint64_t term)
    : options_(options),
      probe_(probe),
      publisher_(publisher),
      mailbox_(std::move(mailbox)),
      store_(store),
      term_(term),
      machine_(options.watch, store_.load(options.watch.wanted, options.keep_sent), steady_now()) {}

Watcher::~Watcher() { probe_.bindings_missing(0); }

base::SteadyTime Watcher::step(const InHand& rows_in_hand) {
  if (is_settling_ && awaited_.empty()) {
    is_settling_ = false;
    machine_.on_settled(store_.now());
  }
  auto action = machine_.next(steady_now());
  if (const auto* wait = std::get_if<watch_act::Wait>(&action)) return wait->until;
  if (std::holds_alternative<watch_act::Settle>(action)) {
    is_settling_ = true;
    const auto rows = rows_in_hand();
    awaited_.insert(rows.begin(), rows.end());
  } else {
    std::visit(
        [this](auto& what) {
          if constexpr (requires { perform(what); }) perform(what);
        },
        action);
  }
  tell_notices();
  return steady_now();
}

void Watcher::perform(const watch_act::Look&) {
  look_began_ = store_.now();
  options_.watch.source->look(base::Deadline::after(options_.watch.limits.look_within),
                              [mailbox = mailbox_, term = term_](auto seen) {
                                mailbox->put({term, RelayMailbox::Looked{std::move(seen)}});
                              });
}

void Watcher::perform(const watch_act::Mark& mark) {
  const message::RoutingKey key{std::string(mark_prefix) + base::new_uuid_v7().to_string()};
  options_.watch.source->bind({options_.watch.retry, mark.queue, key},
                              base::Deadline::after(options_.watch.limits.look_within),
                              [mailbox = mailbox_, term = term_](auto failure) {
                                mailbox->put({term, RelayMailbox::Marked{std::move(failure)}});
                              });
}

void Watcher::perform(const watch_act::Save& save) {
  if (save.is_progress) CRASH_POINT("replay.before_progress");
  store_.save(save.watched);
  if (save.is_progress) CRASH_POINT("replay.after_progress");
  machine_.on_saved(save.is_progress);
}

void Watcher::perform(const watch_act::Read& read) {
  machine_.on_read(store_.read(read, options_.read_bytes));
}

void Watcher::perform(watch_act::Send& send) {
  CRASH_POINT("replay.before_publish");
  const auto deadline = base::Deadline::after(options_.publish_within);
  for (auto& row : send.rows) {
    row.publication.to = {options_.watch.retry, message::RoutingKey{send.queue.value()}};
    message::Publisher::Done done = [mailbox = mailbox_, term = term_,
                                     page = send.page](message::Outcome outcome) {
      mailbox->put({term, RelayMailbox::CopyEnded{page, std::move(outcome)}});
    };
    // The relay's own publications must never wait behind copies for room.
    if (publisher_.try_publish(row.publication, deadline, done)) continue;
    done(message::Unknown{.why = "the publisher has no room", .sent = false});
  }
  CRASH_POINT("replay.after_publish");
}

void Watcher::hear(std::span<RelayMailbox::News> news) {
  for (auto& each : news) {
    // What an earlier leadership has asked for.
    if (each.term != term_) continue;
    std::visit([this](auto& what) { take(what); }, each.what);
  }
  tell_notices();
}

void Watcher::take(RelayMailbox::Looked& looked) {
  if (!looked.seen) probe_.look_failed();
  machine_.on_looked(std::move(looked.seen), look_began_);
  probe_.bindings_missing(machine_.missing());
}

void Watcher::take(const RelayMailbox::Marked& marked) { machine_.on_marked(marked.failure); }

void Watcher::take(const RelayMailbox::CopyEnded& copy) {
  if (message::is_confirmed(copy.outcome)) probe_.replayed();
  machine_.on_outcome(copy.page, copy.outcome, steady_now());
}

void Watcher::tell_notices() {
  for (const auto& notice : machine_.take_notices()) tell(notice);
}

void Watcher::tell(const WatchMachine::Notice& notice) const {
  using What = WatchMachine::Notice::What;
  using telemetry::log_error;
  using telemetry::log_info;
  using telemetry::log_warn;
  const std::string_view outbox = options_.name;
  const auto binding = description_of(notice.binding);
  switch (notice.what) {
    case What::missing:
      return log_error(
          "binding_missing",
          {{"outbox", outbox},
           {"binding", binding},
           {"advice",
            "bind it again, or let the queue's owner declare; events sent meanwhile will be sent "
            "to the queue then"}});
    case What::repaired:
      return log_info("binding_repaired", {{"outbox", outbox}, {"binding", binding}});
    case What::queue_gone:
      return log_error("queue_was_deleted",
                       {{"outbox", outbox},
                        {"queue", notice.binding.queue.value()},
                        {"advice",
                         "the events that stood in it are sent again once it is declared and bound; commands "
                         "and replies that stood in it are lost"}});
    case What::replayed:
      return log_info("events_replayed",
                      {{"outbox", outbox}, {"binding", binding}, {"events", std::to_string(notice.rows)}});
    case What::cannot_see:
      return log_warn("bindings_cannot_be_seen", {{"outbox", outbox}, {"why", notice.text}});
    case What::can_see_again:
      return log_info("bindings_are_seen_again", {{"outbox", outbox}});
    case What::cannot_mark:
      return log_warn("queues_cannot_be_marked",
                      {{"outbox", outbox},
                       {"why", notice.text},
                       {"advice",
                        "a queue that is deleted and declared again between two looks will not be noticed; "
                        "let the management user write to the queues and read the exchange 'retry'"}});
  }
}

}  // namespace waybill::outbox
