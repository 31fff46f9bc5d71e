#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "waybill/accept/acceptor.hpp"
#include "waybill/accept/scope.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/http/router.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/inbox/handlers.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/blocking_pool.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/service/program.hpp"
#include "waybill/telemetry/health.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::service {

/// What a service is before it does anything.
struct Description {
  /// As others know it: the source of its messages, the routing key of its commands, the owner of its queues
  /// in the manifest.
  std::string name{};
  std::string version{};
  std::string about{};  ///< one sentence, for --help
  /// Its own tables, and those of the libraries that it uses beside outbox, inbox and accept.
  std::vector<postgres::Migrations> migrations{};
  /// Its own settings.
  std::vector<runtime::Section> settings{};
  /// What its executable prints of itself.
  std::vector<PrintedWord> prints{};
};

/// A service that is being put together: what it stands on, and what it is to do once it runs. Everything
/// here is called in the function given to run(), before anything runs, and lives as long as the process.
class Service {
 public:
  virtual const runtime::Configuration& configuration() const = 0;
  virtual runtime::EventLoop& loop() = 0;
  virtual postgres::Pool& pool() = 0;
  virtual const outbox::Sender& sender() const = 0;
  virtual accept::Acceptor& acceptor() = 0;
  /// For what reads and blocks, on behalf of requests: it has fewer threads than the pool has connections, so
  /// that reads never keep those who write waiting. Once the service runs.
  virtual runtime::BlockingPool& readers() = 0;
  virtual telemetry::Metrics& metrics() = 0;
  virtual telemetry::Health& health() = 0;

  /// Takes the messages of a queue; the manifest, where there is one, says under which consumer's name and in
  /// which order. Throws std::invalid_argument for a queue that is consumed already, or is not in the
  /// manifest.
  virtual void consume(const std::string& queue, inbox::Handlers handlers) = 0;
  virtual void consume(inbox::ConsumerOptions options, inbox::Handlers handlers) = 0;

  /// Answers requests, as Router::add() says. A Fault that is the database's own, or of one who lost to
  /// others, becomes a 503.
  virtual void answer(http::Method method, std::string pattern, http::Handler handler,
                      http::RouteOptions options = {}) = 0;
  virtual void answer(http::Method method, std::string pattern, http::PlainHandler handler,
                      http::RouteOptions options = {}) = 0;

  /// Answers GET by what the database holds: `show` looks, in a transaction.
  ///   http::Response show(const http::Request&, postgres::Tx&);
  template <class Show>
  void show(std::string pattern, Show show, http::RouteOptions options = {}) {
    answer(
        http::Method::get, std::move(pattern),
        [this, show = std::move(show)](const http::Request& request) {
          return show_request(*this, request, show);
        },
        std::move(options));
  }

  /// Answers requests that change state, each once in effect (Acceptor::accept()): `read` makes a value of a
  /// request, or says what is wrong with it, outside of any transaction, and `act` does what is asked for.
  ///   boost::system::result<T, http::Problem> read(const http::Request&);
  ///   http::Response act(const T&, accept::Scope&);
  template <class Read, class Act>
  void accept(http::Method method, std::string pattern, Read read, Act act, http::RouteOptions options = {},
              accept::Sharing sharing = accept::Sharing::shared) {
    answer(
        method, std::move(pattern),
        [&acceptor = acceptor(), read = std::move(read), act = std::move(act), sharing](
            const http::Request& request) { return accept_request(acceptor, request, read, act, sharing); },
        std::move(options));
  }

  /// Starts something beside when the service begins its work (its tables are there then), in the order of
  /// the calls, and stops it in the end, in the reverse order, after the consumers and before the relay. What
  /// its stop throws is logged.
  using Stop = std::function<void(base::Deadline)>;
  virtual void keep(std::string name, std::function<Stop()> start) = 0;

 protected:
  ~Service() = default;

 private:
  template <class Show>
  static boost::asio::awaitable<http::Response> show_request(Service& service, const http::Request& request,
                                                             const Show& show) {
    // Its answer, also that there is none, comes before the server gives the request up.
    const auto deadline = base::Deadline::at(request.deadline.when() - std::chrono::milliseconds{250});
    const auto look = [&](postgres::Tx& tx) -> http::Response { return show(request, tx); };
    const auto read = [&] { return service.pool().transact(look, deadline); };
    co_return co_await service.readers().run(read, deadline);
  }

  template <class Read, class Act>
  static boost::asio::awaitable<http::Response> accept_request(accept::Acceptor& acceptor,
                                                               const http::Request& request, const Read& read,
                                                               const Act& act, accept::Sharing sharing) {
    const auto wish = read(request);
    if (!wish) co_return http::to_response(wish.error());
    const auto answer = [&wish, &act](accept::Scope& scope) -> http::Response { return act(*wish, scope); };
    co_return co_await acceptor.accept(request, answer, sharing);
  }
};

/// A whole service's main(): the words that every executable takes (program.hpp), its configuration, pool,
/// relay, consumers, HTTP and admin port, and an orderly end.
///
///   int main(int argc, char** argv) {
///     return service::run(argc, argv, {.name = "stock", .version = "1.0", .migrations = {tables()}},
///                         [](service::Service& stock) {
///                           stock.consume("stock.commands", handlers());
///                           stock.answer(http::Method::get, "/api/v1/stock/{sku}", show_stock);
///                         });
///   }
///
/// Promises: it begins its work when the database has its tables, and waits for that and for its servers as
/// long as it takes; `/readyz` on the admin port says what it waits for. It is ready while the database
/// answers, its clock is within a minute of the database's, the tables are current, the broker is connected
/// with the topology as described, and each consumer has its queue. SIGTERM: no new connections, requests and
/// messages; requests that were begun are answered, for half of stop.within at most, handlers end, the outbox
/// is sent, and the process ends with 0. Where a server keeps it from that, it ends with 1 a second after
/// stop.within, and what was left is in the outbox and in the queues. Killed at any moment, it goes on where
/// it was when it is started again. Does not promise: an end in time of a loop that a handler blocks; a
/// second signal ends that.
int run(int argc, const char* const* argv, Description description,
        const std::function<void(Service&)>& set_up);

}  // namespace waybill::service
