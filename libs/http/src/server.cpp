#include "waybill/http/server.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "serve.hpp"
#include "server_core.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

/// How exact limits of time are.
constexpr std::chrono::milliseconds sweep_every{50};
/// Where the process has no descriptor left, say.
constexpr std::chrono::milliseconds accept_again_after{100};

tcp::acceptor listen(const asio::any_io_executor& executor, const ServerOptions& options) {
  const tcp::endpoint at(asio::ip::make_address(options.address), options.port);
  const auto where = options.address + ", port " + std::to_string(options.port);
  try {
    tcp::acceptor acceptor(executor);
    acceptor.open(at.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(at);
    acceptor.listen();
    return acceptor;
  } catch (const boost::system::system_error& error) {
    throw std::system_error(error.code(), "cannot listen at " + where);
  }
}

std::shared_ptr<asio::ssl::context> tls_context(const ServerOptions& options) {
  if (!options.tls) return nullptr;
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  try {
    context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                         asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1);
    context->use_certificate_chain_file(options.tls->certificate);
    context->use_private_key_file(options.tls->key, asio::ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    throw std::invalid_argument("certificate '" + options.tls->certificate + "' with key '" +
                                options.tls->key + "' cannot be used: " + error.code().message());
  }
  return context;
}

/// To one for whom there is no room. What it has sent is read, or it would see its connection reset instead
/// of the answer; for a moment at most.
asio::awaitable<void> turn_away(tcp::socket socket, std::shared_ptr<std::size_t> turning) {
  constexpr std::string_view body =
      R"({"type":"urn:waybill:problem:overloaded","title":"Too much to do","status":503,)"
      R"("detail":"too many connections; nothing was done: try again later"})";
  const auto text =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
      "Retry-After: 1\r\nConnection: close\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  Error ignored;
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  ++*turning;
  asio::steady_timer patience(socket.get_executor(), std::chrono::milliseconds{200});
  patience.async_wait([&socket](const Error& error) {
    Error refused;
    if (!error) socket.cancel(refused);
  });
  std::array<char, 1024> thrown_away{};
  for (Error error; !error;) {
    co_await socket.async_read_some(asio::buffer(thrown_away),
                                    asio::redirect_error(asio::use_awaitable, error));
  }
  patience.cancel();
  --*turning;
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Impl> {
  Impl(const asio::any_io_executor& executor, ServerOptions options, Router router, const ServerProbe& probe)
      : acceptor(listen(executor, options)),
        port(acceptor.local_endpoint().port()),
        ticks(executor),
        tls(tls_context(options)),
        core(std::make_shared<ServerCore>(std::move(options), std::move(router), probe)) {}

  static asio::awaitable<void> accept(std::shared_ptr<Impl> self);
  static asio::awaitable<void> tick(std::shared_ptr<Impl> self);
  void take(tcp::socket socket);

  tcp::acceptor acceptor;
  const std::uint16_t port;
  asio::steady_timer ticks;
  std::shared_ptr<asio::ssl::context> tls;
  std::shared_ptr<ServerCore> core;
  std::shared_ptr<std::size_t> turning = std::make_shared<std::size_t>(0);  // who are told that it is full
  bool is_over = false;
};

asio::awaitable<void> Server::Impl::accept(std::shared_ptr<Impl> self) {
  while (self->acceptor.is_open()) {
    Error error;
    auto socket = co_await self->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!self->acceptor.is_open()) co_return;
    if (!error) {
      try {
        self->take(std::move(socket));
      } catch (const std::exception& fault) {
        self->core->faults().log(telemetry::Level::error, "http_cannot_accept", {{"why", fault.what()}});
      }
    } else if (error != asio::error::connection_aborted) {
      self->core->faults().log(telemetry::Level::error, "http_cannot_accept", {{"why", error.message()}});
      asio::steady_timer pause(co_await asio::this_coro::executor, accept_again_after);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }
}

void Server::Impl::take(tcp::socket socket) {
  Error error;
  socket.non_blocking(true, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // it has gone already
  if (!core->make_room()) {
    core->probe().turned_away(Turned::shed);
    constexpr std::size_t told_at_a_time = 64;
    // Without its words where they could not be read.
    if (tls || *turning >= told_at_a_time) return;
    return asio::co_spawn(acceptor.get_executor(), turn_away(std::move(socket), turning), asio::detached);
  }
  auto address = peer.address().to_string();
  if (tls) {
    serve_tls(core, std::move(socket), std::move(address), tls);
  } else {
    serve(core, std::move(socket), std::move(address));
  }
}

asio::awaitable<void> Server::Impl::tick(std::shared_ptr<Impl> self) {
  while (!self->is_over) {
    self->ticks.expires_after(sweep_every);
    Error ignored;
    co_await self->ticks.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    self->core->renew_date();
    self->core->sweep(base::system_clock().steady());
  }
}

Server::Server(runtime::EventLoop& loop, ServerOptions options, Router router, const ServerProbe& probe) {
  check(options);
  impl_ = std::make_shared<Impl>(loop.executor(), std::move(options), std::move(router), probe);
  loop.spawn("http accept", Impl::accept(impl_));
  loop.spawn("http tick", Impl::tick(impl_));
}

Server::~Server() {
  Error ignored;
  impl_->acceptor.close(ignored);
  impl_->core->cut_all();
  impl_->is_over = true;
  impl_->ticks.cancel();
}

std::uint16_t Server::port() const { return impl_->port; }

Server::Load Server::load() const { return impl_->core->load(); }

asio::awaitable<void> Server::drain(base::Deadline deadline) {
  const auto impl = impl_;
  Error ignored;
  impl->acceptor.close(ignored);
  impl->core->begin_drain(base::system_clock().steady());
  constexpr std::chrono::milliseconds look_again_after{5};
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (impl->core->load().connections > 0 && !deadline.passed()) {
    pause.expires_after(look_again_after);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  impl->core->cut_all();
}

}  // namespace waybill::http
