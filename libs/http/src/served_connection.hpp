#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "access_log.hpp"
#include "answer.hpp"
#include "connection.hpp"
#include "gate.hpp"
#include "own_answers.hpp"
#include "request_parser.hpp"
#include "server_core.hpp"
#include "waybill/telemetry/log.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::http {

/// One client's connection, over TCP or TLS: reads requests, has them answered, one after the other.
///
/// Bytes are read into one buffer, whose rest is the beginning of the next request. Nothing else waits while
/// a handler runs; if it outlasts its time, the sweep answers in its place, and what it answers itself is
/// dropped.
template <class Stream>
class ServedConnection final : public Connection,
                               public std::enable_shared_from_this<ServedConnection<Stream>> {
 public:
  ServedConnection(std::shared_ptr<ServerCore> core, Stream stream, std::string address)
      : core_(std::move(core)), stream_(std::move(stream)) {
    request_.address = std::move(address);
    core_->add(*this);
  }
  ~ServedConnection() { core_->remove(*this); }

  static boost::asio::awaitable<void> run(std::shared_ptr<ServedConnection> self) { co_await self->run(); }

  void on_due() override;
  void cut() override;

 private:
  using Error = boost::system::error_code;
  static constexpr bool is_tls = !std::is_same_v<Stream, boost::asio::ip::tcp::socket>;
  static constexpr std::size_t read_bytes = 4 * 1024;
  static constexpr std::size_t body_read_bytes = 16 * 1024;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<bool> agree_on_tls();
  boost::asio::awaitable<bool> serve_request();
  std::optional<Response> refuse_before_body(const Router::Route& route);
  boost::asio::awaitable<bool> read_more();
  boost::asio::awaitable<bool> read_head();
  boost::asio::awaitable<bool> read_body(const Router::Route& route);
  boost::asio::awaitable<Response> handle(const Router::Route& route);
  boost::asio::awaitable<bool> answer(Response response, bool closes);
  boost::asio::awaitable<bool> refuse(Response response, Turned why);
  boost::asio::awaitable<bool> refuse_parsed();
  boost::asio::awaitable<bool> stream_events(Response response);
  /// As it goes over the wire; nothing at the end.
  boost::asio::awaitable<std::optional<std::string>> next_event(const NextEvent& events);
  boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
  static boost::asio::awaitable<void> answer_overdue(std::shared_ptr<ServedConnection> self);
  boost::asio::awaitable<void> say_goodbye();

  bool is_spent() const { return phase() == Phase::ended || is_overdue_; }
  void enter_for(Phase phase, std::chrono::milliseconds limit) {
    const auto now = base::system_clock().steady();
    enter(phase, now, now + limit);
  }
  void forget_request();
  std::string_view unread() const { return std::string_view(buffer_).substr(read_, filled_ - read_); }
  Response failed(const std::string& why) const;
  void tell(const Response& response);
  boost::asio::ip::tcp::socket& socket() {
    if constexpr (is_tls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }
  auto awaiting(Error& error) { return boost::asio::redirect_error(boost::asio::use_awaitable, error); }

  std::shared_ptr<ServerCore> core_;
  Stream stream_;
  std::string buffer_;  // [read_, filled_) are bytes that no request has taken yet
  std::size_t read_ = 0;
  std::size_t filled_ = 0;
  Request request_;
  std::optional<RequestParser> parser_;
  std::vector<std::pair<std::string, std::string>> fields_;  // for the answer, from the gate
  const Router::Route* route_ = nullptr;
  base::SteadyTime began_{};
  std::string out_;
  bool is_too_slow_ = false;
  bool is_overdue_ = false;
  unsigned served_without_reading_ = 0;
};

}  // namespace waybill::http
