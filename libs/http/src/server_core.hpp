#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "connection.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/http/probe.hpp"
#include "waybill/http/rate.hpp"
#include "waybill/http/router.hpp"
#include "waybill/http/server.hpp"
#include "waybill/http/server_options.hpp"
#include "waybill/telemetry/log_every.hpp"

namespace waybill::http {

/// What the connections of a server share. On the loop's thread.
class ServerCore {
 public:
  ServerCore(ServerOptions options, Router router, const ServerProbe& probe);

  const ServerOptions& options() const { return options_; }
  const ServerLimits& limits() const { return options_.limits; }
  const Router& router() const { return router_; }
  const ServerProbe& probe() const { return probe_; }
  const ServerProbe::OfRoute& probe_of(const Router::Route& route) const { return probes_.at(&route); }
  const Server::Load& load() const { return load_; }

  void add(Connection& connection);
  void remove(Connection& connection);
  /// False when nothing can be closed for a new one.
  bool make_room();
  /// Looks for those whose time is up.
  void sweep(base::SteadyTime now);
  void cut_all();

  void request_begins() { probe_.requests(++load_.requests); }
  void request_ends() { probe_.requests(--load_.requests); }
  void stream_begins() { probe_.streams(++load_.streams); }
  void stream_ends() { probe_.streams(--load_.streams); }

  /// Takes no more requests; those who wait for one, or send events, are closed, and a request that is on its
  /// way has another second.
  void begin_drain(base::SteadyTime now);
  bool is_draining() const { return is_draining_; }

  /// The field of each answer, renewed now and then.
  const std::string& date() const { return date_; }
  void renew_date();

  /// ENSURE: there are keys.
  RateVerdict take_of_rate(const ApiKey& key);

  telemetry::LogEvery& faults() { return faults_; }

 private:
  ServerOptions options_;
  Router router_;
  ServerProbe probe_;
  std::unordered_map<const Router::Route*, ServerProbe::OfRoute> probes_;
  std::optional<RateLimiter> rates_;
  std::unordered_set<Connection*> connections_;
  Server::Load load_;
  bool is_draining_ = false;
  std::string date_;
  telemetry::LogEvery faults_{std::chrono::seconds{10}};
};

}  // namespace waybill::http
