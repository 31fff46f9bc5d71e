#include "service_process.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <utility>

#include "../modules.hpp"
#include "answer_faults.hpp"
#include "schema_state.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/runtime/problems.hpp"
#include "waybill/service/connection_readiness.hpp"
#include "waybill/service/wanted_bindings.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::service {
namespace {

using namespace std::chrono_literals;

constexpr accept::AcceptorOptions acceptor_options{};
/// Of the acceptor: its groups, and the upkeep of its tables.
constexpr std::size_t acceptor_connections = acceptor_options.groups + 1;

outbox::Sender sender_of(const Description& description, std::atomic<outbox::Relay*>& relay) {
  outbox::Sender sender;
  sender.service = description.name;
  sender.committed = [&relay] {
    if (auto* waking = relay.load()) waking->wake();
  };
  return sender;
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
      sender_(sender_of(description_, waking_)),
      acceptor_(loop_, pool_, sender_, acceptor_options, accept::Probe(metrics_)),
      admin_(loop_, settings_.process.admin_address, settings_.process.admin_port, health_, metrics_),
      database_watch_(settings_.database, settings_.outbox_limit + 1) {}

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
  ENSURE(!is_running_, "a service is put together before it runs");
  const auto is_it = [&](const Consumption& each) { return each.options.queue == options.queue; };
  if (std::ranges::any_of(consumptions_, is_it)) {
    throw std::invalid_argument("the service consumes '" + options.queue.value() +
                                "' twice; give one consumer all handlers");
  }
  consumptions_.push_back({std::move(options), std::move(handlers)});
}

void ServiceProcess::answer(http::Method method, std::string pattern, http::Handler handler,
                            http::RouteOptions options) {
  ENSURE(!is_running_, "a service is put together before it runs");
  has_routes_ = true;
  routes_.add(method, std::move(pattern), answering_faults(std::move(handler)), std::move(options));
}

void ServiceProcess::answer(http::Method method, std::string pattern, http::PlainHandler handler,
                            http::RouteOptions options) {
  ENSURE(!is_running_, "a service is put together before it runs");
  has_routes_ = true;
  routes_.add(method, std::move(pattern), answering_faults(std::move(handler)), std::move(options));
}

void ServiceProcess::keep(std::string name, std::function<Stop()> start) {
  ENSURE(!is_running_, "a service is put together before it runs");
  kept_.push_back({std::move(name), std::move(start), {}});
}

runtime::BlockingPool& ServiceProcess::readers() {
  ENSURE(readers_, "the service does not run yet");
  return *readers_;
}

void ServiceProcess::make_readers() {
  const auto taken = acceptor_connections + consumptions_.size() + kept_.size();
  if (settings_.database.connections <= taken) {
    throw runtime::ConfigurationRefused(
        {.lines = {"postgres.connections is " + std::to_string(settings_.database.connections) +
                   ", and the service takes " + std::to_string(taken) +
                   " for what it accepts, consumes and keeps running; set it to more, for the reads"}});
  }
  const auto threads = settings_.database.connections - taken;
  readers_.emplace(runtime::BlockingPool::Options{.name = "read", .threads = threads, .queue = 32 * threads});
}

void ServiceProcess::run() {
  make_readers();
  is_running_ = true;
  shutdown_.on_stop([this] { loop_.spawn("drain", drain()); });
  loop_.spawn("heartbeat", beat());
  loop_.spawn("start", start());
  telemetry::log_info("service_starting", {{"version", description_.version}, {"admin_port", admin_.port()}});
  try {
    loop_.run();
  } catch (const std::invalid_argument& fault) {
    // Not what was given at the start, which has been taken.
    throw std::runtime_error(fault.what());
  }
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
                                                  base::Deadline::after(3s));
    return why_not_current(steps, description_.name);
  } catch (const std::exception& fault) {
    return std::string(fault.what());
  }
}

