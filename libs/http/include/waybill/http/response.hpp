#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "waybill/base/deadline.hpp"

namespace waybill::http {

/// One of server-sent events. A line break in `data` is kept; `id` and `type` have none.
struct Event {
  std::string id{};    ///< what the client sends as Last-Event-ID when it comes back
  std::string type{};  ///< empty: "message"
  std::string data{};
};
/// Nothing happened until the deadline: the client is told that the server is still there.
struct Quiet {};
/// There will be no more events.
struct EndOfEvents {};

/// Waits for the next event, no longer than the deadline. Called again after each, one call at a time.
using NextEvent =
    std::function<boost::asio::awaitable<std::variant<Event, Quiet, EndOfEvents>>(base::Deadline)>;

/// What a handler answers. The server adds what every answer has: length, date, request id, and what it has
/// to say of the connection and of the client's rate.
struct Response {
  int status = 200;
  std::string content_type{};  ///< empty where there is no body
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Instead of a body: the source of server-sent events. See stream_response().
  NextEvent events{};

  Response& with(std::string name, std::string value) & {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Response&& with(std::string name, std::string value) && {
    return std::move(with(std::move(name), std::move(value)));
  }
};

/// "application/json", of a text that is JSON already.
Response json_response(int status, std::string body);
/// Without a body.
Response empty_response(int status);
/// Server-sent events, for as long as the client stays and there are any.
Response stream_response(NextEvent events);

/// The reason phrase of a status: "Not Found"; empty of one that is not registered.
std::string_view reason_of(int status);

}  // namespace waybill::http
