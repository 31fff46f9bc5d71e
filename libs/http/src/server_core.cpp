#include "server_core.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::http {

ServerCore::ServerCore(ServerOptions options, Router router, const ServerProbe& probe)
    : options_(std::move(options)), router_(std::move(router)), probe_(probe), date_(http_date()) {
  if (options_.keys) rates_.emplace(*options_.keys, base::system_clock().steady());
  for (const auto* route : router_.routes()) {
    probes_.emplace(route, probe_.of_route(to_string(route->method), route->pattern));
  }
}

void ServerCore::add(Connection& connection) {
  connections_.insert(&connection);
  load_.connections = connections_.size();
  probe_.connections(load_.connections);
}

void ServerCore::remove(Connection& connection) {
  connections_.erase(&connection);
  load_.connections = connections_.size();
  probe_.connections(load_.connections);
}

bool ServerCore::make_room() {
  if (connections_.size() < limits().connections) return true;
  // Who sends nothing goes before who sends slowly.
  Connection* silent = nullptr;
  Connection* sending = nullptr;
  for (auto* connection : connections_) {
    auto*& longest = connection->is_silent() ? silent : sending;
    if (!connection->is_silent() && !connection->is_sending()) continue;
    if (longest == nullptr || connection->last_heard() < longest->last_heard()) longest = connection;
  }
  auto* const chosen = silent != nullptr ? silent : sending;
  if (chosen == nullptr) return false;
  probe_.evicted();
  chosen->cut();
  return true;
}

void ServerCore::sweep(base::SteadyTime now) {
  std::vector<Connection*> due;
  for (auto* connection : connections_) {
    if (connection->due() <= now) due.push_back(connection);
  }
  for (auto* connection : due) connection->on_due();
}

void ServerCore::cut_all() {
  // Each takes itself away.
  const std::vector<Connection*> all(connections_.begin(), connections_.end());
  for (auto* connection : all) connection->cut();
}

void ServerCore::begin_drain(base::SteadyTime now) {
  is_draining_ = true;
  constexpr std::chrono::seconds for_the_rest_of_a_request{1};
  const std::vector<Connection*> all(connections_.begin(), connections_.end());
  for (auto* connection : all) {
    if (connection->is_silent() || connection->phase() == Phase::streaming) {
      connection->cut();
    } else if (connection->is_sending()) {
      connection->hurry(now + for_the_rest_of_a_request);
    }
  }
}

RateVerdict ServerCore::take_of_rate(const ApiKey& key) {
  ENSURE(rates_, "a client is known although there are no keys");
  return rates_->take(key, base::system_clock().steady());
}

void ServerCore::renew_date() { date_ = http_date(); }

}  // namespace waybill::http
