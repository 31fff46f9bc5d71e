#include "scripted_server.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "letter_case.hpp"

namespace waybill::outbound::tests {
namespace {

void use(SSL_CTX* context, const ServerTls& tls) {
  SSL_CTX_use_certificate_chain_file(context, tls.identity.certificate_file.c_str());
  SSL_CTX_use_PrivateKey_file(context, tls.identity.key_file.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_max_proto_version(context, tls.newest_version);
  if (tls.newest_version < TLS1_2_VERSION) SSL_CTX_set_security_level(context, 0);
  if (tls.client_authority.empty()) return;
  SSL_CTX_load_verify_locations(context, tls.client_authority.c_str(), nullptr);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

bool has_hung_up(int socket) {
  char byte = 0;
  const auto peeked = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return peeked == 0 || (peeked < 0 && errno != EAGAIN && errno != EINTR);
}

}  // namespace

std::string ReceivedRequest::target() const {
  const auto first = head.find(' ') + 1;
  return head.substr(first, head.find(' ', first) - first);
}

std::string ReceivedRequest::header(const std::string& name) const {
  const auto at = lower(head).find("\r\n" + lower(name) + ":");
  if (at == std::string::npos) return "none";
  auto from = at + name.size() + 3;
  while (head[from] == ' ') ++from;
  return head.substr(from, head.find('\r', from) - from);
}

bool Conversation::read_more() {
  std::array<char, 16'384> room{};
  const auto size = session_ != nullptr
                        ? static_cast<ssize_t>(SSL_read(session_, room.data(), static_cast<int>(room.size())))
                        : recv(socket_, room.data(), room.size(), 0);
  if (size <= 0) return false;
  buffered_.append(room.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<ReceivedRequest> Conversation::read_request() {
  ReceivedRequest request;
  std::size_t end = 0;
  while ((end = buffered_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  request.head = buffered_.substr(0, end + 4);
  buffered_.erase(0, end + 4);
  const auto length = request.header("Content-Length");
  const std::size_t size = length == "none" ? 0 : std::stoull(length);
  while (buffered_.size() < size) {
    if (!read_more()) return std::nullopt;
  }
  request.body = buffered_.substr(0, size);
  buffered_.erase(0, size);
  return request;
}

void Conversation::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size =
        session_ != nullptr
            ? static_cast<ssize_t>(SSL_write(session_, bytes.data(),
                                             static_cast<int>(std::min<std::size_t>(bytes.size(), 16'384))))
            : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void Conversation::answer(int status, std::string_view body, std::string_view headers) {
  send("HTTP/1.1 " + std::to_string(status) + " Said\r\n" + std::string(headers) +
       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void Conversation::await_end() {
  while (read_more()) buffered_.clear();
}

void Conversation::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  session_ = nullptr;
}

void Conversation::finish() {
  shutdown(socket_, SHUT_WR);
  await_end();
}

void Conversation::end_without_a_word() { shutdown(socket_, SHUT_RDWR); }

ScriptedServer::ScriptedServer(Script script, std::optional<ServerTls> tls)
    : script_(std::move(script)), is_tls_(tls.has_value()), listener_(256) {
  if (tls) {
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    use(tls_.get(), *tls);
  }
  acceptor_ = std::jthread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopped_ = true;
  shutdown(listener_.socket(), SHUT_RDWR);
  acceptor_.join();
  for (auto& connection : connections_) {
    const std::lock_guard lock(mutex_);
    if (connection.socket) shutdown(connection.socket.get(), SHUT_RDWR);
  }
  connections_.clear();
}

std::string ScriptedServer::url(std::string_view path, std::string_view host) const {
  return (is_tls_ ? "https://" : "http://") + std::string(host) + ':' + std::to_string(port()) +
         std::string(path);
}

void ScriptedServer::accept_all() {
  while (!stopped_) {
    runtime::FileDescriptor socket(accept4(listener_.socket(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    std::erase_if(connections_, [](const Connection& one) { return one.ended.load(); });
    auto& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    const auto number = ++accepted_;
    ++open_;
    most_open_ = std::max(most_open_.load(), held_by_clients());
    connection.thread = std::jthread([this, &connection, number] { converse(connection, number); });
  }
}

// A client may hang up and connect again before the thread of its old connection has noticed.
std::uint64_t ScriptedServer::held_by_clients() {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint64_t>(std::ranges::count_if(connections_, [](const Connection& connection) {
    return connection.socket && !has_hung_up(connection.socket.get());
  }));
}

void ScriptedServer::converse(Connection& connection, std::uint64_t number) {
  // OpenSSL's writes raise it. It is kept from this thread alone: the client has to do without.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  {
    std::unique_ptr<SSL, void (*)(SSL*)> session{nullptr, SSL_free};
    bool agreed = true;
    if (is_tls_) {
      session.reset(SSL_new(tls_.get()));
      SSL_set_fd(session.get(), connection.socket.get());
      agreed = SSL_accept(session.get()) == 1;
    }
    Conversation conversation(connection.socket.get(), session.get(), number);
    if (agreed) script_(conversation);
    if (session && agreed) SSL_shutdown(session.get());
    // Closed with bytes unread, it would be reset, and the reason of a refusal be lost on the way.
    if (!agreed) Conversation(connection.socket.get(), nullptr, number).finish();
  }
  const std::lock_guard lock(mutex_);
  connection.socket.reset();
  --open_;
  connection.ended = true;
}

void answer_all(Conversation& conversation) {
  while (const auto request = conversation.read_request()) {
    conversation.answer(200, request->line().substr(0, request->line().rfind(' ')));
  }
}

}  // namespace waybill::outbound::tests
