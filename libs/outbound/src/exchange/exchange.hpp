#pragma once

#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "engine/easy_handle.hpp"
#include "engine/transfer.hpp"
#include "exchange/address.hpp"
#include "exchange/answer_reader.hpp"
#include "exchange/failure_of.hpp"
#include "waybill/outbound/options.hpp"
#include "waybill/outbound/request.hpp"
#include "waybill/runtime/job.hpp"

namespace waybill::outbound {

/// One request on its way, sent at most once, and its answer.
class Exchange final : public Transfer {
 public:
  using Result = boost::system::result<Response, Failure>;

  /// The options outlive it.
  Exchange(Request request, Address to, const Options& options);

  CURL* handle() override { return handle_.get(); }
  const std::string& place() const override { return place_; }
  void ended(const End& end) override;

  /// Run when it has ended, once.
  void on_end(runtime::Job tell) { tell_ = std::move(tell); }
  Result take() { return *std::move(result_); }

  const Request& request() const { return request_; }
  const Address& to() const { return to_; }
  bool was_sent() const { return was_sent_; }
  bool had_connection_from_before() const;

 private:
  static std::size_t on_line(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static int on_connected(void* self, char* their_ip, char* our_ip, int their_port, int our_port);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);

  void set_up_request();
  void set_up_headers();
  void set_up_connection();
  void set_up_callbacks();
  Result result_of(const End& end);
  Result finished(const Evidence& evidence);
  Progress progress(const End& end) const;

  Request request_;
  Address to_;
  const Options& options_;
  std::string place_;
  std::array<char, CURL_ERROR_SIZE> said_{};
  LineList headers_;
  AnswerReader reader_;
  bool was_sent_ = false;
  runtime::Job tell_;
  std::optional<Result> result_;
  EasyHandle handle_;  // goes first: it refers to all of the above
};

}  // namespace waybill::outbound
