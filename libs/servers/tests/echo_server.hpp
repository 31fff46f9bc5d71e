#pragma once

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/host_port.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/servers/fault.hpp"

namespace waybill::servers::testing {

/// A server on a loopback port, with a thread of its own, that remembers what it saw.
class EchoServer {
 public:
  enum class Manner {
    echo,          ///< sends back what it gets, and ends its side when the client ends its own
    listen,        ///< takes what it gets
    read_nothing,  ///< accepts, and that is all
  };

  explicit EchoServer(Manner manner = Manner::echo);
  ~EchoServer();

  runtime::HostPort address() const { return {"127.0.0.1", port_}; }
  /// Sends to every connection that there is.
  void say(const std::string& text);
  /// Closes every connection that there is, in good order or with a reset.
  void close_all(Cut how);

  /// Of all connections together.
  std::string received() const;
  int connections() const { return connections_; }
  int ended() const { return ended_; }
  int reset() const { return reset_; }

 private:
  using Tcp = boost::asio::ip::tcp;

  struct Session {
    explicit Session(Tcp::socket accepted) : socket(std::move(accepted)) {}
    Tcp::socket socket;
    std::array<char, 4096> bytes{};
  };

  void accept();
  void read(const std::shared_ptr<Session>& session);
  void answer(const std::shared_ptr<Session>& session, std::size_t count);
  void note_end(Session& session, const boost::system::error_code& error);
  template <class Act>
  void on_sessions(Act act);

  Manner manner_;
  runtime::EventLoop loop_;
  Tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::vector<std::shared_ptr<Session>> sessions_;
  mutable std::mutex mutex_;
  std::string received_;
  std::atomic<int> connections_ = 0;
  std::atomic<int> ended_ = 0;
  std::atomic<int> reset_ = 0;
  runtime::Thread thread_;
};

}  // namespace waybill::servers::testing
