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

void EchoServer::say(const std::string& text) {
  std::promise<void> said;
  loop_.post([&] {
    for (const auto& session : sessions_) {
      error_code ignored;
      asio::write(session->socket, asio::buffer(text), ignored);
    }
    said.set_value();
  });
  said.get_future().wait();
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
    if (manner_ == Manner::part_in_order || manner_ == Manner::part_by_reset) part(session->socket);
    if (manner_ == Manner::echo || manner_ == Manner::listen) read(session);
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

void EchoServer::part(Tcp::socket& socket) const {
  error_code ignored;
  asio::write(socket, asio::buffer(std::string("farewell")), ignored);
  if (manner_ == Manner::part_by_reset) socket.set_option(asio::socket_base::linger(true, 0));
  socket.close();
}

}  // namespace waybill::servers::testing
