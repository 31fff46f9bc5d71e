#include "answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <limits>

#include "characters.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/http/headers.hpp"
#include "waybill/http/status.hpp"

namespace waybill::http {
namespace {

/// A second buffer costs less than copying from about here on.
constexpr std::size_t short_body = 16 * 1024;

void append_number(std::string& out, std::size_t number) {
  std::array<char, std::numeric_limits<std::size_t>::digits10 + 2> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool has_no_body(int code) {
  return code < status::ok || code == status::no_content || code == status::not_modified;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void append_lines(std::string& out, std::string_view name, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    out.append(name).append(": ").append(text.substr(0, end)).append(1, '\n');
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

/// The name of a field that a handler may add; those that frame the answer are the server's own.
bool is_name(std::string_view text) {
  const auto is_of_token = [](char letter) {
    return is_letter_or_digit(letter) ||
           std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
  };
  static constexpr std::array<std::string_view, 4> framing{"Content-Length", "Transfer-Encoding",
                                                           "Connection", "Date"};
  return !text.empty() && std::ranges::all_of(text, is_of_token) &&
         std::ranges::none_of(framing, [text](std::string_view name) { return is_same_name(name, text); });
}

}  // namespace

bool can_be_sent(const Response& response) {
  constexpr int last = 599;
  return response.status >= status::ok && response.status <= last && is_one_line(response.content_type) &&
         std::ranges::all_of(response.headers, [](const auto& header) {
           return is_name(header.first) && is_one_line(header.second);
         });
}

std::string_view write_answer(const Response& response, const AnswerFrame& frame, std::string& out) {
  ENSURE(can_be_sent(response), "an answer with a header field of several lines");
  out.assign("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(1, ' ').append(reason_of(response.status)).append("\r\nDate: ").append(frame.date);
  if (!frame.request_id.empty()) out.append("\r\nX-Request-Id: ").append(frame.request_id);
  if (!response.content_type.empty()) out.append("\r\nContent-Type: ").append(response.content_type);
  if (!has_no_body(response.status) && !response.events) {
    out.append("\r\nContent-Length: ");
    append_number(out, response.body.size());
  }
  for (const auto& [name, value] : response.headers)
    out.append("\r\n").append(name).append(": ").append(value);
  if (frame.closes) {
    out.append("\r\nConnection: close");
  } else if (frame.is_old) {
    out.append("\r\nConnection: keep-alive");
  }
  out.append("\r\n\r\n");
  if (frame.is_head || has_no_body(response.status)) return {};
  if (response.body.size() > short_body) return response.body;
  out.append(response.body);
  return {};
}

std::string to_wire(const Event& event) {
  std::string out;
  if (!event.id.empty()) append_lines(out, "id", event.id);
  if (!event.type.empty()) append_lines(out, "event", event.type);
  append_lines(out, "data", event.data);
  return out.append(1, '\n');
}

std::string http_date() {
  const auto now = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::seconds>(base::system_clock().wall()));
  std::tm parts{};
  gmtime_r(&now, &parts);
  // The names are English whatever the process's locale says.
  static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 32> rest{};
  std::string out{days.at(static_cast<std::size_t>(parts.tm_wday))};
  out.append(rest.data(), std::strftime(rest.data(), rest.size(), ", %d ", &parts));
  out.append(months.at(static_cast<std::size_t>(parts.tm_mon)));
  out.append(rest.data(), std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &parts));
  return out;
}

}  // namespace waybill::http
