#include "waybill/outbound/resilient_client.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <random>
#include <set>
#include <utility>

#include "exchange/address.hpp"
#include "exchange/failure_of.hpp"
#include "policy/attempts.hpp"
#include "policy/breakers.hpp"

namespace waybill::outbound {

namespace asio = boost::asio;
using resilience::CircuitBreaker;
using resilience::RetryAfter;
using resilience::RetryVerdict;

namespace {

Failure kept_away(const Request& request, const Address& to, const resilience::BreakerRefusal& refusal) {
  return {.trouble = Trouble::kept_away,
          .effect = Effect::none,
          .what = std::string(to_string(request.method)) + " to " + to.origin() + ": " + to_string(refusal) +
                  " (nothing was sent)",
          .retry_after = refusal.retry_after};
}

void tell(std::optional<CircuitBreaker::Permit>& permit, std::optional<bool> is_sick) {
  if (permit && is_sick) *is_sick ? permit->failed() : permit->succeeded();
  permit.reset();
}

}  // namespace

struct ResilientClient::Impl {
  Impl(asio::any_io_executor the_executor, Options the_options, const ResilienceOptions& the_resilience,
       std::uint64_t seed, const base::Clock& the_clock, telemetry::Metrics& metrics)
      : executor(std::move(the_executor)),
        resilience((check(the_resilience), the_resilience)),
        clock(the_clock),
        seeds(seed),
        probe(metrics, the_options.name),
        breakers(the_options.name, resilience, clock, metrics),
        client(executor, the_options, ClientProbe(metrics, the_options.name)) {}

  using Attempt = boost::system::result<Response, Failure>;

  static asio::awaitable<Response> send(std::shared_ptr<Impl> self, Request request, base::Deadline deadline);
  asio::awaitable<Attempt> guarded(const Request& request, const Address& to, base::Deadline deadline);
  void close();

  const asio::any_io_executor executor;
  const ResilienceOptions resilience;
  const base::Clock& clock;
  std::mt19937_64 seeds;
  const resilience::RetryProbe probe;
  Breakers breakers;
  HttpClient client;
  bool is_closed = false;
  std::set<asio::steady_timer*> pauses;
};

/// The wait before another attempt, which closing the client ends.
class ResilientClient::Pause {
 public:
  explicit Pause(Impl& client) : client_(client), timer_(client.executor) { client_.pauses.insert(&timer_); }
  ~Pause() { client_.pauses.erase(&timer_); }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

  asio::steady_timer& lasting(std::chrono::nanoseconds wait) {
    timer_.expires_after(wait);
    return timer_;
  }

 private:
  Impl& client_;
  asio::steady_timer timer_;
};

asio::awaitable<ResilientClient::Impl::Attempt> ResilientClient::Impl::guarded(const Request& request,
                                                                               const Address& to,
                                                                               base::Deadline deadline) {
  std::optional<CircuitBreaker::Permit> permit;
  if (const auto guard = breakers.of(to.place())) {
    auto entry = guard->breaker.try_enter();
    if (!entry) {
      guard->probe.refused();
      co_return kept_away(request, to, entry.error());
    }
    permit = *std::move(entry);
  }
  try {
    auto response = co_await client.send(request, deadline);
    tell(permit, tells_of_a_sick_host(response));
    co_return response;
  } catch (const Fault& fault) {
    tell(permit, tells_of_a_sick_host(fault.failure()));
    co_return fault.failure();
  }
}

asio::awaitable<Response> ResilientClient::Impl::send(std::shared_ptr<Impl> self, Request request,
                                                      base::Deadline deadline) {
  const auto to = Address::parse(request.url);
  // What is wrong with it, the client says.
  if (!to) co_return co_await self->client.send(std::move(request), deadline);
  Pause pause(*self);
  Attempts attempts(is_idempotent(request), self->resilience.retry, self->seeds(), self->clock, deadline);
  for (;;) {
    Attempt outcome = cancelled_unsent(request.method, *to);
    try {
      outcome = co_await self->guarded(request, *to, attempts.deadline(self->resilience.attempt_within));
    } catch (const boost::system::system_error&) {
      // Asio throws where a cancellation came when there was nothing to cancel: between two attempts.
    }
    std::optional<Failure> failure;
    if (!outcome) failure = outcome.error();
    const auto verdict = failure ? attempts.ended(*failure) : attempts.ended(*outcome);
    self->probe.decided(verdict);
    if (const auto* again = std::get_if<RetryAfter>(&verdict); again != nullptr) {
      boost::system::error_code cancelled;
      co_await pause.lasting(again->wait).async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
      if (!cancelled) continue;
      if (failure) failure->trouble = self->is_closed ? Trouble::closed : Trouble::cancelled;
    }
    if (failure) throw Fault(*std::move(failure));
    co_return *std::move(outcome);
  }
}

void ResilientClient::Impl::close() {
  is_closed = true;
  client.close();
  for (auto* pause : pauses) pause->cancel();
}

ResilientClient::ResilientClient(asio::any_io_executor executor, Options options,
                                 const ResilienceOptions& resilience, std::uint64_t seed,
                                 const base::Clock& clock, telemetry::Metrics& metrics)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), resilience, seed, clock,
                                   metrics)) {}

ResilientClient::~ResilientClient() { close(); }

asio::awaitable<Response> ResilientClient::send(Request request, base::Deadline deadline) {
  return Impl::send(impl_, std::move(request), deadline);
}

void ResilientClient::close() { impl_->close(); }

}  // namespace waybill::outbound
