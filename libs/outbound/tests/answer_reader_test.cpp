#include "exchange/answer_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace waybill::outbound {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

bool take_all(AnswerReader& reader, std::initializer_list<std::string_view> lines) {
  bool taken = true;
  for (const auto line : lines) taken = taken && reader.take_line(line);
  return taken;
}

TEST(AnswerReader, reads_status_and_headers) {
  AnswerReader reader({}, false);
  ASSERT_TRUE(take_all(reader, {"HTTP/1.1 404 Not Found\r\n", "A:  b c \r\n", "D:\r\n"}));
  EXPECT_FALSE(reader.has_head());
  ASSERT_TRUE(reader.take_line("\r\n"));
  EXPECT_TRUE(reader.has_head());
  ASSERT_TRUE(reader.take_body("body"));
  const auto response = std::move(reader).take();
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.headers, ElementsAre(Header{"A", "b c"}, Header{"D", ""}));
  EXPECT_EQ(response.body, "body");
  EXPECT_FALSE(response.is_whole);
}

TEST(AnswerReader, joins_a_folded_header) {
  AnswerReader reader({}, false);
  take_all(reader, {"HTTP/1.1 200 OK\r\n", "A: b\r\n", "\t c\r\n", "\r\n"});
  EXPECT_THAT(std::move(reader).take().headers, ElementsAre(Header{"A", "b c"}));
}

TEST(AnswerReader, forgets_informational_heads_and_still_counts_them) {
  AnswerReader reader({.response_head_bytes = 120}, false);
  EXPECT_TRUE(take_all(reader, {"HTTP/1.1 103 Early Hints\r\n", "Link: a\r\n", "\r\n"}));
  EXPECT_FALSE(reader.has_head());
  EXPECT_TRUE(take_all(reader, {"HTTP/1.1 103 Early Hints\r\n", "Link: b\r\n", "\r\n"}));
  EXPECT_TRUE(take_all(reader, {"HTTP/1.1 200 OK\r\n"}));
  EXPECT_FALSE(take_all(reader, {"Content-Length: 0\r\n", "A: a-few-bytes-more\r\n"}));
  EXPECT_THAT(reader.excess(), HasSubstr("120 bytes of headers"));
}

TEST(AnswerReader, takes_as_many_headers_as_allowed_and_not_one_more) {
  AnswerReader reader({.response_headers = 2}, false);
  EXPECT_TRUE(take_all(reader, {"HTTP/1.1 200 OK\r\n", "A: 1\r\n", "B: 2\r\n", "\r\n"}));
  EXPECT_FALSE(reader.take_line("Trailer: 3\r\n"));
  EXPECT_THAT(reader.excess(), HasSubstr("more than 2 headers; raise messages.response_headers"));
}

TEST(AnswerReader, takes_a_body_up_to_its_limit_in_whatever_pieces) {
  AnswerReader reader({.response_body_bytes = 4}, false);
  take_all(reader, {"HTTP/1.1 200 OK\r\n", "\r\n"});
  EXPECT_TRUE(reader.take_body("ab"));
  EXPECT_TRUE(reader.take_body("cd"));
  EXPECT_TRUE(reader.take_body(""));
  EXPECT_FALSE(reader.take_body("e"));
}

TEST(AnswerReader, knows_an_answer_that_says_its_length) {
  const auto is_whole = [](std::string_view status, std::string_view header, bool has_no_body = false) {
    AnswerReader reader({}, has_no_body);
    take_all(reader, {status, header, "\r\n"});
    return std::move(reader).take().is_whole;
  };
  EXPECT_TRUE(is_whole("HTTP/1.1 200 OK\r\n", "content-length: 0\r\n"));
  EXPECT_TRUE(is_whole("HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(is_whole("HTTP/1.1 204 No Content\r\n", "A: b\r\n"));
  EXPECT_TRUE(is_whole("HTTP/1.1 200 OK\r\n", "A: b\r\n", true));
  EXPECT_FALSE(is_whole("HTTP/1.1 200 OK\r\n", "A: b\r\n"));
}

}  // namespace
}  // namespace waybill::outbound
