#pragma once

#include <algorithm>
#include <exception>

#include "served_connection.hpp"
#include "waybill/http/status.hpp"

namespace waybill::http {

/// What escapes the task of a connection is told, and ends that connection only.
inline void tell_fault(const std::exception_ptr& escaped) {
  if (!escaped) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    telemetry::log_error("http_connection_failed", {{"why", error.what()}});
  } catch (...) {
    telemetry::log_error("http_connection_failed", {{"why", "something that is no std::exception"}});
  }
}

template <class Stream>
boost::asio::awaitable<void> ServedConnection<Stream>::run() {
  bool goes_on = co_await agree_on_tls();
  while (goes_on) goes_on = co_await serve_request();
  if (is_overdue_) co_return;
  co_await say_goodbye();
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::agree_on_tls() {
  if constexpr (is_tls) {
    enter_for(Phase::handshake, core_->limits().header_within);
    Error error;
    co_await stream_.async_handshake(boost::asio::ssl::stream_base::server, awaiting(error));
    co_return !error;
  } else {
    co_return true;
  }
}

template <class Stream>
void ServedConnection<Stream>::forget_request() {
  request_.method = Method::get;
  request_.target.clear();
  request_.headers.clear();
  // One large body is not kept for as long as the connection is.
  if (request_.body.capacity() > core_->limits().body_bytes) request_.body = {};
  request_.body.clear();
  request_.route = {};
  request_.path_parameters.clear();
  request_.id.clear();
  request_.client.clear();
  request_.trace.reset();
  fields_.clear();
  route_ = nullptr;
  is_too_slow_ = false;
  parser_.emplace(core_->limits(), request_);
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::serve_request() {
  // Who sends hundreds at once lets others have their turn.
  constexpr unsigned in_a_row = 16;
  if (++served_without_reading_ % in_a_row == 0) co_await boost::asio::post(boost::asio::use_awaitable);
  forget_request();
  if (!co_await read_head()) co_return false;
  introduce(request_);
  request_.deadline = base::Deadline::at(began_ + core_->limits().request_within);
  auto found = core_->router().find(request_);
  if (auto* response = std::get_if<Response>(&found)) {
    if (response->status >= status::bad_request) core_->probe().turned_away(Turned::unknown);
    co_return co_await answer(std::move(*response), !parser_->is_done());
  }
  route_ = std::get<const Router::Route*>(found);
  const auto& route = *route_;
  if (route.options.within) request_.deadline = base::Deadline::at(began_ + *route.options.within);
  if (auto response = refuse_before_body(route)) {
    co_return co_await answer(*std::move(response), !parser_->is_done());
  }
  if (!co_await read_body(route)) co_return false;
  if (auto response = refuse_beyond_limit(*core_, route)) {
    co_return co_await answer(*std::move(response), false);
  }
  auto response = co_await handle(route);
  if (is_spent()) co_return false;
  if (!can_be_sent(response)) {
    telemetry::log_error(
        "http_answer_malformed",
        {{"route", request_.route}, {"request_id", request_.id}, {"status", response.status}});
    response = internal_response();
  }
  if (response.events) co_return co_await stream_events(std::move(response));
  co_return co_await answer(std::move(response), false);
}

template <class Stream>
std::optional<Response> ServedConnection<Stream>::refuse_before_body(const Router::Route& route) {
  try {
    return refuse_at_gate(*core_, route, request_, fields_);
  } catch (const std::exception& error) {
    return failed(error.what());
  }
}

template <class Stream>
Response ServedConnection<Stream>::failed(const std::string& why) const {
  const telemetry::TraceScope trace(*request_.trace);
  telemetry::log_error("http_handler_failed",
                       {{"route", request_.route}, {"request_id", request_.id}, {"why", why}});
  return internal_response();
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::read_more() {
  if (read_ == filled_) {
    read_ = filled_ = 0;
  } else if (read_ > 0 && filled_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + read_, filled_ - read_);
    filled_ -= std::exchange(read_, 0);
  }
  const auto enough = phase() == Phase::body ? body_read_bytes : read_bytes;
  if (buffer_.size() < enough) buffer_.resize(enough);
  // What is kept unread is bounded by the parser, which takes or refuses a head of its limit and a chunk's
  // first line.
  if (filled_ == buffer_.size()) buffer_.resize(buffer_.size() + read_bytes);
  Error error;
  served_without_reading_ = 0;
  filled_ += co_await stream_.async_read_some(
      boost::asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_), awaiting(error));
  heard(base::system_clock().steady());
  // A read that was over before it could be cancelled came too late all the same.
  co_return !error && phase() != Phase::ended && !is_too_slow_;
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::read_head() {
  enter_for(Phase::idle, core_->limits().idle_within);
  for (;;) {
    if (!unread().empty()) {
      if (phase() == Phase::idle) {
        enter_for(Phase::head, core_->limits().header_within);
        began_ = since();
      }
      read_ += parser_->read_head(unread());
      if (parser_->refusal()) co_return co_await refuse_parsed();
      if (parser_->is_head_done()) co_return true;
    } else if (core_->is_draining()) {
      co_return false;
    }
    if (co_await read_more()) continue;
    if (is_too_slow_ && phase() == Phase::head) {
      introduce(request_);
      auto response = too_slow_response("its head was not there in time");
      co_return co_await refuse(std::move(response), Turned::too_slow);
    }
    co_return false;
  }
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::read_body(const Router::Route& route) {
  if (parser_->is_done()) co_return true;
  if (parser_->limit_body(route.options.body_bytes.value_or(core_->limits().body_bytes))) {
    co_return co_await refuse_parsed();
  }
  // A handler needs some of the request's time too; none is left for it when the body takes all.
  const auto enter_body = [&] {
    enter_for(Phase::body, core_->limits().body_within);
    hurry(request_.deadline.when());
    if (core_->is_draining()) hurry(since() + std::chrono::seconds{1});
  };
  enter_body();
  if (parser_->expects_word() && unread().empty()) {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return false;
    enter_body();
  }
  for (;;) {
    if (!unread().empty()) read_ += parser_->read_body(unread());
    if (parser_->refusal()) co_return co_await refuse_parsed();
    if (parser_->is_done()) co_return true;
    if (co_await read_more()) continue;
    if (is_too_slow_ && phase() == Phase::body) {
      auto response = too_slow_response("its body was not there in time");
      co_return co_await refuse(std::move(response), Turned::too_slow);
    }
    co_return false;
  }
}

template <class Stream>
boost::asio::awaitable<Response> ServedConnection<Stream>::handle(const Router::Route& route) {
  const auto now = base::system_clock().steady();
  enter(Phase::handling, now, request_.deadline.when());
  core_->request_begins();
  struct End {
    ServerCore& core;
    ~End() { core.request_ends(); }
  } const end{*core_};
  std::string fault;
  try {
    if (const auto* plain = std::get_if<PlainHandler>(&route.handler)) {
      const telemetry::TraceScope trace(*request_.trace);
      co_return (*plain)(request_);
    }
    co_return co_await std::get<Handler>(route.handler)(request_);
  } catch (const std::exception& error) {
    fault = error.what();
  } catch (...) {
    fault = "something that is no std::exception";
  }
  co_return failed(fault);
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::answer(Response response, bool closes) {
  closes = closes || core_->is_draining() || !parser_->keeps_alive();
  for (auto& field : fields_) response.headers.push_back(std::move(field));
  const auto rest = write_answer(response,
                                 {.date = core_->date(),
                                  .request_id = request_.id,
                                  .is_head = request_.method == Method::head,
                                  .closes = closes,
                                  .is_old = parser_->is_old()},
                                 out_);
  enter_for(Phase::writing, core_->limits().write_within);
  const bool is_written = co_await write(out_, rest);
  tell(response);
  co_return is_written && !closes;
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::refuse(Response response, Turned why) {
  core_->probe().turned_away(why);
  // A body that nobody reads would be taken for the next request.
  co_return co_await answer(std::move(response), !parser_->is_done());
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::refuse_parsed() {
  if (request_.id.empty()) introduce(request_);
  const auto& problem = *parser_->refusal();
  const bool is_large = problem.status == status::content_too_large ||
                        problem.status == status::uri_too_long ||
                        problem.status == status::header_fields_too_large;
  core_->probe().turned_away(is_large ? Turned::too_large : Turned::malformed);
  auto response = to_response(problem);
  co_await answer(std::move(response), true);
  co_return false;
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::stream_events(Response response) {
  const auto& limits = core_->limits();
  if (core_->load().streams >= limits.streams || core_->is_draining()) {
    auto refusal = overload_response({.why = "too many streams are open, or the service is about to end"});
    co_return co_await refuse(std::move(refusal), Turned::shed);
  }
  core_->stream_begins();
  struct End {
    ServerCore& core;
    ~End() { core.stream_ends(); }
  } const end{*core_};
  for (auto& field : fields_) response.headers.push_back(std::move(field));
  write_answer(
      response,
      {.date = core_->date(), .request_id = request_.id, .closes = true, .is_old = parser_->is_old()}, out_);
  tell(response);
  enter_for(Phase::writing, limits.write_within);
  bool goes_on = co_await write(out_, {});
  while (goes_on && !core_->is_draining() && phase() != Phase::ended && request_.method != Method::head) {
    // A source that takes no notice of its deadline holds the place no longer for it. How late one may be has
    // nothing to do with how often a silent stream says so.
    enter_for(Phase::streaming, limits.quiet_for + limits.write_within);
    auto text = co_await next_event(response.events);
    if (phase() == Phase::ended || !text) break;
    out_ = *std::move(text);
    enter_for(Phase::writing, limits.write_within);
    goes_on = co_await write(out_, {});
  }
  co_return false;
}

template <class Stream>
boost::asio::awaitable<std::optional<std::string>> ServedConnection<Stream>::next_event(
    const NextEvent& events) {
  std::string fault;
  try {
    const auto next = co_await events(base::Deadline::after(core_->limits().quiet_for));
    if (std::holds_alternative<EndOfEvents>(next)) co_return std::nullopt;
    const auto* event = std::get_if<Event>(&next);
    co_return event != nullptr ? to_wire(*event) : std::string(":\n\n");
  } catch (const std::exception& error) {
    fault = error.what();
  }
  failed(fault);
  co_return std::nullopt;
}

template <class Stream>
boost::asio::awaitable<bool> ServedConnection<Stream>::write(std::string_view head, std::string_view body) {
  const std::array<boost::asio::const_buffer, 2> buffers{boost::asio::buffer(head),
                                                         boost::asio::buffer(body)};
  Error error;
  std::size_t written = 0;
  if constexpr (!is_tls) {
    // The socket does not block, and has room nearly always: then nothing has to be waited for.
    written = stream_.write_some(buffers, error);
    if (!error && written == head.size() + body.size()) co_return true;
    if (error && error != boost::asio::error::would_block) co_return false;
    error = {};
  }
  const auto skipped_head = std::min(written, head.size());
  const std::array<boost::asio::const_buffer, 2> rest{
      boost::asio::buffer(head.substr(skipped_head)),
      boost::asio::buffer(body.substr(written - skipped_head))};
  co_await boost::asio::async_write(stream_, rest, awaiting(error));
  co_return !error;
}

template <class Stream>
void ServedConnection<Stream>::on_due() {
  switch (phase()) {
    case Phase::head:
    case Phase::body:
      if (!std::exchange(is_too_slow_, true)) {
        // Its reader wakes up and says so.
        enter(phase(), since(), base::system_clock().steady() + core_->limits().write_within);
        Error ignored;
        socket().cancel(ignored);
        return;
      }
      return cut();
    case Phase::handling:
      is_overdue_ = true;
      enter_for(Phase::writing, core_->limits().write_within);
      boost::asio::co_spawn(socket().get_executor(), answer_overdue(this->shared_from_this()), tell_fault);
      return;
    default:
      return cut();
  }
}

template <class Stream>
void ServedConnection<Stream>::cut() {
  if (phase() == Phase::ended) return;
  enter(Phase::ended, base::system_clock().steady(), base::SteadyTime::max());
  Error ignored;
  socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  socket().close(ignored);
  // Its handler may go on for a while, which takes nobody's place.
  core_->remove(*this);
}

template <class Stream>
boost::asio::awaitable<void> ServedConnection<Stream>::answer_overdue(
    std::shared_ptr<ServedConnection> self) {
  auto response = overdue_response();
  co_await self->answer(std::move(response), true);
  co_await self->say_goodbye();
}

template <class Stream>
boost::asio::awaitable<void> ServedConnection<Stream>::say_goodbye() {
  if (phase() == Phase::ended) co_return;
  constexpr std::size_t thrown_away_at_most = 256 * 1024;
  enter_for(Phase::closing, std::chrono::seconds{1});
  Error error;
  if constexpr (is_tls) co_await stream_.async_shutdown(awaiting(error));
  socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
  buffer_.resize(std::max(buffer_.size(), read_bytes));
  for (std::size_t read = 0; !error && phase() != Phase::ended && read < thrown_away_at_most;) {
    read += co_await socket().async_read_some(boost::asio::buffer(buffer_), awaiting(error));
  }
  cut();
}

template <class Stream>
void ServedConnection<Stream>::tell(const Response& response) {
  const auto took = base::system_clock().steady() - began_;
  if (route_ != nullptr) core_->probe_of(*route_).answered(response.status, took);
  log_access(core_->options().access_log, request_,
             {.status = response.status, .bytes = response.body.size(), .took = took});
}

}  // namespace waybill::http
