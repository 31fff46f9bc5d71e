#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "raw_client.hpp"
#include "running_server.hpp"

// What strangers send: each gets its status and a problem document, and what could be read in two ways ends
// the connection, so that nothing behind it is taken for another request.

namespace waybill::http::testing {
namespace {

using ::testing::HasSubstr;

struct Bad {
  std::string name;
  std::string request;
  int status = 400;
  std::string problem = "request-malformed";
  bool closes = true;
};

std::string getting(const std::string& fields, const std::string& target = "/hello") {
  return "GET " + target + " HTTP/1.1\r\n" + host + fields + "\r\n";
}
std::string posting(const std::string& fields, const std::string& body) {
  return "POST /items HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n" + fields + "\r\n" + body;
}
std::string lines(int count, const std::string& line) {
  std::string all;
  for (int n = 0; n < count; ++n) all += line + std::to_string(n) + ": x\r\n";
  return all;
}

/// A body of so many bytes, each with its size behind that many zeros.
std::string pieces(int count, std::size_t zeros) {
  std::string all;
  for (int n = 0; n < count; ++n) all += std::string(zeros, '0') + "1\r\nx\r\n";
  return all + "0\r\n\r\n";
}

std::vector<Bad> malformed_lines() {
  return {
      {"no method", " /hello HTTP/1.1\r\n" + host + "\r\n"},
      {"only rubbish", "\x16\x03\x01\x02\r\n\r\n"},
      {"a method that is no token", "GE(T /hello HTTP/1.1\r\n" + host + "\r\n"},
      {"a method that nobody knows", "BREW /hello HTTP/1.1\r\n" + host + "\r\n", 501, "method-unknown"},
      {"a method in lower case", "get /hello HTTP/1.1\r\n" + host + "\r\n", 501, "method-unknown"},
      {"CONNECT", "CONNECT shop:80 HTTP/1.1\r\n" + host + "\r\n", 501, "method-unknown"},
      {"no version", "GET /hello\r\n" + host + "\r\n"},
      {"HTTP/2.0", "GET /hello HTTP/2.0\r\n" + host + "\r\n", 505, "version-not-supported"},
      {"HTTP/0.9", "GET /hello HTTP/0.9\r\n" + host + "\r\n", 505, "version-not-supported"},
      {"a version that is none", "GET /hello HTTP/x.y\r\n" + host + "\r\n"},
      {"two spaces", "GET  /hello HTTP/1.1\r\n" + host + "\r\n"},
      {"a target with a space", "GET /hel lo HTTP/1.1\r\n" + host + "\r\n"},
      {"a target with a control character", "GET /hel\x01lo HTTP/1.1\r\n" + host + "\r\n"},
      {"a target with a fragment", "GET /hello#x HTTP/1.1\r\n" + host + "\r\n"},
      {"a target that is no path", "GET hello HTTP/1.1\r\n" + host + "\r\n"},
      {"no host in a target with a scheme", "GET http:///hello HTTP/1.1\r\n" + host + "\r\n"},
      {"a user in a target with a scheme", "GET http://me@shop/hello HTTP/1.1\r\n" + host + "\r\n"},
      {"a fragment in a target with a scheme", "GET http://shop#x/hello HTTP/1.1\r\n" + host + "\r\n"},
      {"an asterisk", "GET * HTTP/1.1\r\n" + host + "\r\n"},
      {"a lone line feed", "GET /hello HTTP/1.1\nHost: shop\n\n"},
      {"a long target", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414,
       "target-too-long"},
      {"a target that never ends", "GET /" + std::string(9'000, 'a'), 414, "target-too-long"},
  };
}

std::vector<Bad> malformed_fields() {
  return {
      {"no host", "GET /hello HTTP/1.1\r\n\r\n"},
      {"two hosts", "GET /hello HTTP/1.1\r\n" + host + host + "\r\n"},
      {"a host with a path", "GET /hello HTTP/1.1\r\nHost: shop/x\r\n\r\n"},
      {"a host with a user", "GET /hello HTTP/1.1\r\nHost: me@shop\r\n\r\n"},
      {"two hosts in one field", "GET /hello HTTP/1.1\r\nHost: shop, bank\r\n\r\n", 400},
      {"a field without a colon", getting("nothing\r\n")},
      {"a field without a name", getting(": value\r\n")},
      {"a space before the colon", getting("X-Thing : value\r\n")},
      {"a name with a space", getting("X Thing: value\r\n")},
      {"a control character in a value", getting("X-Thing: a\x02z\r\n")},
      {"a NUL in a value", getting(std::string("X-Thing: a\0z\r\n", 14))},
      {"a lone carriage return in a value", getting("X-Thing: a\rz\r\n")},
      {"a line that goes on in the next one", getting("X-Thing: a\r\n b\r\n")},
      {"… by a tab", getting("X-Thing: a\r\n\tb\r\n")},
      {"… of nothing but spaces", getting("X-Thing: a\r\n  \r\n")},
      {"a first field that goes on", "GET /hello HTTP/1.1\r\n X-Thing: a\r\n" + host + "\r\n"},
      {"65 fields", getting(lines(64, "X-")), 431, "headers-too-large"},
      {"fields of more than 8 KiB", getting("X-Thing: " + std::string(9'000, 'a') + "\r\n"), 431,
       "headers-too-large"},
      {"many short fields of more than 8 KiB", getting(lines(63, std::string(150, 'X'))), 431,
       "headers-too-large"},
      {"two expectations", getting("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417,
       "expectation-unknown"},
      {"an expectation that nobody knows", getting("Expect: a-miracle\r\n"), 417, "expectation-unknown"},
  };
}

std::vector<Bad> smuggling() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      {"length and chunks", posting("Content-Length: 5\r\n" + chunked, "0\r\n\r\n")},
      {"chunks and length", posting(chunked + "Content-Length: 5\r\n", "0\r\n\r\n")},
      {"two lengths", posting("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x")},
      {"two lengths that are the same", posting("Content-Length: 2\r\nContent-Length: 2\r\n", "{}")},
      {"two lengths in one field", posting("Content-Length: 2, 2\r\n", "{}")},
      {"a negative length", posting("Content-Length: -1\r\n", "")},
      {"a length with a sign", posting("Content-Length: +2\r\n", "{}")},
      {"a hexadecimal length", posting("Content-Length: 0x2\r\n", "{}")},
      {"a length of nothing", posting("Content-Length: \r\n", "{}")},
      {"a length beyond 64 bits", posting("Content-Length: 99999999999999999999\r\n", "{}")},
      {"chunks twice", posting(chunked + chunked, "0\r\n\r\n")},
      {"chunks and something", posting("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501,
       "transfer-encoding-unknown"},
      {"chunks, then something", posting("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 501,
       "transfer-encoding-unknown"},
      {"something that looks like chunks", posting("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501,
       "transfer-encoding-unknown"},
      {"chunks in quotes", posting("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501,
       "transfer-encoding-unknown"},
      {"chunks behind a vertical tab", posting("Transfer-Encoding: \x0b"
                                               "chunked\r\n",
                                               "0\r\n\r\n")},
      {"chunks of HTTP/1.0",
       "POST /items HTTP/1.0\r\nContent-Type: application/json\r\n" + chunked + "\r\n0\r\n\r\n"},
      {"a chunk without a size", posting(chunked, "\r\n\r\n")},
      {"a chunk whose size is no number", posting(chunked, "zz\r\nabc\r\n0\r\n\r\n")},
      {"a chunk with a negative size", posting(chunked, "-1\r\nabc\r\n0\r\n\r\n")},
      {"a chunk of 2^64 bytes", posting(chunked, "10000000000000000\r\nabc\r\n0\r\n\r\n")},
      {"a chunk longer than it says", posting(chunked, "2\r\nabc\r\n0\r\n\r\n")},
      {"a chunk with an extension", posting(chunked, "2;a=b\r\n{}\r\n0\r\n\r\n")},
      {"… in whose quotes a line ends", posting(chunked, "2;a=\"\nX\"\r\n2f\r\n0\r\n\r\n")},
      {"a last chunk with an extension", posting(chunked, "2\r\n{}\r\n0;a=b\r\n\r\n")},
      {"a field behind the body", posting(chunked, "2\r\n{}\r\n0\r\nX-Thing: a\r\n\r\n")},
      {"a length behind the body", posting(chunked, "2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n")},
      {"a line that goes on behind the body", posting(chunked, "0\r\nX: a\r\n b\r\n\r\n")},
      {"a chunk of a thousand zeros for each byte", posting(chunked, pieces(40, 1'000))},
      {"a chunk whose line does not end", posting(chunked, "2;" + std::string(40'000, 'x'))},
  };
}

std::vector<Bad> refused_bodies() {
  const std::string gigabyte = "Content-Length: 1073741824\r\n";
  return {
      {"a body of 1 GiB", posting(gigabyte, "{"), 413, "body-too-large"},
      {"… that waits for a word", posting(gigabyte + "Expect: 100-continue\r\n", ""), 413, "body-too-large"},
      {"a body of 64 KiB and one byte", posting("Content-Length: 65537\r\n", ""), 413, "body-too-large"},
      {"a chunk of 1 GiB", posting("Transfer-Encoding: chunked\r\n", "40000000\r\n{"), 413, "body-too-large"},
      {"a body to GET", getting("Content-Length: 2\r\n") + "{}", 400, "body-unexpected"},
      {"… in chunks", getting("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400, "body-unexpected"},
      {"another type",
       "POST /items HTTP/1.1\r\n" + host + "Content-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", 415,
       "content-type-unknown"},
      {"no type", "POST /items HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}", 415,
       "content-type-unknown"},
      {"a type that only begins so",
       "POST /items HTTP/1.1\r\n" + host + "Content-Type: application/jsonx\r\nContent-Length: 2\r\n\r\n{}",
       415, "content-type-unknown"},
      {"another character set",
       "POST /items HTTP/1.1\r\n" + host +
           "Content-Type: application/json; charset=latin1\r\nContent-Length: 2\r\n\r\n{}",
       415, "content-type-unknown"},
      {"a compressed body", posting("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"), 415,
       "content-type-unknown"},
  };
}

std::vector<Bad> paths() {
  return {
      {"nothing there", getting("", "/nothing"), 404, "not-found", false},
      {"a slash too many", getting("", "/hello/"), 404, "not-found", false},
      {"two slashes", getting("", "//hello"), 404, "not-found", false},
      {"upper case", getting("", "/HELLO"), 404, "not-found", false},
      {"an escaped slash", getting("", "/items%2f1"), 404, "not-found", false},
      {"a path that climbs", getting("", "/items/../hello"), 404, "not-found", false},
      {"an empty part", getting("", "/items/"), 404, "not-found", false},
      {"an escape that is none", getting("", "/items/%zz"), 400, "path-invalid", false},
      {"half an escape", getting("", "/items/%4"), 400, "path-invalid", false},
      {"an escaped NUL", getting("", "/items/a%00b"), 400, "path-invalid", false},
      {"an escaped line break", getting("", "/items/a%0d%0ab"), 400, "path-invalid", false},
      {"half a character", getting("", "/items/%c3"), 400, "path-invalid", false},
      {"a character in too many bytes", getting("", "/items/%c0%af"), 400, "path-invalid", false},
      {"half of a surrogate pair", getting("", "/items/%ed%a0%80"), 400, "path-invalid", false},
      {"another method", "DELETE /hello HTTP/1.1\r\n" + host + "\r\n", 405, "method-not-allowed", false},
      {"another method with a body", "PATCH /hello HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}", 405,
       "method-not-allowed"},
      {"what throws", getting("", "/broken"), 500, "internal", false},
      {"what answers with a length of its own", getting("", "/framed"), 500, "internal", false},
      {"what streams with two lines", getting("", "/split-stream"), 500, "internal", false},
      {"what answers with a status that is none", getting("", "/statusless"), 500, "internal", false},
      {"what answers with two lines", getting("", "/split"), 500, "internal", false},
  };
}

std::vector<Bad> all_bad() {
  std::vector<Bad> all;
  for (auto some : {malformed_lines(), malformed_fields(), smuggling(), refused_bodies(), paths()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

class BadRequest : public ::testing::Test {
 protected:
  RunningServer server_;
};

// One server for all: what one request leaves behind would show in the next.
TEST_F(BadRequest, is_answered_with_its_status_and_a_problem_document) {
  for (const auto& bad : all_bad()) {
    SCOPED_TRACE(bad.name);
    RawClient client(server_.port());
    client.send(bad.request);
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, bad.status);
    EXPECT_EQ(answer->header("content-type"), "application/problem+json");
    const auto problem = nlohmann::json::parse(answer->body, nullptr, false);
    ASSERT_TRUE(problem.is_object()) << answer->body;
    EXPECT_EQ(problem.value("type", ""), "urn:waybill:problem:" + bad.problem) << answer->body;
    EXPECT_EQ(problem.value("status", 0), bad.status);
    EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("secret")));
    EXPECT_FALSE(answer->header("x-request-id").empty());
    EXPECT_EQ(answer->header("connection"), bad.closes ? "close" : "");
  }
  EXPECT_EQ(ask(server_.port(), getting(""))->status, 200);
  EXPECT_GE(all_bad().size(), 100U);
}

// What stands behind a request that is not read to its end is no request.
TEST_F(BadRequest, is_followed_by_nothing_once_it_may_be_read_in_two_ways) {
  for (const auto& bad : all_bad()) {
    if (!bad.closes) continue;
    SCOPED_TRACE(bad.name);
    RawClient client(server_.port());
    client.send(bad.request + getting("", "/items/smuggled"));
    client.end_sending();
    const auto answers = client.receive_rest();
    EXPECT_THAT(answers, ::testing::Not(HasSubstr("smuggled")));
    EXPECT_NE(answers.find("\nDate: "), std::string::npos) << answers;
    EXPECT_EQ(answers.find("\nDate: "), answers.rfind("\nDate: ")) << answers;
  }
}

// Whatever piece comes first.
TEST_F(BadRequest, is_the_same_when_it_comes_byte_by_byte) {
  for (const auto& bad : all_bad()) {
    if (bad.request.size() > 400) continue;
    SCOPED_TRACE(bad.name);
    RawClient client(server_.port());
    for (const char byte : bad.request) client.send({&byte, 1});
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, bad.status);
  }
}

TEST_F(BadRequest, that_ends_in_the_middle_is_not_answered_and_leaves_no_connection) {
  const auto whole = posting("Content-Length: 2\r\n", "{}");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    RawClient client(server_.port());
    client.send(std::string_view(whole).substr(0, cut));
    client.end_sending();
    EXPECT_EQ(client.receive_rest(), "") << cut;
  }
  EXPECT_TRUE(server_.has_no_connection());
}

}  // namespace
}  // namespace waybill::http::testing