boost::asio::awaitable<void> ServiceProcess::wait_for_tables() {
  const auto look = [this] { return look_at_tables(); };
  std::optional<std::string> told;
  for (;;) {
    const auto why_not = co_await watching_.run(look);
    if (!why_not || is_draining_) co_return;
    tables_.not_ready(*why_not);
    if (told != why_not) telemetry::log_warn("service_waits_for_its_tables", {{"why", *why_not}});
    told = why_not;
    co_await pause_for(500ms);
  }
}

boost::asio::awaitable<void> ServiceProcess::watch_tables() {
  const auto look = [this] { return look_at_tables(); };
  for (;;) {
    co_await pause_for(30s);
    const auto why_not = co_await watching_.run(look);
    why_not ? tables_.not_ready(*why_not) : tables_.ready();
  }
}

boost::asio::awaitable<void> ServiceProcess::watch_database() {
  auto database = health_.component("database");
  auto clock = health_.component("clock");
  const auto look = [this] { return database_watch_.look(); };
  for (;;) {
    std::string fault;
    try {
      const auto seen = co_await watching_.run(look);
      database.ready();
      const auto off = why_clock_is_off(base::system_clock().wall(), seen.now);
      off ? clock.not_ready(*off) : clock.ready();
      if (seen.outbox_rows) outbox_rows_ = *seen.outbox_rows;
    } catch (const std::exception& error) {
      fault = error.what();
    }
    if (!fault.empty()) database.not_ready(fault);
    co_await pause_for(1s);
  }
}

boost::asio::awaitable<void> ServiceProcess::start() {
  CRASH_POINT("service.before_tables");
  co_await wait_for_tables();
  if (is_draining_) co_return;
  tables_.ready();
  CRASH_POINT("service.after_tables");
  loop_.spawn("table watch", watch_tables());
  loop_.spawn("database watch", watch_database());
  start_relay();
  CRASH_POINT("service.after_relay");
  for (auto& consumption : consumptions_) start_consumer(std::move(consumption));
  for (auto& each : kept_) each.stop = each.start();
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
  waking_ = relay_.get();
}

void ServiceProcess::start_consumer(Consumption consumption) {
  const auto queue = consumption.options.queue;
  const auto observer = readiness_by_connection(health_, "queue " + queue.value());
  auto subscribe = [this, queue, observer] {
    amqp::SubscriberOptions subscriber;
    subscriber.connection = settings_.broker.broker;
    subscriber.connection.connection_name = "waybill " + description_.name + " " + queue.value();
    subscriber.queue = queue;
    subscriber.observer = observer;
    subscriber.probe = amqp::SubscriberProbe(metrics_, queue.value());
    return std::make_unique<amqp::QueueSubscriber>(std::move(subscriber));
  };
  const inbox::Probe probe(metrics_, consumption.options.consumer);
  consumers_.push_back(std::make_unique<inbox::Consumer>(std::move(consumption.options), pool_, sender_,
                                                         std::move(consumption.handlers),
                                                         std::move(subscribe), probe));
}

http::ServerOptions ServiceProcess::edge_options() {
  auto options = settings_.http;
  // Below the server's own limit of requests under way: what only reads goes on.
  const auto too_many_waiting = options.limits.requests / 2;
  options.overload = [this, too_many_waiting](const http::Request&) -> std::optional<http::Overload> {
    if (outbox_rows_ > settings_.outbox_limit) {
      return http::Overload{"too many messages wait to be sent", 5s};
    }
    if (acceptor_.load().waiting > too_many_waiting) {
      return http::Overload{"too many requests are waiting", 1s};
    }
    return std::nullopt;
  };
  return options;
}

void ServiceProcess::start_edge() {
  edge_ = std::make_unique<http::Server>(loop_, edge_options(), std::move(routes_),
                                         http::ServerProbe(metrics_, description_.name));
}

}  // namespace waybill::service
