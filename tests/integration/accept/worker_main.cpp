#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "waybill/accept/acceptor.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/async.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/runtime/event_loop.hpp"

// A service for tests to kill, and its clients: each key of the table `asked` is asked for by several of them
// at the same time, who ask again until they have an answer, and write it into `answered`.

namespace waybill::accept::testing {
namespace {

using namespace std::chrono_literals;

std::string variable(const char* name, const char* otherwise = nullptr) {
  const char* value = std::getenv(name);
  if (value == nullptr && otherwise == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value != nullptr ? value : otherwise;
}

postgres::Options database_options(std::size_t connections) {
  postgres::Options options;
  options.url = variable("WORKER_DATABASE");
  options.connections = connections;
  options.allow_unsafe_durability = true;
  return options;
}

http::Request request_of(const std::string& key) {
  http::Request request;
  request.method = http::Method::post;
  request.target = "/api/v1/orders";
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Idempotency-Key", key);
  request.body = "{\"id\":\"" + key + "\"}";
  request.client = "shop";
  return request;
}

/// Each run would answer otherwise, so that two of them cannot be taken for one.
http::Response place(const std::string& key, Scope& scope) {
  const auto number = scope.tx().query_one<std::int64_t>(
      "INSERT INTO effect (name) VALUES ($1) RETURNING pg_backend_pid() * 1000000::bigint + "
      "extract(microseconds FROM clock_timestamp())::bigint % 1000000",
      key);
  shop::order::v1::OrderPlaced placed;
  placed.set_order_id(key);
  scope.publish(placed, {.subject = key});
  return http::json_response(201, "{\"id\":\"" + key + "\",\"number\":" + std::to_string(number) + "}");
}

boost::asio::awaitable<void> be_client(Acceptor* acceptor, postgres::Pool* pool, std::string key) {
  const auto request = request_of(key);
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  for (;;) {
    const auto answer = co_await acceptor->accept(request, [&](Scope& scope) { return place(key, scope); });
    if (answer.status == 409 || answer.status >= 500) {
      pause.expires_after(5ms);
      co_await pause.async_wait(boost::asio::use_awaitable);
      continue;
    }
    const auto note = [&](postgres::Tx& tx) {
      tx.execute("INSERT INTO answered VALUES ($1, $2, $3)", key, answer.status, answer.body);
    };
    co_await postgres::transact_async(*pool, note, base::Deadline::after(30s));
    co_return;
  }
}

int run() {
  runtime::arm_crash_point(variable("WAYBILL_CRASH_AT", ""));
  postgres::Pool pool(database_options(4));
  // Its threads have room for the notes of all clients.
  postgres::Pool notes(database_options(12));
  const auto keys = pool.transact(
      [](postgres::Tx& tx) { return tx.query<std::string>("SELECT key FROM asked ORDER BY random()"); },
      base::Deadline::after(30s));
  const outbox::Sender sender{.service = "order"};
  runtime::EventLoop loop;
  Acceptor acceptor(loop, pool, sender, {.group = 16});
  const int copies = std::stoi(variable("WORKER_COPIES"));
  for (const auto& key : keys) {
    for (int copy = 0; copy < copies; ++copy) loop.spawn("client", be_client(&acceptor, &notes, key));
  }
  loop.finish();
  loop.run();
  return 0;
}

}  // namespace
}  // namespace waybill::accept::testing

int main() {
  try {
    return waybill::accept::testing::run();
  } catch (const std::exception& fault) {
    std::cerr << "worker: " << fault.what() << "\n";
    return 1;
  }
}
