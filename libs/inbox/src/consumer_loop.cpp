#include "consumer_loop.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <utility>

#include "store.hpp"
#include "waybill/postgres/batch.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::inbox {

using namespace std::chrono_literals;

namespace {

constexpr auto keep_tables_every = 10min;
constexpr auto statement_within = 15s;
constexpr auto stop_within = 2s;
/// The longest that one waits for messages before it looks at what else is to be done.
constexpr auto look_up_every = 1s;
/// The least pause between two looks for parked messages that are due.
constexpr auto look_for_due_every = 20ms;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

base::SteadyTime now() { return base::system_clock().steady(); }

/// What may follow on its beginning, while nothing else is at work in the process.
bool is_of_a_suspect(const Action& action) {
  const auto* run = std::get_if<act::Run>(&action);
  return (run != nullptr && run->alone) || std::holds_alternative<act::Record>(action) ||
         std::holds_alternative<act::TakeBack>(action) || std::holds_alternative<act::Settle>(action);
}

}  // namespace

ConsumerLoop::ConsumerLoop(ConsumerOptions options, postgres::Pool& pool, const outbox::Sender& sender,
                           Handlers handlers, Subscribe subscribe, const Probe& probe)
    : options_(std::move(options)),
      pool_(pool),
      sender_(sender),
      handlers_(std::move(handlers)),
      subscribe_(std::move(subscribe)),
      probe_(probe),
      origins_{options_, sender_.codec, sender_.service, host_name()},
      intake_(options_.queue.value(), options_.remember, sender_.codec, handlers_),
      recorder_(origins_, sender_, probe_),
      machine_({.crashes = options_.crashes, .give_back_after = options_.give_back_after},
               std::random_device{}()),
      batch_within_(statement_within + 4 * options_.handle_within),
      watchdog_(2 * options_.handle_within, [this] { end_process(); }) {}

void ConsumerLoop::run() {
  subscribe_again();
  for (;;) {
    if (is_stopped()) machine_.on_stop();
    auto action = machine_.next(now());
    if (!is_of_a_suspect(action)) alone_.reset();
    if (std::holds_alternative<act::Stop>(action)) break;
    std::visit([this](const auto& what) { perform(what); }, action);
  }
  subscriber_->close();
}

void ConsumerLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    if (subscriber_) subscriber_->stop_receiving();
  }
  changed_.notify_all();
}

void ConsumerLoop::subscribe_again() {
  auto subscriber = subscribe_();
  const std::lock_guard lock(mutex_);
  if (is_stopped_) subscriber->stop_receiving();
  subscriber_ = std::move(subscriber);
}

bool ConsumerLoop::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

bool ConsumerLoop::rest_for(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, duration, [&] { return is_stopped_; });
}

void ConsumerLoop::keep_tables() {
  if (!keep_tables_at_.passed()) return;
  try {
    const auto kept = pool_.transact(
        [&](postgres::Tx& tx) { return store::maintain(tx, options_.consumer, options_.remember); },
        base::Deadline::after(statement_within));
    for (const auto& name : kept.made) telemetry::log_info("inbox_partition_made", {{"name", name}});
    for (const auto& name : kept.dropped) telemetry::log_info("inbox_partition_dropped", {{"name", name}});
    keep_tables_at_ = base::Deadline::after(keep_tables_every);
  } catch (const postgres::Fault& fault) {
    telemetry::log_warn("inbox_partitions_not_kept",
                        {{"consumer", options_.consumer}, {"fault", fault.what()}});
    keep_tables_at_ = base::Deadline::after(10s);
  }
}

void ConsumerLoop::perform(const act::Receive&) {
  keep_tables();
  if (options_.order == Order::by_key && look_for_due_at_.passed()) {
    try {
      if (auto due = take_due(); !due.empty()) return take_parked(std::move(due));
    } catch (const postgres::Fault& fault) {
      telemetry::log_warn("inbox_parked_not_read",
                          {{"consumer", options_.consumer}, {"fault", fault.what()}});
      parked_.reset();
      return machine_.on_unavailable(now());
    }
  }
  const auto until =
      base::Deadline::after(look_up_every)
          .earlier_of(options_.order == Order::by_key ? look_for_due_at_ : base::Deadline::never());
  std::vector<Received> messages;
  for (auto& delivery : subscriber_->receive(options_.batch, until)) {
    messages.push_back(read(std::move(delivery)));
  }
  take(std::move(messages));
  if (!hand_.empty()) CRASH_POINT("inbox.after_receive");
}

