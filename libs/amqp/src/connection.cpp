#include "connection.hpp"

#include <algorithm>
#include <random>

#include "net/login.hpp"
#include "net/open_transport.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::amqp {
namespace {

constexpr std::chrono::milliseconds goodbye_time{400};

std::vector<std::string> addresses_of(const Options& options) {
  std::vector<std::string> addresses;
  for (const auto& endpoint : options.endpoints) addresses.push_back(endpoint.address());
  return addresses;
}

std::uint64_t entropy() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

void log_change(const std::string& name, const ConnectionState& before, const ConnectionState& state) {
  if (const auto* connected = std::get_if<Connected>(&state)) {
    const bool was_blocked = std::holds_alternative<Blocked>(before);
    telemetry::log_info(was_blocked ? "amqp_unblocked" : "amqp_connected",
                        {{"connection", name}, {"broker", connected->address}});
  } else if (const auto* blocked = std::get_if<Blocked>(&state)) {
    telemetry::log_warn("amqp_blocked",
                        {{"connection", name}, {"broker", blocked->address}, {"reason", blocked->reason}});
  } else {
    const auto& gone = std::get<Disconnected>(state);
    const auto level = gone.trouble == Trouble::closed ? telemetry::Level::info : telemetry::Level::warn;
    telemetry::log(level, "amqp_disconnected", {{"connection", name}, {"reason", gone.reason}});
  }
}

}  // namespace

Connection::Connection(Options options, Waiter& waiter, Role& role, StateObserver observer,
                       const ConnectionProbe& probe)
    : options_(std::move(options)),
      waiter_(waiter),
      role_(role),
      observer_(std::move(observer)),
      probe_(probe),
      machine_(addresses_of(options_), options_.backoff, entropy()),
      reported_(machine_.state()),
      thread_(options_.connection_name, [this] { run(); }) {}

Connection::~Connection() { stop(); }

void Connection::stop() {
  waiter_.stop();
  std::call_once(joined_, [this] { thread_.join(); });
}

void Connection::run() {
  Event event = event::Begin{};
  for (;;) {
    const Action action = machine_.resume(event, base::system_clock().steady());
    report();
    if (std::holds_alternative<action::Finish>(action)) break;
    event = perform(action);
  }
  role_.interrupted({Trouble::closed, "it was closed by its owner"});
  role_.finished();
  link_.reset();
}

void Connection::report() {
  if (machine_.state() == reported_) return;
  log_change(options_.connection_name, reported_, machine_.state());
  reported_ = machine_.state();
  probe_.changed(reported_);
  if (observer_) observer_(reported_);
}

Event Connection::perform(const Action& action) {
  try {
    return perform_on_link(action);
  } catch (const ConnectionFault& fault) {
    link_.reset();
    role_.interrupted(fault.fault());
    return event::ConnectionFailed{fault.fault()};
  } catch (const ChannelFault& fault) {
    role_.interrupted(fault.fault());
    return event::ChannelFailed{fault.fault()};
  } catch (const Stopped&) {
    waiter_.accept_stop();
    return event::StopAsked{};
  }
}

Event Connection::perform_on_link(const Action& action) {
  if (const auto* to = std::get_if<action::Connect>(&action)) {
    connect(options_.endpoints[to->endpoint]);
  } else if (const auto* as = std::get_if<action::LogIn>(&action)) {
    log_in(*link_, options_.endpoints[as->endpoint], options_,
           base::Deadline::after(options_.answer_timeout));
  } else if (const auto* how = std::get_if<action::SetUp>(&action)) {
    known_block_.reset();
    role_.set_up(*link_, how->new_link);
  } else if (std::holds_alternative<action::Serve>(action)) {
    return serve();
  } else if (const auto* time = std::get_if<action::Wait>(&action)) {
    wait(time->until);
  } else if (std::holds_alternative<action::Close>(action)) {
    close();
  }
  return event::Done{};
}

void Connection::connect(const Endpoint& endpoint) {
  auto transport =
      open_transport(endpoint, options_.tls, waiter_, role_, base::Deadline::after(options_.answer_timeout));
  link_ = std::make_unique<Link>(std::move(transport), waiter_, role_, endpoint.address());
}

Event Connection::serve() {
  while (link_->blocked() == known_block_) role_.serve(*link_);
  known_block_ = link_->blocked();
  if (known_block_) return event::BlockedBy{*known_block_};
  return event::Unblocked{};
}

void Connection::wait(base::SteadyTime until) {
  while (base::system_clock().steady() < until) {
    const auto next = std::min(until, role_.attend());
    if (link_) {
      link_->turn(next);
    } else {
      waiter_.wait(-1, 0, next);
    }
  }
}

void Connection::close() {
  role_.say_last(*link_);
  link_->close(base::Deadline::after(goodbye_time));
}

}  // namespace waybill::amqp
