// Requests answered a second, and how long the slowest in a hundred takes, over 64 connections that each send
// the next request when the last was answered. Ours is what a service has: routes, limits, deadlines,
// metrics, request ids, traces, and an access log that is written, to /dev/null. POST inserts a row; ours
// also keeps the answer under the request's Idempotency-Key.

#include <array>
#include <fstream>
#include <memory>
#include <string>

#include "bare_http.hpp"
#include "bare_orders.hpp"
#include "bare_sql.hpp"
#include "figures.hpp"
#include "load.hpp"
#include "waybill/accept/acceptor.hpp"
#include "waybill/accept/migrations.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/http/server.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/telemetry/log_config.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::bench {
namespace {

constexpr std::size_t connections = 64;
constexpr std::size_t gets = 100'000;
constexpr std::size_t posts = 20'000;
constexpr std::size_t quick_part = 20;
const std::string answer =
    R"({"id":"7","state":"confirmed","lines":[{"sku":"tea","quantity":2},{"sku":"cup","quantity":4}],)"
    R"("total":{"currency":"EUR","minor":4210},"placed_at":"2026-01-31T12:00:00Z"})";
const std::string fields =
    "Host: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";

std::string get_request() { return "GET /api/v1/orders/7 HTTP/1.1\r\n" + fields + "\r\n"; }

std::string post_request() {
  const std::string body =
      R"({"customer":"c-1","lines":[{"sku":"tea","quantity":2},{"sku":"cup","quantity":4}]})";
  return "POST /api/v1/orders HTTP/1.1\r\n" + fields + "Idempotency-Key: " + base::new_uuid_v7().to_string() +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

void measure(std::uint16_t port, bool quick) {
  const auto part = quick ? quick_part : 1;
  load_server(port, connections, gets / part / 10, 200, get_request);
  const auto got = load_server(port, connections, gets / part, 200, get_request);
  print_figure("get", "req/s", got.per_second);
  print_figure("get_p99", "us", std::chrono::duration<double, std::micro>(got.p99).count());
  load_server(port, connections, posts / part / 10, 202, post_request);
  const auto posted = load_server(port, connections, posts / part, 202, post_request);
  print_figure("post", "req/s", posted.per_second);
  print_figure("post_p99", "us", std::chrono::duration<double, std::micro>(posted.p99).count());
}

constexpr auto create_orders = "CREATE TABLE bench_orders (id text PRIMARY KEY, body text NOT NULL)";

void floor(bool quick) {
  const servers::TestDatabase database;
  database.sql(create_orders);
  BareOrders orders(database.url());
  const BareHttp server(answer, &orders);
  measure(server.port(), quick);
}

boost::asio::awaitable<http::Response> place_order(accept::Acceptor& acceptor, const http::Request& request) {
  const auto place = [&request](accept::Scope& scope) {
    scope.tx().pipeline("INSERT INTO bench_orders (id, body) VALUES ($1, $2)",
                        *request.headers.find("Idempotency-Key"), "an order");
    return http::json_response(202, answer);
  };
  co_return co_await acceptor.accept(request, place);
}

http::Router routes(accept::Acceptor& acceptor) {
  http::Router router;
  router.add(http::Method::get, "/api/v1/orders/{id}",
             [](const http::Request&) { return http::json_response(200, answer); });
  router.add(http::Method::post, "/api/v1/orders",
             [&acceptor](const http::Request& request) { return place_order(acceptor, request); });
  return router;
}

void ours(bool quick) {
  auto nowhere = std::make_shared<std::ofstream>("/dev/null");
  telemetry::configure_log({.format = telemetry::LogFormat::json,
                            .service = "bench",
                            .sink = [nowhere](std::string_view line) { *nowhere << line << std::endl; }});
  const servers::TestDatabase database;
  database.sql(create_orders);
  postgres::Options options;
  options.url = database.url();
  options.connections = 4;
  options.allow_unsafe_durability = true;
  const std::array modules{outbox::migrations(), accept::migrations()};
  postgres::migrate_up(options, modules, base::Deadline::after(std::chrono::seconds{30}));
  postgres::Pool pool(options);
  const outbox::Sender sender{.service = "bench"};
  telemetry::Metrics metrics;
  runtime::EventLoop loop;
  accept::Acceptor acceptor(loop, pool, sender, {}, accept::Probe(metrics));
  const http::Server server(loop, {}, routes(acceptor), http::ServerProbe(metrics, "bench"));
  runtime::Thread thread("loop", [&loop] { loop.run(); });
  measure(server.port(), quick);
  acceptor.stop(base::Deadline::after(std::chrono::seconds{10}));
  loop.stop();
  thread.join();
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
