#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "waybill/base/deadline.hpp"
#include "waybill/outbound/fault.hpp"
#include "waybill/outbound/options.hpp"
#include "waybill/outbound/probe.hpp"
#include "waybill/outbound/request.hpp"
#include "waybill/outbound/resilience_options.hpp"
#include "waybill/outbound/response.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::outbound::tests {

/// What became of a request.
struct Outcome {
  std::optional<Response> response;
  std::optional<Failure> failure;
  std::chrono::milliseconds took{0};
  /// How often it ended: once, or something is badly wrong.
  int times = 0;

  int status() const { return response ? response->status : 0; }
  std::string body() const { return response ? response->body : "no response"; }
  /// "lost possible", or "answered".
  std::string trouble() const;
  std::string what() const { return failure ? failure->what : "no failure"; }
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome);
};

/// A client on an event loop of its own, for tests that wait in their own thread.
class Driver {
 public:
  explicit Driver(const Options& options = {}, const std::optional<ResilienceOptions>& resilience = {},
                  const ClientProbe& probe = {}, telemetry::Metrics& metrics = telemetry::Metrics::none());
  /// Destroys the client on its loop, and ends the loop.
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Throws when the request has not ended long after any deadline that a test gives.
  Outcome send(Request request, base::Deadline deadline = base::Deadline::after(std::chrono::seconds{30}));
  template <std::convertible_to<std::string> Url>
  Outcome send(const Url& url) {
    return send(Request{.url = url});
  }
  /// Likewise, with a deadline so long after the loop has come to give the request to the client: time that
  /// this thread, or the loop, had to wait for the processor before that is not taken from the request's.
  Outcome send_within(std::chrono::milliseconds limit, Request request);
  /// Gives up waiting after `deadline`.
  std::future<Outcome> begin(Request request, base::Deadline deadline);
  /// The same, and the function that is returned cancels the request.
  std::pair<std::future<Outcome>, std::function<void()>> begin_cancellable(Request request,
                                                                           base::Deadline deadline);
  void close();
  void destroy_client();
  /// Runs on the loop, and returns when it has.
  void on_loop(const std::function<void()>& job);

 private:
  struct State;
  using Moment = std::function<base::Deadline()>;
  std::pair<std::future<Outcome>, std::function<void()>> start(Request request, Moment deadline);
  std::unique_ptr<State> state_;
};

/// How many descriptors this process has open.
std::size_t open_descriptors();

}  // namespace waybill::outbound::tests
