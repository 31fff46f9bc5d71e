#include "exchange/answer_reader.hpp"

#include <charconv>

#include "letter_case.hpp"

namespace waybill::outbound {
namespace {

std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

// Informational heads come before the final one; with 101 the connection would speak something else.
bool is_preliminary(int status) { return status >= 100 && status < 200 && status != 101; }

}  // namespace

bool AnswerReader::take_line(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > limits_.response_head_bytes) {
    return refuse("bytes of headers", "messages.response_head_bytes", limits_.response_head_bytes);
  }
  if (stage_ == Stage::status) return begin(line);
  const auto text = trimmed(line);
  if (text.empty()) {
    if (stage_ == Stage::headers) stage_ = is_preliminary(response_.status) ? Stage::status : Stage::body;
    return true;
  }
  if (++headers_ > limits_.response_headers) {
    return refuse("headers", "messages.response_headers", limits_.response_headers);
  }
  // Trailers are counted, so that they end, and not kept: nobody may take them for headers.
  if (stage_ == Stage::headers) add_header(line);
  return true;
}

bool AnswerReader::begin(std::string_view line) {
  const auto text = trimmed(line);
  if (text.empty()) return true;
  const auto code = text.substr(std::min(text.find(' '), text.size()));
  const auto digits = trimmed(code).substr(0, 3);
  response_ = Response{};
  std::from_chars(digits.data(), digits.data() + digits.size(), response_.status);
  stage_ = Stage::headers;
  return true;
}

void AnswerReader::add_header(std::string_view line) {
  const bool is_continued = line.front() == ' ' || line.front() == '\t';
  if (is_continued && !response_.headers.empty()) {
    response_.headers.back().value.append(" ").append(trimmed(line));
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.push_back(
      {std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
}

bool AnswerReader::take_body(std::string_view bytes) {
  if (bytes.size() > limits_.response_body_bytes - response_.body.size()) {
    return refuse("bytes of body", "messages.response_body_bytes", limits_.response_body_bytes);
  }
  response_.body.append(bytes);
  return true;
}

bool AnswerReader::refuse(const std::string& what, const std::string& limit, std::size_t allowed) {
  if (excess_.empty()) {
    excess_ = "more than " + std::to_string(allowed) + ' ' + what + "; raise " + limit +
              " if that is to be expected";
  }
  return false;
}

bool AnswerReader::is_framed() const {
  const int status = response_.status;
  return has_no_body_ || status == 204 || status == 304 ||
         find_header(response_.headers, "Content-Length") != nullptr ||
         find_header(response_.headers, "Transfer-Encoding") != nullptr;
}

Response AnswerReader::take() && {
  response_.is_whole = is_framed();
  return std::move(response_);
}

}  // namespace waybill::outbound
