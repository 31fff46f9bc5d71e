#include "service_process.hpp"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "../modules.hpp"
#include "database_watch.hpp"
#include "schema_state.hpp"
#include "stop_watchdog.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/status.hpp"
#include "waybill/postgres/fault.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/service/connection_readiness.hpp"
#include "waybill/service/wanted_bindings.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::service {
namespace {

using namespace std::chrono_literals;

outbox::Sender sender_of(const Description& description, std::unique_ptr<outbox::Relay>& relay) {
  outbox::Sender sender;
  sender.service = description.name;
  sender.committed = [&relay] {
    if (relay) relay->wake();
  };
  return sender;
}

http::Response database_away() {
  return http::to_response({.status = http::status::service_unavailable,
                            .name = "database-away",
                            .title = "The database is away",
                            .detail = "nothing was done: try again later"})
      .with("Retry-After", "1");
}

/// What a handler leaves to whoever calls it.
boost::asio::awaitable<http::Response> answer_faults(const http::Handler& handler,
                                                     const http::Request& request) {
  std::string why;
  try {
    co_return co_await handler(request);
  } catch (const postgres::Fault& fault) {
    // One in doubt may have done something: its handler knows how to find out, and nobody else.
    const auto kind = fault.kind();
    if (kind == postgres::FaultKind::permanent || kind == postgres::FaultKind::in_doubt) throw;
    why = fault.what();
  }
  telemetry::log_warn("http_database_away", {{"route", request.route}, {"why", why}});
  co_return database_away();
}

boost::asio::awaitable<void> pause_for(std::chrono::milliseconds duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace

ServiceProcess::ServiceProcess(const Description& description, const runtime::Configuration& configuration)
    : description_(description),
      configuration_(configuration),
      settings_(service_settings(configuration, description)),
      manifest_(settings_.broker.read_manifest()),
      process_(health_.component("process")),
      tables_(health_.component("tables")),
      pool_(settings_.database, postgres::Probe(metrics_, description.name)),
      sender_(sender_of(description_, relay_)),
      acceptor_(loop_, pool_, sender_, {}, accept::Probe(metrics_)),
      admin_(loop_, settings_.process.admin_address, settings_.process.admin_port, health_, metrics_) {}

ServiceProcess::~ServiceProcess() {
  // Whoever uses a part goes before it.
  edge_.reset();
  endings_.clear();
  relay_.reset();
  publisher_.reset();
}

void ServiceProcess::consume(const std::string& queue, inbox::Handlers handlers) {
  inbox::ConsumerOptions options;
  options.consumer = queue;
  options.queue = message::Queue{queue};
  options.version = description_.version;
  if (manifest_) {
    const auto* described = manifest_->find(options.queue);
    if (described == nullptr) {
      throw std::invalid_argument("the service consumes '" + queue + "', which is not in the manifest");
    }
    options.consumer = described->consumer.value();
    if (described->order == amqp::Ordering::by_key) options.order = inbox::Order::by_key;
  }
  consume(std::move(options), std::move(handlers));
}

void ServiceProcess::consume(inbox::ConsumerOptions options, inbox::Handlers handlers) {
  to_start_.emplace_back([this, options = std::move(options), handlers = std::move(handlers)] {
    start_consumer(options, handlers);
  });
}

void ServiceProcess::answer(http::Method method, std::string pattern, http::Handler handler,
                            http::RouteOptions options) {
  has_routes_ = true;
  routes_.add(
      method, std::move(pattern),
      [handler = std::move(handler)](const http::Request& request) {
        return answer_faults(handler, request);
      },
      std::move(options));
}

void ServiceProcess::answer(http::Method method, std::string pattern, http::PlainHandler handler,
                            http::RouteOptions options) {
  has_routes_ = true;
  routes_.add(method, std::move(pattern), std::move(handler), std::move(options));
}

void ServiceProcess::keep(std::string name, std::function<Stop()> start) {
  to_start_.emplace_back([this, name = std::move(name), start = std::move(start)] {
    endings_.push_back({name, start()});
  });
}

void ServiceProcess::run() {
  shutdown_.on_stop([this] { loop_.spawn("drain", drain()); });
  loop_.spawn("heartbeat", beat());
  loop_.spawn("start", start());
  telemetry::log_info("service_starting", {{"version", description_.version}, {"admin_port", admin_.port()}});
  loop_.run();
  telemetry::log_info("service_stopped");
}

boost::asio::awaitable<void> ServiceProcess::beat() {
  auto heartbeat = health_.heartbeat("event loop", 10s);
  for (;;) {
    heartbeat.beat();
    co_await pause_for(1s);
  }
}

std::optional<std::string> ServiceProcess::look_at_tables() const {
  try {
    const auto steps = postgres::migration_status(settings_.database, all_migrations(description_),
                                                  base::Deadline::after(5s));
    return why_not_current(steps, description_.name);
  } catch (const std::exception& fault) {
    return std::string(fault.what());
  }
}

boost::asio::awaitable<void> ServiceProcess::wait_for_tables() {
  const auto look = [this] { return look_at_tables(); };
  std::optional<std::string> told;
  for (;;) {
    const auto why_not = co_await pool_.threads().run(look);
    if (!why_not || is_draining_) co_return;
    tables_.not_ready(*why_not);
    if (told != why_not) telemetry::log_warn("service_waits_for_its_tables", {{"why", *why_not}});
    told = why_not;
    co_await pause_for(500ms);
  }
}

boost::asio::awaitable<void> ServiceProcess::start() {
  CRASH_POINT("service.before_tables");
  co_await wait_for_tables();
  if (is_draining_) co_return;
  tables_.ready();
  CRASH_POINT("service.after_tables");
  auto watch = std::make_shared<DatabaseWatch>(
      DatabaseWatch{.database = health_.component("database"),
                    .clock = health_.component("clock"),
                    .outbox_rows = [this](std::int64_t rows) { outbox_rows_ = rows; },
                    .outbox_limit = settings_.outbox_limit});
  loop_.spawn("database watch", DatabaseWatch::run(pool_, std::move(watch)));
  start_relay();
  CRASH_POINT("service.after_relay");
  for (const auto& begin : to_start_) begin();
  CRASH_POINT("service.after_consumers");
  if (has_routes_) start_edge();
  process_.ready();
  CRASH_POINT("service.after_edge");
  telemetry::log_info("service_started", {{"http_port", edge_ ? edge_->port() : 0}});
}

amqp::PublisherOptions ServiceProcess::publisher_options() {
  amqp::PublisherOptions options;
  options.connection = settings_.broker.broker;
  options.connection.connection_name = "waybill " + description_.name;
  if (manifest_) {
    options.topology = settings_.broker.setup(manifest_->topology_of(amqp::ServiceName{description_.name}));
  }
  options.observer = readiness_by_connection(health_, "broker");
  options.probe = amqp::PublisherProbe(metrics_, description_.name);
  return options;
}

void ServiceProcess::start_relay() {
  outbox::RelayOptions options;
  options.name = description_.name;
  options.database = settings_.database;
  options.watch.limits = settings_.watch;
  if (settings_.broker.management) {
    bindings_ = std::make_unique<ManagementBindings>(loop_, *settings_.broker.management);
    options.watch.source = bindings_.get();
    options.watch.wanted = wanted_bindings(*manifest_);
  }
  publisher_ = std::make_unique<amqp::ConfirmingPublisher>(publisher_options());
  relay_ = std::make_unique<outbox::Relay>(std::move(options), *publisher_,
                                           outbox::RelayProbe(metrics_, description_.name));
}

void ServiceProcess::start_consumer(const inbox::ConsumerOptions& options, inbox::Handlers handlers) {
  const auto observer = readiness_by_connection(health_, "queue " + options.queue.value());
  auto subscribe = [this, queue = options.queue, observer] {
    amqp::SubscriberOptions subscriber;
    subscriber.connection = settings_.broker.broker;
    subscriber.connection.connection_name = "waybill " + description_.name + " " + queue.value();
    subscriber.queue = queue;
    subscriber.observer = observer;
    subscriber.probe = amqp::SubscriberProbe(metrics_, queue.value());
    return std::make_unique<amqp::QueueSubscriber>(std::move(subscriber));
  };
  const auto consumer =
      std::make_shared<inbox::Consumer>(options, pool_, sender_, std::move(handlers), std::move(subscribe),
                                        inbox::Probe(metrics_, options.consumer));
  endings_.push_back({"queue " + options.queue.value(), [consumer](base::Deadline) { consumer->stop(); }});
}

http::ServerOptions ServiceProcess::edge_options() {
  auto options = settings_.http;
  options.overload = [this](const http::Request&) -> std::optional<http::Overload> {
    if (outbox_rows_ > settings_.outbox_limit) {
      return http::Overload{"too many messages wait to be sent", 5s};
    }
    constexpr std::size_t too_many_waiting = 900;
    if (acceptor_.load().waiting > too_many_waiting)
      return http::Overload{"too many requests are waiting", 1s};
    return std::nullopt;
  };
  return options;
}

void ServiceProcess::start_edge() {
  edge_ = std::make_unique<http::Server>(loop_, edge_options(), std::move(routes_),
                                         http::ServerProbe(metrics_, description_.name));
}

boost::asio::awaitable<void> ServiceProcess::drain() {
  is_draining_ = true;
  const auto until = base::Deadline::after(settings_.process.stop_within);
  const StopWatchdog watchdog(base::Deadline::after(settings_.process.stop_within + 1s));
  process_.not_ready("stopping");
  telemetry::log_info("service_stopping");
  CRASH_POINT("service.drain_begun");
  if (edge_) co_await edge_->drain(until);
  CRASH_POINT("service.edge_drained");
  const auto stop = [this, until] { stop_parts(until); };
  co_await stopping_.run(stop);
  loop_.stop();
}

void ServiceProcess::stop_parts(base::Deadline until) {
  acceptor_.stop(until);
  CRASH_POINT("service.acceptor_stopped");
  std::vector<runtime::Thread> stops;
  for (auto ending = endings_.rbegin(); ending != endings_.rend(); ++ending) {
    stops.emplace_back("stop", [ending, until] { ending->stop(until); });
  }
  for (auto& stop : stops) stop.join();
  CRASH_POINT("service.consumers_stopped");
  const bool is_flushed = !relay_ || relay_->stop(until);
  telemetry::log_info("relay_stopped", {{"flushed", is_flushed}});
  CRASH_POINT("service.relay_stopped");
}

}  // namespace waybill::service
