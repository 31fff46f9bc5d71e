#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "waybill/servers/listening_port.hpp"
#include "waybill/servers/test_authority.hpp"

namespace waybill::outbound::tests {

/// A request as it came over the wire.
struct ReceivedRequest {
  std::string head;  ///< with the empty line
  std::string body;

  std::string line() const { return head.substr(0, head.find('\r')); }
  std::string target() const;
  /// The value of a header; "none" when it is not there.
  std::string header(const std::string& name) const;
};

/// With which a server speaks TLS.
struct ServerTls {
  servers::Identity identity;
  std::string client_authority{};  ///< whose certificates clients need; empty: they need none
  int newest_version = TLS1_3_VERSION;
};

/// The server's side of one connection.
class Conversation {
 public:
  Conversation(int socket, SSL* session, std::uint64_t which)
      : number(which), socket_(socket), session_(session) {}

  /// Nothing when the connection ends first.
  std::optional<ReceivedRequest> read_request();
  void send(std::string_view bytes);
  /// A whole answer.
  void answer(int status, std::string_view body = {}, std::string_view headers = {});
  /// Reads until the connection ends.
  void await_end();
  /// Ends the connection by a reset when the script returns.
  void reset();
  /// Says that nothing more will be sent, and waits for the other side's end.
  void finish();
  /// Ends the connection below TLS, at once.
  void end_without_a_word();

  /// Which connection of the server's it is, from 1.
  const std::uint64_t number;

 private:
  bool read_more();

  int socket_;
  SSL* session_;
  std::string buffered_;
};

/// A listening port of this host. Each connection runs the script on a thread of its own and ends with it.
class ScriptedServer {
 public:
  using Script = std::function<void(Conversation&)>;

  explicit ScriptedServer(Script script, std::optional<ServerTls> tls = {});
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return listener_.number(); }
  std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;
  std::uint64_t accepted() const { return accepted_; }
  /// Connections that are not closed on this side; and the most that clients ever held at a time.
  std::uint64_t open() const { return open_; }
  std::uint64_t most_open() const { return most_open_; }

 private:
  struct Connection {
    runtime::FileDescriptor socket;
    std::atomic<bool> ended{false};
    std::jthread thread;
  };
  void accept_all();
  std::uint64_t held_by_clients();
  void converse(Connection& connection, std::uint64_t number);

  Script script_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls_{nullptr, SSL_CTX_free};
  bool is_tls_ = false;
  servers::ListeningPort listener_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> open_{0};
  std::atomic<std::uint64_t> most_open_{0};
  std::mutex mutex_;
  std::list<Connection> connections_;
  std::jthread acceptor_;
};

/// Answers every request with 200 and "METHOD /target", until the connection ends.
void answer_all(Conversation& conversation);

}  // namespace waybill::outbound::tests
