#include "request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <string>
#include <utility>

#include "characters.hpp"
#include "waybill/http/status.hpp"

namespace waybill::http {
namespace {

namespace beast_http = boost::beast::http;

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_of_host(char letter) {
  return is_letter_or_digit(letter) ||
         std::string_view("-._~%!$&'()*+,;=:[]").find(letter) != std::string_view::npos;
}

/// Whether it is one of the words between commas.
bool lists(std::string_view words, std::string_view wanted) {
  for (;;) {
    const auto comma = std::min(words.find(','), words.size());
    auto word = words.substr(0, comma);
    word.remove_prefix(std::min(word.find_first_not_of(" \t"), word.size()));
    word = word.substr(0, word.find_last_not_of(" \t") + 1);
    if (is_same_name(word, wanted)) return true;
    if (comma == words.size()) return false;
    words.remove_prefix(comma + 1);
  }
}

std::string malformed_because(const boost::system::error_code& error) {
  if (error == beast_http::error::bad_method) return "the request line does not begin with a method";
  if (error == beast_http::error::bad_target) return "the target of the request cannot be read";
  if (error == beast_http::error::bad_line_ending) return "a line does not end with CR and LF";
  if (error == beast_http::error::bad_field) {
    return "the name of a header field cannot be read, or a field comes behind the body";
  }
  if (error == beast_http::error::bad_value) return "the value of a header field cannot be read";
  if (error == beast_http::error::bad_content_length) {
    return "Content-Length is not one number, or stands beside Transfer-Encoding";
  }
  if (error == beast_http::error::multiple_content_length) return "there are two lengths of the content";
  if (error == beast_http::error::bad_transfer_encoding) {
    return "Transfer-Encoding is there twice, or beside Content-Length";
  }
  if (error == beast_http::error::bad_chunk || error == beast_http::error::bad_chunk_extension) {
    return "a chunk of the body cannot be read, has a size of too many digits, or an extension, which this "
           "server does not take";
  }
  return "the request cannot be read";
}

}  // namespace

RequestParser::RequestParser(const ServerLimits& limits, Request& request)
    : limits_(limits), request_(request) {
  basic_parser::header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  // What the route takes, which is not known yet: see limit_body().
  basic_parser::body_limit(boost::none);
  basic_parser::eager(false);
}

std::size_t RequestParser::read(std::string_view bytes) {
  Error error;
  const auto used = basic_parser::put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::bad_version) {
    refuse_version(bytes.substr(0, bytes.find('\r')));
    return used;
  }
  if (error && error != beast_http::error::need_more && !refusal_) refuse(error);
  return used;
}

std::size_t RequestParser::read_head(std::string_view bytes) {
  if (const auto wrong = lines_.look(bytes)) {
    refuse(status::bad_request, "request-malformed", "Malformed request", std::string(*wrong));
    return 0;
  }
  const auto used = read(bytes);
  lines_.used(used);
  head_bytes_ += used;
  if (refusal_) return used;
  const auto known = is_head_read_ ? head_bytes_ : head_bytes_ + (bytes.size() - used);
  if (known > limits_.header_bytes) {
    refuse(beast_http::make_error_code(beast_http::error::header_limit));
  } else if (is_head_read_) {
    check_head();
  }
  return used;
}

std::size_t RequestParser::read_body(std::string_view bytes) {
  // Beast 1.74 takes it for granted that a body which ends at once has five bytes when it sees them for the
  // second time, and ends the program where it is built with assertions.
  constexpr std::size_t shortest_in_chunks = 5;
  const bool may_be_empty = !has_body_begun_ && basic_parser::chunked() && bytes.starts_with('0');
  if (may_be_empty && bytes.size() < shortest_in_chunks) return 0;
  basic_parser::eager(true);
  body_bytes_ = bytes;
  const auto used = read(bytes);
  has_body_begun_ = has_body_begun_ || used > 0;
  if (refusal_ || basic_parser::is_done() || !basic_parser::chunked()) return used;
  constexpr std::size_t longest_size_line = 64;
  if (bytes.size() - used > longest_size_line)
    refuse(beast_http::make_error_code(beast_http::error::bad_chunk));
  return used;
}

