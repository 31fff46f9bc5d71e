#include "waybill/outbox/relay.hpp"

#include <atomic>
#include <optional>
#include <random>

#include "leadership.hpp"
#include "listener.hpp"
#include "relay_mailbox.hpp"
#include "relay_store.hpp"
#include "waybill/base/backoff.hpp"
#include "waybill/outbox/bell.hpp"
#include "waybill/postgres/session.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::outbox {

using namespace std::chrono_literals;

namespace {

constexpr auto leads_for_a_while = 5s;

}  // namespace

struct Relay::Parts {
  Parts(RelayOptions given, message::Publisher& its_publisher, const RelayProbe& its_probe)
      : options(std::move(given)), publisher(its_publisher), probe(its_probe), bell(options.database) {
    // Its transactions may wait for nothing that the next could not do: it takes no locks that others hold.
    options.database.application_name = "waybill relay " + options.name;
    if (options.watch.source == nullptr || options.watch.wanted.empty()) {
      telemetry::log_info("bindings_are_not_watched", {{"outbox", options.name}});
    }
    thread = runtime::Thread("relay", [this] { run(); });
  }

  void run();
  /// One session: stands by until it leads, leads until it is to stop. True when nothing was left to send.
  bool run_session();
  bool stand_by(RelayStore& store);
  void become(State now);

  RelayOptions options;
  message::Publisher& publisher;
  const RelayProbe probe;
  const std::shared_ptr<RelayMailbox> mailbox = std::make_shared<RelayMailbox>();
  Bell bell;
  std::atomic<State> state{State::connecting};
  std::uint64_t term = 0;
  base::SteadyTime led_since{};
  std::atomic<bool> is_flushed{false};
  runtime::Thread thread;
};

void Relay::Parts::become(State next) {
  if (state.exchange(next) == next) return;
  probe.leads(next == State::leading);
  if (next != State::leading) {
    probe.holds(0, 0, 0);
    probe.bindings_missing(0);
  }
  if (next == State::leading) telemetry::log_info("relay_leads", {{"outbox", options.name}});
}

void Relay::Parts::run() {
  base::Backoff backoff({100ms, std::max(options.stand_by, 100ms) * 4, 2.0}, std::random_device{}());
  RelayMailbox::Mail ignored;
  for (;;) {
    try {
      is_flushed = run_session();
      return;
    } catch (const postgres::Fault& fault) {
      const bool led = state == State::leading;
      const bool led_for_a_while = led && led_since + leads_for_a_while < base::system_clock().steady();
      become(State::connecting);
      telemetry::log_warn(led ? "relay_lost_its_session" : "relay_has_no_session",
                          {{"outbox", options.name}, {"fault", fault.what()}});
      // One that fails as soon as it leads sends the same rows again each time.
      if (led_for_a_while) backoff.reset();
    }
    const auto flush_until = mailbox->flush_until();
    if (flush_until && flush_until->passed()) return;
    auto until = base::Deadline::after(backoff.next());
    if (flush_until) until = until.earlier_of(*flush_until);
    while (!until.passed() && mailbox->flush_until() == flush_until) mailbox->await(ignored, until);
  }
}

bool Relay::Parts::run_session() {
  postgres::Session session(options.database, base::Deadline::after(options.statement_within));
  RelayStore store(session, options.statement_within);
  if (!stand_by(store)) return false;
  Leadership leadership(options, probe, publisher, mailbox, store,
                        WatchStore(session, options.statement_within), ++term);
  become(State::leading);
  led_since = base::system_clock().steady();
  const Listener listener(options.database, [mailbox = mailbox] { mailbox->wake(); });
  return leadership.run();
}

bool Relay::Parts::stand_by(RelayStore& store) {
  RelayMailbox::Mail ignored;
  // A leader comes back to the database sooner, also from a publisher that holds it up for as long as it may
  // with all that the relay has in hand.
  const auto& limits = options.limits;
  const auto windows = static_cast<std::int64_t>((limits.rows + limits.window - 1) / limits.window);
  const auto longest_silence = windows * options.publish_within + options.statement_within;
  while (!store.try_to_lead(longest_silence)) {
    become(State::standing_by);
    // The leader sends what is left.
    if (mailbox->flush_until()) return false;
    const auto until = base::Deadline::after(options.stand_by);
    while (!until.passed() && !mailbox->flush_until()) mailbox->await(ignored, until);
  }
  return true;
}

Relay::Relay(RelayOptions options, message::Publisher& publisher, const RelayProbe& probe)
    : parts_(std::make_unique<Parts>(std::move(options), publisher, probe)) {}

Relay::~Relay() {
  if (parts_->thread.running()) stop(base::Deadline::after(0s));
}

void Relay::wake() noexcept {
  if (parts_->state == State::leading) {
    parts_->mailbox->wake();
  } else {
    parts_->bell.ring();
  }
}

Relay::State Relay::state() const noexcept { return parts_->state; }

bool Relay::stop(base::Deadline flush_until) {
  parts_->mailbox->stop(flush_until);
  parts_->thread.join();
  return parts_->is_flushed;
}

}  // namespace waybill::outbox