// With several at it, each would have to suspect that another has died of what it took.
std::vector<Due::Message> ConsumerLoop::take_due() {
  look_for_due_at_ = base::Deadline::after(look_up_every);
  const auto deadline = base::Deadline::after(statement_within);
  if (!parked_) {
    parked_.emplace(pool_.options(), deadline);
    keeps_parked_ = false;
  }
  auto due = parked_->transact(
      [&](postgres::Tx& tx) -> Due {
        if (!keeps_parked_) {
          keeps_parked_ = store::try_to_keep_parked(tx, options_.consumer, 2 * batch_within_);
        }
        return keeps_parked_ ? inbox::take_due(tx, options_.consumer, options_.batch) : Due{};
      },
      deadline);
  if (!due.messages.empty()) {
    look_for_due_at_ = base::Deadline::after(0ns);
  } else if (due.next) {
    look_for_due_at_ = base::Deadline::after(
        std::clamp<std::chrono::milliseconds>(*due.next, look_for_due_every, look_up_every));
  }
  return std::move(due.messages);
}

Received ConsumerLoop::read(message::Delivery delivery) const {
  return intake_.read(std::move(delivery), base::system_clock().wall());
}

/// What nobody here handles any more is not parked any more.
void ConsumerLoop::take_parked(std::vector<Due::Message> due) {
  std::vector<Received> messages;
  std::vector<const Received*> skipped;
  std::set<std::string> their_keys;
  for (auto& [row, delivery] : due) {
    auto& message = messages.emplace_back(read(std::move(delivery)));
    message.tag.reset();
    message.parked = std::move(row);
  }
  for (const auto& message : messages) {
    if (!message.is_skipped) continue;
    skipped.push_back(&message);
    their_keys.insert(message.parked->key);
  }
  if (!skipped.empty()) {
    pool_.transact(
        [&](postgres::Tx& tx) {
          lock_keys(tx, options_.consumer, their_keys);
          unpark(tx, options_.consumer, skipped);
        },
        base::Deadline::after(statement_within));
  }
  take(std::move(messages));
}

void ConsumerLoop::take(std::vector<Received> messages) {
  hand_ = std::move(messages);
  failures_.clear();
  std::vector<ConsumerMachine::Card> cards;
  for (std::size_t place = 0; place < hand_.size(); ++place) {
    const auto& message = hand_[place];
    if (message.refusal) {
      failures_[place] = {GiveUp{message.refusal->reason}, message.refusal->error, message.attempt};
    }
    if (message.is_skipped) probe_.ended(Ending::skipped);
    cards.push_back({message.id, message.payload_hash, message.attempt, message.is_suspect,
                     message.refusal.has_value(), message.is_skipped});
  }
  machine_.on_received(cards);
}

void ConsumerLoop::perform(const act::Begin& begin) {
  const auto& message = hand_[begin.place];
  // Not noted before: another one at work in the process could end it, and be counted for this one.
  alone_.emplace(Quarantine::of_process(), true);
  try {
    const auto begun =
        pool_.transact([&](postgres::Tx& tx) { return store::begin(tx, options_.consumer, message); },
                       base::Deadline::after(statement_within));
    CRASH_POINT("inbox.after_begin");
    if (begun.crashes > options_.crashes) {
      failures_[begin.place] = {
          GiveUp{begun.was_hung ? Reason::never_returned : Reason::crashed},
          begun.error.empty() ? "the process ended each time that the message was handled" : begun.error,
          begun.crashes - 1};
    }
    machine_.on_begun(begin.place, begun.crashes);
  } catch (const postgres::Fault& fault) {
    telemetry::log_warn("inbox_cannot_begin", {{"consumer", options_.consumer}, {"fault", fault.what()}});
    machine_.on_unavailable(now());
  }
}

void ConsumerLoop::perform(const act::TakeBack& take_back) {
  std::vector<const Received*> begun;
  for (const auto place : take_back.places) begun.push_back(&hand_[place]);
  try {
    pool_.transact([&](postgres::Tx& tx) { store::take_back(tx, options_.consumer, begun); },
                   base::Deadline::after(stop_within));
  } catch (const postgres::Fault& fault) {
    telemetry::log_warn("inbox_beginning_not_taken_back",
                        {{"consumer", options_.consumer}, {"fault", fault.what()}});
  }
  machine_.on_taken_back(take_back.places);
}

