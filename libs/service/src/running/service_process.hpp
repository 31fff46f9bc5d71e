#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../settings/service_settings.hpp"
#include "database_watch.hpp"
#include "waybill/accept/acceptor.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/http/server.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/runtime/blocking_pool.hpp"
#include "waybill/runtime/shutdown.hpp"
#include "waybill/service/admin_server.hpp"
#include "waybill/service/service.hpp"
#include "waybill/service/stop_watchdog.hpp"

namespace waybill::service {

/// A service from its start to its end. One thread makes it, runs it and destroys it.
///
/// What its function has put together is kept until the database has its tables; then relay, consumers, what
/// is kept beside, and the edge begin, in this order: a request is taken when all that follows from it can
/// go on.
class ServiceProcess final : public Service {
 public:
  ServiceProcess(const Description& description, const runtime::Configuration& configuration);
  /// Ends what still runs, also where run() threw.
  ~ServiceProcess();

  /// Begins, and comes back when it has ended in order. Throws runtime::ConfigurationRefused before anything
  /// has begun, and then std::runtime_error for what made it impossible to go on.
  void run();

  const runtime::Configuration& configuration() const override { return configuration_; }
  runtime::EventLoop& loop() override { return loop_; }
  postgres::Pool& pool() override { return pool_; }
  const outbox::Sender& sender() const override { return sender_; }
  accept::Acceptor& acceptor() override { return acceptor_; }
  runtime::BlockingPool& readers() override;
  telemetry::Metrics& metrics() override { return metrics_; }
  telemetry::Health& health() override { return health_; }
  void consume(const std::string& queue, inbox::Handlers handlers) override;
  void consume(inbox::ConsumerOptions options, inbox::Handlers handlers) override;
  void answer(http::Method method, std::string pattern, http::Handler handler,
              http::RouteOptions options) override;
  void answer(http::Method method, std::string pattern, http::PlainHandler handler,
              http::RouteOptions options) override;
  void keep(std::string name, std::function<Stop()> start) override;

 private:
  struct Consumption {
    inbox::ConsumerOptions options;
    inbox::Handlers handlers;
  };
  struct Kept {
    std::string name;
    std::function<Stop()> start;
    Stop stop;  // once it was started, until it was stopped
  };

  // The start.
  void make_readers();
  boost::asio::awaitable<void> start();
  boost::asio::awaitable<void> wait_for_tables();
  boost::asio::awaitable<void> watch_tables();
  std::optional<std::string> look_at_tables() const;
  boost::asio::awaitable<void> watch_database();
  boost::asio::awaitable<void> beat();
  void start_relay();
  void start_consumer(Consumption consumption);
  void start_edge();
  amqp::PublisherOptions publisher_options();
  http::ServerOptions edge_options();

  // The end.
  boost::asio::awaitable<void> drain();
  void arm_watchdog();
  void stop_consumers();
  void stop_kept(base::Deadline until);
  void stop_parts(base::Deadline until);

  // Last to go: it bounds the end of all the others.
  std::optional<StopWatchdog> watchdog_;
  const Description description_;
  const runtime::Configuration configuration_;
  ServiceSettings settings_;
  std::optional<amqp::Manifest> manifest_;
  telemetry::Metrics metrics_;
  telemetry::Health health_{metrics_};
  runtime::EventLoop loop_;
  // Before there is any other thread: SIGTERM is for it alone.
  runtime::Shutdown shutdown_{loop_};
  telemetry::Health::Component process_;
  telemetry::Health::Component tables_;
  postgres::Pool pool_;
  std::optional<runtime::BlockingPool> readers_;
  std::atomic<outbox::Relay*> waking_{nullptr};
  outbox::Sender sender_;
  accept::Acceptor acceptor_;
  AdminServer admin_;
  std::unique_ptr<ManagementBindings> bindings_;
  std::unique_ptr<amqp::ConfirmingPublisher> publisher_;
  std::unique_ptr<outbox::Relay> relay_;
  http::Router routes_;
  bool has_routes_ = false;
  std::unique_ptr<http::Server> edge_;
  std::vector<Consumption> consumptions_;
  std::vector<std::unique_ptr<inbox::Consumer>> consumers_;
  std::vector<Kept> kept_;
  DatabaseWatch database_watch_;
  std::atomic<std::int64_t> outbox_rows_{0};
  runtime::BlockingPool watching_{{.name = "watch", .threads = 1, .queue = 1}};
  runtime::BlockingPool stopping_{{.name = "stop", .threads = 2, .queue = 2}};
  bool is_running_ = false;
  bool is_draining_ = false;
};

}  // namespace waybill::service
