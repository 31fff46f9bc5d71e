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

TEST(RequestParser, reads_a_body_that_comes_in_a_chunk_for_each_byte) {
  std::string bytes;
  for (int n = 0; n < 20'000; ++n) bytes += "1\r\nx\r\n";
  bytes += "0\r\n\r\n";
  for (const auto piece : {std::size_t{7}, bytes.size()}) {
    EXPECT_EQ(reading_of(bytes, piece), "'" + std::string(20'000, 'x') + "', then ''");
  }
}

// What it came in is bounded by no limit of the body: each line of a size is.
TEST(RequestParser, takes_a_size_of_a_chunk_in_at_most_sixteen_digits) {
  const std::string zeros(15, '0');
  EXPECT_EQ(reading_of(zeros + "1\r\nx\r\n" + zeros + "0\r\n\r\n", 1), "'x', then ''");
  for (const std::string bad : {"01\r\nx\r\n0\r\n\r\n", "0\r\n\r\n"}) {
    const auto body = std::string("1\r\nx\r\n0").append(zeros).append(bad);
    for (const auto piece : {std::size_t{1}, std::size_t{5}, body.size()}) {
      EXPECT_EQ(reading_of(body, piece), "refused") << piece;
    }
  }
  EXPECT_EQ(reading_of(std::string(80, '0'), 1), "refused") << "without waiting for its end";
}

TEST(RequestParser, lets_the_wish_to_close_win_over_the_wish_to_go_on) {
  for (const auto* version : {"0", "1"}) {
    for (const auto* fields : {"close", "keep-alive, close", "Close , keep-alive",
                               "keep-alive\r\nConnection: close", "a,close\r\nConnection: keep-alive"}) {
      Request request;
      RequestParser parser(limits, request);
      std::string head = "GET / HTTP/1.";
      head.append(version).append("\r\nHost: shop\r\nConnection: ").append(fields).append("\r\n\r\n");
      parser.read_head(head);
      EXPECT_TRUE(parser.is_done());
      EXPECT_FALSE(parser.keeps_alive()) << version << " " << fields;
    }
  }
  Request request;
  RequestParser parser(limits, request);
  parser.read_head("GET / HTTP/1.0\r\nConnection: keep-alive, closet\r\n\r\n");
  EXPECT_TRUE(parser.keeps_alive());
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
