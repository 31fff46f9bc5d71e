#include "waybill/outbound/http_client.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "engine/engine.hpp"
#include "exchange/exchange.hpp"
#include "exchange/failure_of.hpp"
#include "exchange/redirect.hpp"
#include "exchange/request_check.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::outbound {

namespace asio = boost::asio;

namespace {

Engine::Bounds bounds_of(const ConnectionLimits& limits) {
  return {.admission = {.total = limits.total, .per_place = limits.per_host, .waiting = limits.waiting},
          .idle = limits.idle};
}

Failure refused(const Request& request, const std::string& why) {
  return {.trouble = Trouble::invalid_request,
          .effect = Effect::none,
          .what = std::string(to_string(request.method)) + " was not sent: " + why};
}

}  // namespace

struct HttpClient::Impl {
  Impl(asio::any_io_executor the_executor, Options the_options, const ClientProbe& the_probe)
      : executor(std::move(the_executor)),
        options((check(the_options), std::move(the_options))),
        probe(the_probe),
        engine(executor, bounds_of(options.connections),
               [this](std::size_t running, std::size_t waiting) { probe.under_way(running, waiting); }) {}

  struct Start;
  static asio::awaitable<Response> send(std::shared_ptr<Impl> self, Request request, base::Deadline deadline);
  asio::awaitable<Exchange::Result> exchange(Request request, Address to, base::Deadline deadline);

  const asio::any_io_executor executor;
  const Options options;
  const ClientProbe probe;
  Engine engine;
};

/// Gives an exchange to the engine and arranges for the coroutine that waits to be resumed, by a handler of
/// its own, since the engine may be in the middle of ending others.
struct HttpClient::Impl::Start {
  template <class Handler>
  void operator()(Handler&& given, Impl* client, std::shared_ptr<Exchange> exchange,
                  base::Deadline deadline) const {
    using Kept = std::decay_t<Handler>;
    const auto slot = asio::get_associated_cancellation_slot(given);
    exchange->on_end(
        [slot, executor = client->executor, handler = Kept(std::forward<Handler>(given))]() mutable {
          if (slot.is_connected()) asio::cancellation_slot(slot).clear();
          asio::post(executor, std::move(handler));
        });
    const auto ticket = client->engine.start(exchange, deadline);
    if (!ticket) return refuse(*client, *exchange);
    if (slot.is_connected()) {
      asio::cancellation_slot(slot).assign(
          [engine = &client->engine, ticket = *ticket](asio::cancellation_type) { engine->cancel(ticket); });
    }
  }

  static void refuse(const Impl& client, Exchange& exchange) {
    exchange.ended({.how = client.engine.is_closed() ? End::How::closed : End::How::refused});
  }
};

asio::awaitable<Exchange::Result> HttpClient::Impl::exchange(Request request, Address to,
                                                             base::Deadline deadline) {
  const auto one = std::make_shared<Exchange>(std::move(request), std::move(to), options);
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(Start{}, asio::use_awaitable, this,
                                                                        one, deadline);
  if (one->was_sent()) probe.connected(one->had_connection_from_before());
  co_return one->take();
}

asio::awaitable<Response> HttpClient::Impl::send(std::shared_ptr<Impl> self, Request request,
                                                 base::Deadline deadline) {
  const auto began = base::system_clock().steady();
  const auto took = [began] { return base::system_clock().steady() - began; };
  const auto fail = [&self, &took](Failure failure) {
    self->probe.failed(failure, took());
    throw Fault(std::move(failure));
  };
  if (const auto problem = problem_of(request, self->options.messages)) fail(refused(request, *problem));
  auto to = Address::parse(request.url);
  if (!to) fail(refused(request, to.error().why));

  for (std::uint32_t redirects = 0;; ++redirects) {
    Exchange::Result result = cancelled_unsent(request.method, *to);
    try {
      result = co_await self->exchange(request, *to, deadline);
    } catch (const boost::system::system_error&) {
      // Asio throws where a cancellation came when there was nothing to cancel: between two redirects.
    }
    if (!result) {
      auto failure = result.error();
      // What led here was sent and answered, so it may have had an effect.
      if (redirects > 0) failure.effect = Effect::possible;
      fail(std::move(failure));
    }
    auto next = redirected(request, *to, *result);
    if (!next) {
      result->redirects = redirects;
      self->probe.answered(result->status, took());
      co_return *std::move(result);
    }
    request = std::move(next->request);
    *to = std::move(next->to);
  }
}

HttpClient::HttpClient(asio::any_io_executor executor, Options options, const ClientProbe& probe)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), probe)) {}

HttpClient::~HttpClient() { close(); }

asio::awaitable<Response> HttpClient::send(Request request, base::Deadline deadline) {
  return Impl::send(impl_, std::move(request), deadline);
}

void HttpClient::close() { impl_->engine.close(); }

}  // namespace waybill::outbound