std::optional<Problem> RequestParser::limit_body(std::size_t bytes) {
  basic_parser::body_limit(bytes);
  const auto length = basic_parser::content_length();
  if (length && *length > bytes) refuse(beast_http::make_error_code(beast_http::error::body_limit));
  return refusal_;
}

void RequestParser::check_head() {
  if (!is_method_known_) {
    return refuse(status::not_implemented, "method-unknown", "Unknown method",
                  "this server knows GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS");
  }
  check_host();
  if (refusal_) return;
  check_target();
  if (refusal_) return;
  check_encoding();
  if (refusal_) return;
  check_expectation();
  // Beast lets keep-alive win in a request of HTTP/1.0 that asks for both.
  for (std::size_t n = 0; is_old() && n < request_.headers.size(); ++n) {
    const bool is_connection = is_same_name(request_.headers.name(n), "Connection");
    asks_to_close_ = asks_to_close_ || (is_connection && lists(request_.headers.value(n), "close"));
  }
  is_head_checked_ = !refusal_;
}

void RequestParser::check_encoding() {
  if (const auto encoding = request_.headers.find("Transfer-Encoding")) {
    if (is_old()) {
      return refuse(status::bad_request, "request-malformed", "Malformed request",
                    "HTTP/1.0 has no Transfer-Encoding");
    }
    if (!is_same_name(*encoding, "chunked")) {
      return refuse(status::not_implemented, "transfer-encoding-unknown", "Unknown transfer encoding",
                    "the only one that this server takes is 'chunked'");
    }
  }
  const auto length = request_.headers.find("Content-Length");
  if (length && (request_.headers.count("Content-Length") > 1 || !is_number(*length))) {
    refuse(status::bad_request, "request-malformed", "Malformed request", "Content-Length is not one number");
  }
}

void RequestParser::check_expectation() {
  const auto expected = request_.headers.find("Expect");
  if (!expected || is_old()) return;
  expects_word_ = request_.headers.count("Expect") == 1 && is_same_name(*expected, "100-continue");
  if (expects_word_) return;
  refuse(status::expectation_failed, "expectation-unknown", "Unknown expectation",
         "the only one that this server meets is '100-continue'");
}

void RequestParser::refuse_version(std::string_view line) {
  // What looks like a version is one that nobody here speaks; anything else is no request at all.
  constexpr std::string_view form = " HTTP/d.d";
  bool is_version = line.size() > form.size();
  const auto end = line.substr(is_version ? line.size() - form.size() : 0);
  for (std::size_t n = 0; is_version && n < form.size(); ++n) {
    is_version = form[n] == 'd' ? is_number(end.substr(n, 1)) : form[n] == end[n];
  }
  if (is_version && end != " HTTP/1.1" && end != " HTTP/1.0" && std::ranges::count(line, ' ') == 2) {
    return refuse(status::version_not_supported, "version-not-supported", "Unknown version of HTTP",
                  "this server speaks HTTP/1.1 and HTTP/1.0");
  }
  refuse(status::bad_request, "request-malformed", "Malformed request",
         "the request line is not a method, a target and a version");
}

void RequestParser::check_host() {
  const auto hosts = request_.headers.count("Host");
  const auto host = request_.headers.find("Host");
  const bool is_right = hosts == 1 ? std::ranges::all_of(*host, is_of_host) : hosts == 0 && is_old();
  if (is_right) return;
  refuse(status::bad_request, "request-malformed", "Malformed request",
         hosts == 1 ? "the header field Host is not the name of a host"
                    : "a request has exactly one header field Host");
}

