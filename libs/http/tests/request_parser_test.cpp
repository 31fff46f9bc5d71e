#include "request_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace waybill::http {
namespace {

const ServerLimits limits;

/// What is made of a body in chunks that comes in pieces of that size.
std::string reading_of(std::string_view body, std::size_t piece) {
  Request request;
  RequestParser parser(limits, request);
  parser.read_head("POST /items HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string unread;
  while (!body.empty() && !parser.is_done() && !parser.refusal()) {
    unread.append(body.substr(0, piece));
    body.remove_prefix(std::min(piece, body.size()));
    unread.erase(0, parser.read_body(unread));
  }
  if (parser.refusal()) return "refused";
  if (!parser.is_done()) return "not yet whole";
  return "'" + request.body + "', then '" + unread.append(body) + "'";
}

/// Calls it with all texts of that many letters of these.
template <class Visit>
void for_each_text(std::string_view letters, std::size_t length, const Visit& visit) {
  std::string text(length, letters.front());
  for (;;) {
    visit(text);
    std::size_t at = 0;
    for (; at < length; ++at) {
      const auto next = letters.find(text[at]) + 1;
      text[at] = letters[next % letters.size()];
      if (next < letters.size()) break;
    }
    if (at == length) return;
  }
}

TEST(RequestParser, reads_a_body_in_chunks_byte_by_byte) {
  EXPECT_EQ(reading_of("0\r\n\r\nGET", 1), "'', then 'GET'");
  EXPECT_EQ(reading_of("00\r\n\r\n", 1), "'', then ''");
  EXPECT_EQ(reading_of("1\r\n{\r\n01\r\n}\r\n0\r\n\r\n", 1), "'{}', then ''");
}

TEST(RequestParser, makes_the_same_of_any_short_body_in_chunks_whatever_pieces_it_comes_in) {
  for (const std::string begin : {"", "1\r\nx"}) {
    for (std::size_t length = 1; length <= 6; ++length) {
      for_each_text("01\r\nx", length, [&](const std::string& text) {
        const auto body = begin + text;
        const auto whole = reading_of(body, body.size());
        for (const std::size_t piece : {1U, 3U, 4U}) {
          ASSERT_EQ(reading_of(body, piece), whole)
              << testing::PrintToString(body) << " in pieces of " << piece;
        }
      });
    }
  }
}

}  // namespace
}  // namespace waybill::http
