#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../settings/service_settings.hpp"
#include "waybill/accept/acceptor.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/http/server.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/runtime/blocking_pool.hpp"
#include "waybill/runtime/shutdown.hpp"
#include "waybill/service/admin_server.hpp"
#include "waybill/service/service.hpp"

namespace waybill::service {

/// A service from its start to its end. One thread makes it, runs it and destroys it.
///
/// What its function has put together is kept until the database has its tables; then relay, consumers, what
/// is kept beside, and the edge begin, in this order: a request is taken when all that follows from it can
/// go on. They end in the reverse order.
class ServiceProcess final : public Service {
 public:
  ServiceProcess(const Description& description, const runtime::Configuration& configuration);
  ~ServiceProcess();

  /// Begins, and comes back when it has ended in order. Throws what made it impossible to go on.
  void run();

  const runtime::Configuration& configuration() const override { return configuration_; }
  runtime::EventLoop& loop() override { return loop_; }
  postgres::Pool& pool() override { return pool_; }
  const outbox::Sender& sender() const override { return sender_; }
  accept::Acceptor& acceptor() override { return acceptor_; }
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
  using StartStep = std::function<void()>;
  struct Ending {
    std::string name;
    Stop stop;
  };

  boost::asio::awaitable<void> start();
  boost::asio::awaitable<void> wait_for_tables();
  std::optional<std::string> look_at_tables() const;
  boost::asio::awaitable<void> beat();
  boost::asio::awaitable<void> drain();
  void stop_parts(base::Deadline until);
  void start_relay();
  void start_consumer(const inbox::ConsumerOptions& options, inbox::Handlers handlers);
  void start_edge();
  amqp::PublisherOptions publisher_options();
  http::ServerOptions edge_options();

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
  outbox::Sender sender_;
  accept::Acceptor acceptor_;
  AdminServer admin_;
  std::unique_ptr<ManagementBindings> bindings_;
  std::unique_ptr<amqp::ConfirmingPublisher> publisher_;
  std::unique_ptr<outbox::Relay> relay_;
  http::Router routes_;
  bool has_routes_ = false;
  std::unique_ptr<http::Server> edge_;
  std::vector<StartStep> to_start_;
  std::vector<Ending> endings_;  // in the order of their beginnings
  runtime::BlockingPool stopping_{{.name = "stop", .threads = 1, .queue = 1}};
  std::int64_t outbox_rows_ = 0;
  bool is_draining_ = false;
};

}  // namespace waybill::service