void RequestParser::check_target() {
  auto& target = request_.target;
  if (target == "*" && request_.method == Method::options) return;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!is_same_name(std::string_view(target).substr(0, scheme.size()), scheme)) continue;
    // The absolute form, which proxies send.
    const auto path = target.find_first_of("/?", scheme.size());
    const auto host = std::string_view(target).substr(scheme.size(), path - scheme.size());
    if (host.empty() || !std::ranges::all_of(host, is_of_host)) break;
    target = path == std::string::npos ? "/" : target.substr(path);
    if (target.front() == '?') target.insert(0, 1, '/');
    break;
  }
  if (target.front() == '/' && target.find('#') == std::string::npos) return;
  refuse(status::bad_request, "request-malformed", "Malformed request",
         "the target is not a path with a query");
}

void RequestParser::refuse(int status, std::string name, std::string title, std::string detail) {
  refusal_ = Problem{
      .status = status, .name = std::move(name), .title = std::move(title), .detail = std::move(detail)};
}

void RequestParser::refuse(const Error& error) {
  if (error == beast_http::error::header_limit) {
    const auto limit = std::to_string(limits_.header_bytes);
    // While the request line was not read to its end, it is what is too long.
    if (request_.target.empty()) {
      return refuse(status::uri_too_long, "target-too-long", "The target is too long",
                    "request line and header fields may have " + limit + " bytes together");
    }
    return refuse(status::header_fields_too_large, "headers-too-large", "Too many header fields",
                  "a request may have " + std::to_string(limits_.header_fields) + " header fields, and " +
                      limit + " bytes of them with its first line");
  }
  if (error == beast_http::error::body_limit) {
    return refuse(status::content_too_large, "body-too-large", "The body is too large",
                  "send less: docs say how much each resource takes");
  }
  refuse(status::bad_request, "request-malformed", "Malformed request", malformed_because(error));
}

void RequestParser::on_request_impl(beast_http::verb /*verb*/, View method, View target, int version,
                                    Error& /*error*/) {
  const auto known = method_of(view_of(method));
  is_method_known_ = known.has_value();
  request_.method = known.value_or(Method::get);
  request_.target = view_of(target);
  version_ = version;
}

void RequestParser::on_response_impl(int /*code*/, View /*reason*/, int /*version*/, Error& error) {
  error = beast_http::make_error_code(beast_http::error::bad_method);
}

void RequestParser::on_field_impl(beast_http::field /*field*/, View name, View value, Error& error) {
  if (++fields_ > limits_.header_fields) {
    error = beast_http::make_error_code(beast_http::error::header_limit);
    return;
  }
  if (is_head_read_) {
    // Behind a body in chunks: nobody has asked for it, and it is read differently by different readers.
    error = beast_http::make_error_code(beast_http::error::bad_field);
    return;
  }
  request_.headers.add(view_of(name), view_of(value));
}

void RequestParser::on_header_impl(Error& /*error*/) { is_head_read_ = true; }

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& /*error*/) {
  if (length) request_.body.reserve(static_cast<std::size_t>(*length));
}

std::size_t RequestParser::on_body_impl(View bytes, Error& /*error*/) {
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, View extensions, Error& error) {
  // Extensions nobody sends in earnest, and where one ends is read differently by different readers. Sizes
  // are no part of the body, so its limit does not bound them: there could be a line of zeros before each
  // byte.
  constexpr std::size_t most_digits = 16;
  const auto before = body_bytes_.substr(0, static_cast<std::size_t>(extensions.data() - body_bytes_.data()));
  const auto digits = before.size() - (before.rfind('\n') + 1);
  if (extensions.empty() && digits <= most_digits) return;
  error = beast_http::make_error_code(beast_http::error::bad_chunk_extension);
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*remain*/, View bytes, Error& error) {
  return on_body_impl(bytes, error);
}

void RequestParser::on_finish_impl(Error& /*error*/) {}

}  // namespace waybill::http
