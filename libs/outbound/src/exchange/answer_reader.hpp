#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "waybill/outbound/options.hpp"
#include "waybill/outbound/response.hpp"

namespace waybill::outbound {

/// Puts an answer together, within its limits, from the lines and bytes that curl has cut it into. Pure.
class AnswerReader {
 public:
  AnswerReader(const MessageLimits& limits, bool has_no_body) : limits_(limits), has_no_body_(has_no_body) {}

  /// One line of a head, or of the trailers, with its line break. False when the answer is too large.
  bool take_line(std::string_view line);
  /// Bytes of the body. False when the answer is too large.
  bool take_body(std::string_view bytes);

  /// Whether the empty line after the final head has come: curl takes an end of the connection for one too.
  bool has_head() const { return stage_ == Stage::body; }
  /// Whether any of an answer has come.
  bool has_begun() const { return head_bytes_ > 0; }
  /// What exceeded which limit; empty when nothing has.
  const std::string& excess() const { return excess_; }
  Response take() &&;

 private:
  enum class Stage { status, headers, body };

  bool begin(std::string_view line);
  void add_header(std::string_view line);
  bool is_framed() const;
  bool refuse(const std::string& what, const std::string& limit, std::size_t allowed);

  MessageLimits limits_;
  bool has_no_body_;
  Stage stage_ = Stage::status;
  std::size_t head_bytes_ = 0;
  std::size_t headers_ = 0;
  std::string excess_;
  Response response_;
};

}  // namespace waybill::outbound
