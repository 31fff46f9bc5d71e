#pragma once

#include <string>
#include <string_view>

#include "waybill/http/response.hpp"

namespace waybill::http {

/// What the server adds to each answer.
struct AnswerFrame {
  std::string_view date{};
  std::string_view request_id{};
  bool is_head = false;  ///< of a HEAD request: the length, and no body
  bool closes = false;   ///< the connection ends with it
  bool is_old = false;   ///< of HTTP/1.0, where a connection that stays has to be told of
};

/// Whether what a handler made is an answer: a status from 200 to 599, and header fields of one line each,
/// none of which says where the answer ends.
bool can_be_sent(const Response& response);

/// Writes the first line and the header fields of an answer, and its body where that is short, into `out`,
/// which is emptied. What is left of the body to be sent. ENSURE: it can be sent.
std::string_view write_answer(const Response& response, const AnswerFrame& frame, std::string& out);

/// One event as it goes over the wire.
std::string to_wire(const Event& event);

/// RFC 9110's form of now, as a header field has it.
std::string http_date();

}  // namespace waybill::http
