#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "line_check.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/server_options.hpp"

namespace waybill::http {

/// Reads one request from the bytes of a connection. Beast knows the grammar; here is what it leaves open:
/// how much is taken, and what two readers could understand differently, which is refused. No I/O.
class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  /// Fills the request, which outlives it.
  RequestParser(const ServerLimits& limits, Request& request);

  /// Reads on, up to the end of the head; of bytes that begin where it has stopped. How many it is done with:
  /// the others are to be given again, with more behind them.
  std::size_t read_head(std::string_view bytes);
  /// The same for the body, once the head is read.
  std::size_t read_body(std::string_view bytes);

  /// How much of a body is taken; before any of it is read. The problem, if more is announced.
  std::optional<Problem> limit_body(std::size_t bytes);

  bool is_head_done() const { return is_head_checked_; }
  bool is_done() const { return is_head_checked_ && basic_parser::is_done(); }
  bool has_begun() const { return basic_parser::got_some(); }
  /// Why it is not read on, and the connection has to be closed.
  const std::optional<Problem>& refusal() const { return refusal_; }

  /// Whether another request may follow.
  bool keeps_alive() const { return !asks_to_close_ && basic_parser::keep_alive(); }
  bool is_old() const { return version_ == 10; }
  /// The client waits for a word before it sends the body.
  bool expects_word() const { return expects_word_; }

 private:
  using Error = boost::beast::error_code;
  using View = boost::beast::string_view;

  std::size_t read(std::string_view bytes);
  void check_head();
  void check_host();
  void check_target();
  void check_encoding();
  void check_expectation();
  void refuse_version(std::string_view line);
  void refuse(int status, std::string name, std::string title, std::string detail);
  void refuse(const Error& error);

  void on_request_impl(boost::beast::http::verb, View method, View target, int version,
                       Error& error) override;
  void on_response_impl(int, View, int, Error& error) override;
  void on_field_impl(boost::beast::http::field field, View name, View value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
  std::size_t on_body_impl(View bytes, Error& error) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, View bytes, Error& error) override;
  void on_finish_impl(Error& error) override;

  const ServerLimits& limits_;
  Request& request_;
  std::optional<Problem> refusal_;
  LineCheck lines_;
  std::size_t head_bytes_ = 0;
  std::string_view body_bytes_;  // of the call that is under way
  std::size_t fields_ = 0;
  int version_ = 11;
  bool is_method_known_ = true;
  bool is_head_read_ = false;
  bool is_head_checked_ = false;
  bool has_body_begun_ = false;
  bool expects_word_ = false;
  bool asks_to_close_ = false;
};

}  // namespace waybill::http
