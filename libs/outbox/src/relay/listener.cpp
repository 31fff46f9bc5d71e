#include "listener.hpp"

#include <utility>

#include "waybill/telemetry/log.hpp"

namespace waybill::outbox {

using namespace std::chrono_literals;

namespace {

constexpr auto try_to_listen_within = 1s;
constexpr auto listen_again_after = 1s;

postgres::Options named(postgres::Options database) {
  database.application_name = "waybill listener";
  return database;
}

}  // namespace

Listener::Listener(postgres::Options database, std::function<void()> heard)
    : options_(named(std::move(database))),
      heard_(std::move(heard)),
      thread_("listener", [this] { run(); }) {}

Listener::~Listener() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    if (session_ != nullptr) session_->cut();
  }
  changed_.notify_one();
}

bool Listener::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

bool Listener::expose(postgres::Session* session) {
  const std::lock_guard lock(mutex_);
  session_ = session;
  return !is_stopped_;
}

void Listener::run() {
  while (!is_stopped()) {
    try {
      postgres::Session session(options_, base::Deadline::after(try_to_listen_within));
      listen(session);
    } catch (const postgres::Fault& fault) {
      std::unique_lock lock(mutex_);
      if (is_stopped_) return;
      telemetry::log_debug("outbox_hears_no_bell", {{"fault", fault.what()}});
      changed_.wait_for(lock, listen_again_after, [&] { return is_stopped_; });
    }
  }
}

void Listener::listen(postgres::Session& session) {
  struct Exposed {
    Listener& listener;
    ~Exposed() { listener.expose(nullptr); }
  };
  if (!expose(&session)) return;
  const Exposed exposed{*this};
  session.transact([](postgres::Tx& tx) { tx.execute("LISTEN waybill_outbox"); },
                   base::Deadline::after(try_to_listen_within));
  do {
    heard_();
    session.await_notification(base::Deadline::never());
  } while (!is_stopped());
}

}  // namespace waybill::outbox