void ConsumerLoop::perform(const act::Run& run) {
  const auto began = now();
  std::vector<const Received*> messages;
  for (const auto place : run.places) messages.push_back(&hand_[place]);
  BatchRun batch(options_, sender_, handlers_, watchdog_, *this, std::move(messages), was_in_doubt_);
  std::vector<BatchRun::Result> results;
  {
    std::optional<Quarantine::Pass> beside_others;
    if (!run.alone) beside_others.emplace(Quarantine::of_process(), false);
    // Time for each to fail alone, by its statements' limit, after it failed among others.
    const auto deadline = base::Deadline::after(batch_within_);
    results = batch.results(postgres::run_batch(pool_, batch, run.places.size(), deadline));
  }
  CRASH_POINT("inbox.after_commit");
  const auto some_are = [&](ConsumerMachine::End end) {
    return std::ranges::find(results, end, &BatchRun::Result::end) != results.end();
  };
  // What is pipelined may take all the time there is, and then nobody can tell whether it was committed.
  was_in_doubt_ = some_are(ConsumerMachine::End::in_doubt) ||
                  (was_in_doubt_ && some_are(ConsumerMachine::End::unfinished));
  std::vector<ConsumerMachine::End> ends;
  for (std::size_t i = 0; i < results.size(); ++i) {
    ends.push_back(results[i].end);
    if (results[i].end == ConsumerMachine::End::over) probe_.ended(results[i].ending);
    if (results[i].end == ConsumerMachine::End::over && results[i].ending == Ending::parked) {
      look_for_due_at_ = base::Deadline::after(0ns);
    }
    if (results[i].failure) failures_[run.places[i]] = *std::move(results[i].failure);
  }
  probe_.batch(run.places.size(), now() - began);
  machine_.on_ran(run.places, ends, now(), batch.rest());
}

void ConsumerLoop::perform(const act::Record& record) {
  std::vector<Recorder::One> failures;
  for (const auto place : record.places) failures.push_back({&hand_[place], &failures_.at(place)});
  try {
    const auto left = recorder_.record(pool_, failures, base::Deadline::after(statement_within));
    std::vector<message::DeliveryTag> rejected;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] == Recorder::Left::reject && failures[i].message->tag) {
        rejected.push_back(*failures[i].message->tag);
      }
    }
    if (!rejected.empty()) subscriber_->settle(rejected, message::Settlement::reject);
    look_for_due_at_ = base::Deadline::after(0ns);
    machine_.on_recorded(record.places);
  } catch (const std::exception& fault) {
    telemetry::log_warn("inbox_failures_not_recorded",
                        {{"consumer", options_.consumer}, {"fault", fault.what()}});
    machine_.on_unavailable(now());
  }
}

void ConsumerLoop::perform(const act::Settle& settle) {
  std::vector<message::DeliveryTag> tags;
  for (const auto place : settle.places) {
    if (hand_[place].tag) tags.push_back(*hand_[place].tag);
  }
  if (!tags.empty()) subscriber_->settle(tags, message::Settlement::ack);
  CRASH_POINT("inbox.after_ack");
  machine_.on_settled(settle.places);
}

void ConsumerLoop::perform(const act::Sleep& sleep) { rest_for(sleep.duration); }

void ConsumerLoop::perform(const act::GiveBack& give_back) {
  subscriber_->close();
  probe_.gave_back();
  telemetry::log_error("inbox_gives_back",
                       {{"consumer", options_.consumer}, {"why", "the database is away"}});
  std::vector<const Received*> begun;
  for (const auto place : give_back.begun) begun.push_back(&hand_[place]);
  for (;;) {
    try {
      pool_.transact(
          [&](postgres::Tx& tx) {
            tx.execute("SELECT 1");
            store::take_back(tx, options_.consumer, begun);
          },
          base::Deadline::after(statement_within));
      break;
    } catch (const postgres::Fault&) {
      if (!rest_for(500ms)) return machine_.on_given_back();
    }
  }
  telemetry::log_info("inbox_takes_again", {{"consumer", options_.consumer}});
  subscribe_again();
  machine_.on_given_back();
}

void ConsumerLoop::at(const Received* message) {
  const std::lock_guard lock(mutex_);
  at_id_ = message != nullptr ? message->id : base::Uuid{};
  at_attempt_ = message != nullptr ? message->attempt : 0;
  at_type_ = message != nullptr ? message->type : "a batch of several";
}

void ConsumerLoop::end_process() {
  std::unique_lock lock(mutex_);
  const auto id = at_id_;
  const auto attempt = at_attempt_;
  const auto type = at_type_;
  lock.unlock();
  const auto error =
      "the handler did not return within " + std::to_string((2 * options_.handle_within).count()) + " ms";
  telemetry::log_error("inbox_handler_never_returned",
                       {{"consumer", options_.consumer},
                        {"message", id.to_string()},
                        {"type", type},
                        {"advice", "the process ends itself, so that others may work"}});
  if (!id.is_nil()) {
    try {
      pool_.transact([&](postgres::Tx& tx) { store::note_hung(tx, options_.consumer, id, attempt, error); },
                     base::Deadline::after(2s));
    } catch (const postgres::Fault& fault) {
      telemetry::log_warn("inbox_not_noted", {{"fault", fault.what()}});
    }
  }
  std::abort();
}

}  // namespace waybill::inbox
