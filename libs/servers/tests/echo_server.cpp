#include "echo_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <future>

namespace waybill::servers::testing {
namespace asio = boost::asio;
using boost::system::error_code;

EchoServer::EchoServer(Manner manner)
    : manner_(manner),
      acceptor_(loop_.executor(), {asio::ip::address_v4::loopback(), 0}),
      port_(acceptor_.local_endpoint().port()) {
  accept();
  thread_ = runtime::Thread("echo_server", [this] { loop_.run(); });
}

EchoServer::~EchoServer() {
  loop_.post([this] {
    acceptor_.close();
    for (const auto& session : sessions_) session->socket.close();
  });
  loop_.finish();
  thread_.join();
}

template <class Act>
void EchoServer::on_sessions(Act act) {
  std::promise<void> done;
  loop_.post([&] {
    for (const auto& session : sessions_) act(session->socket);
    done.set_value();
  });
  done.get_future().wait();
}

void EchoServer::say(const std::string& text) {
  on_sessions([&](Tcp::socket& socket) {
    error_code ignored;
    asio::write(socket, asio::buffer(text), ignored);
  });
}

void EchoServer::close_all(Cut how) {
  on_sessions([&](Tcp::socket& socket) {
    if (how == Cut::reset) socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
  });
}

std::string EchoServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void EchoServer::accept() {
  acceptor_.async_accept([this](const error_code& error, Tcp::socket accepted) {
    if (error) return;
    auto session = std::make_shared<Session>(std::move(accepted));
    session->socket.set_option(Tcp::no_delay(true));
    sessions_.push_back(session);
    ++connections_;
    if (manner_ != Manner::read_nothing) read(session);
    accept();
  });
}

void EchoServer::read(const std::shared_ptr<Session>& session) {
  session->socket.async_read_some(asio::buffer(session->bytes),
                                  [this, session](const error_code& error, std::size_t count) {
                                    if (error) return note_end(*session, error);
                                    {
                                      const std::lock_guard lock(mutex_);
                                      received_.append(session->bytes.data(), count);
                                    }
                                    manner_ == Manner::echo ? answer(session, count) : read(session);
                                  });
}

void EchoServer::answer(const std::shared_ptr<Session>& session, std::size_t count) {
  asio::async_write(session->socket, asio::buffer(session->bytes, count),
                    [this, session](const error_code& error, std::size_t) {
                      error ? note_end(*session, error) : read(session);
                    });
}

void EchoServer::note_end(Session& session, const error_code& error) {
  if (error == asio::error::operation_aborted) return;
  (error == asio::error::eof ? ended_ : reset_)++;
  error_code ignored;
  if (manner_ == Manner::echo) session.socket.shutdown(Tcp::socket::shutdown_send, ignored);
}

}  // namespace waybill::servers::testing
