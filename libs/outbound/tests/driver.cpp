#include "driver.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <thread>

#include "waybill/outbound/http_client.hpp"
#include "waybill/outbound/resilient_client.hpp"
#include "waybill/runtime/event_loop.hpp"

namespace waybill::outbound::tests {

namespace asio = boost::asio;

std::string Outcome::trouble() const {
  if (!failure) return "answered";
  return std::string(to_string(failure->trouble)) + ' ' + std::string(to_string(failure->effect));
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  out << outcome.trouble() << " after " << outcome.took.count() << " ms";
  if (outcome.failure) return out << ": " << outcome.failure->what;
  return out << ": " << outcome.status() << ", " << outcome.body().size() << " bytes";
}

namespace {

/// One request under way; told once when it ends.
struct Running {
  std::promise<Outcome> promise;
  Outcome outcome;
  base::SteadyTime began = base::system_clock().steady();
  asio::cancellation_signal cancel;
};

asio::awaitable<Response> answer_of(HttpClient* plain, ResilientClient* resilient, Request request,
                                    base::Deadline deadline) {
  if (resilient != nullptr) co_return co_await resilient->send(std::move(request), deadline);
  co_return co_await plain->send(std::move(request), deadline);
}

asio::awaitable<void> run(std::shared_ptr<Running> running, HttpClient* plain, ResilientClient* resilient,
                          Request request, std::function<base::Deadline()> deadline) {
  auto& outcome = running->outcome;
  try {
    outcome.response = co_await answer_of(plain, resilient, std::move(request), deadline());
  } catch (const Fault& fault) {
    outcome.failure = fault.failure();
  }
  outcome.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(base::system_clock().steady() - running->began);
  ++outcome.times;
  running->promise.set_value(outcome);
}

/// A request that never ends fails its test, instead of keeping it for ever.
Outcome end_of(std::future<Outcome> request) {
  constexpr std::chrono::seconds beyond_any_deadline{45};
  if (request.wait_for(beyond_any_deadline) == std::future_status::ready) return request.get();
  throw std::runtime_error("the request has not ended, long after its deadline");
}

}  // namespace

struct Driver::State {
  runtime::EventLoop loop;
  std::unique_ptr<HttpClient> client;
  std::unique_ptr<ResilientClient> resilient;
  std::jthread thread;
};

Driver::Driver(const Options& options, const std::optional<ResilienceOptions>& resilience,
               const ClientProbe& probe, telemetry::Metrics& metrics)
    : state_(std::make_unique<State>()) {
  auto& state = *state_;
  state.client = std::make_unique<HttpClient>(state.loop.executor(), options, probe);
  if (resilience) {
    state.resilient = std::make_unique<ResilientClient>(state.loop.executor(), options, *resilience, 1,
                                                        base::system_clock(), metrics);
  }
  state.thread = std::jthread([&state] { state.loop.run(); });
}

Driver::~Driver() {
  destroy_client();
  state_->loop.finish();
}

Outcome Driver::send(Request request, base::Deadline deadline) {
  return end_of(begin(std::move(request), deadline));
}

Outcome Driver::send_within(std::chrono::milliseconds limit, Request request) {
  return end_of(start(std::move(request), [limit] { return base::Deadline::after(limit); }).first);
}

std::future<Outcome> Driver::begin(Request request, base::Deadline deadline) {
  return begin_cancellable(std::move(request), deadline).first;
}

std::pair<std::future<Outcome>, std::function<void()>> Driver::begin_cancellable(Request request,
                                                                                 base::Deadline deadline) {
  return start(std::move(request), [deadline] { return deadline; });
}

std::pair<std::future<Outcome>, std::function<void()>> Driver::start(Request request, Moment deadline) {
  const auto running = std::make_shared<Running>();
  auto future = running->promise.get_future();
  on_loop([&] {
    asio::co_spawn(
        state_->loop.executor(),
        run(running, state_->client.get(), state_->resilient.get(), std::move(request), std::move(deadline)),
        asio::bind_cancellation_slot(running->cancel.slot(), [running](const std::exception_ptr& error) {
          if (error) running->promise.set_exception(error);
        }));
  });
  return {std::move(future),
          [this, running] { on_loop([&] { running->cancel.emit(asio::cancellation_type::terminal); }); }};
}

void Driver::close() {
  on_loop([this] {
    state_->client->close();
    if (state_->resilient) state_->resilient->close();
  });
}

void Driver::destroy_client() {
  on_loop([this] {
    state_->resilient.reset();
    state_->client.reset();
  });
}

void Driver::on_loop(const std::function<void()>& job) {
  std::promise<void> done;
  state_->loop.post([&] {
    job();
    done.set_value();
  });
  done.get_future().get();
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace waybill::outbound::tests
