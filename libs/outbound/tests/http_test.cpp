#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver.hpp"
#include "scripted_server.hpp"

// What goes over the wire, and what is made of what comes back.

namespace waybill::outbound::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Remembers what it was sent, one request a connection.
struct Recorder {
  ReceivedRequest request;
  ScriptedServer server{[this](Conversation& conversation) {
    if (auto received = conversation.read_request()) request = *std::move(received);
    conversation.answer(200, "fine");
  }};
};

/// Ends each connection after these bytes.
std::unique_ptr<ScriptedServer> says(std::string bytes) {
  return std::make_unique<ScriptedServer>([bytes = std::move(bytes)](Conversation& conversation) {
    if (conversation.read_request()) conversation.send(bytes);
  });
}

TEST(Http, sends_method_target_headers_and_body_as_they_were_given) {
  Recorder recorder;
  Driver driver;
  const auto outcome = driver.send({.method = Method::post,
                                    .url = recorder.server.url("/charges?currency=EUR#top"),
                                    .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}},
                                    .body = std::string("{\"cents\":1}\0\r\n", 14)});
  EXPECT_EQ(outcome.status(), 200) << outcome;
  EXPECT_EQ(outcome.body(), "fine");
  EXPECT_EQ(recorder.request.line(), "POST /charges?currency=EUR HTTP/1.1");
  EXPECT_EQ(recorder.request.body, std::string("{\"cents\":1}\0\r\n", 14));
  EXPECT_EQ(recorder.request.header("Content-Type"), "application/json");
  EXPECT_EQ(recorder.request.header("X-Empty"), "");
  EXPECT_EQ(recorder.request.header("Content-Length"), "14");
  EXPECT_EQ(recorder.request.header("User-Agent"), "waybill");
  EXPECT_EQ(recorder.request.header("Expect"), "none");
  EXPECT_EQ(recorder.request.header("Accept-Encoding"), "none");
}

TEST(Http, gives_each_method_its_framing) {
  Driver driver;
  const auto sent_by = [&](Method method, std::string body) {
    Recorder recorder;
    driver.send({.method = method, .url = recorder.server.url("/x"), .body = std::move(body)});
    return recorder.request.line() + " | " + recorder.request.header("Content-Length") + " | " +
           recorder.request.header("Content-Type");
  };
  EXPECT_EQ(sent_by(Method::get, ""), "GET /x HTTP/1.1 | none | none");
  EXPECT_EQ(sent_by(Method::delete_, ""), "DELETE /x HTTP/1.1 | none | none");
  EXPECT_EQ(sent_by(Method::delete_, "why"), "DELETE /x HTTP/1.1 | 3 | none");
  EXPECT_EQ(sent_by(Method::options, ""), "OPTIONS /x HTTP/1.1 | none | none");
  EXPECT_EQ(sent_by(Method::post, ""), "POST /x HTTP/1.1 | 0 | none");
  EXPECT_EQ(sent_by(Method::put, ""), "PUT /x HTTP/1.1 | 0 | none");
  EXPECT_EQ(sent_by(Method::patch, "p"), "PATCH /x HTTP/1.1 | 1 | none");
}

TEST(Http, sends_a_large_body_at_once) {
  Recorder recorder;
  Driver driver;
  const std::string body(5'000'000, 'b');
  EXPECT_EQ(driver.send({.method = Method::put, .url = recorder.server.url(), .body = body}).status(), 200);
  EXPECT_EQ(recorder.request.body.size(), body.size());
}

// A refusal that is thrown away, or taken for a fault and tried again, is a business error.
TEST(Http, returns_every_status_as_a_response) {
  Driver driver;
  for (const int status : {200, 201, 301, 400, 402, 404, 409, 422, 429, 500, 503}) {
    const ScriptedServer server([=](Conversation& conversation) {
      if (conversation.read_request()) conversation.answer(status, "because", "X-Reason: r\r\n");
    });
    const auto outcome = driver.send(server.url());
    EXPECT_EQ(outcome.status(), status) << outcome;
    EXPECT_EQ(outcome.body(), "because");
    EXPECT_EQ(*find_header(outcome.response->headers, "x-reason"), "r");
  }
}

TEST(Http, waits_through_informational_answers_for_the_final_one) {
  const auto server = says(
      "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nLocation: /1\r\n\r\nok");
  Driver driver;
  const auto outcome = driver.send(server->url());
  EXPECT_EQ(outcome.status(), 201) << outcome;
  EXPECT_EQ(outcome.body(), "ok");
  EXPECT_EQ(find_header(outcome.response->headers, "X-Early"), nullptr);
  EXPECT_NE(find_header(outcome.response->headers, "Location"), nullptr);
}

// A body that is awaited where none comes holds the connection until the deadline.
TEST(Http, awaits_no_body_where_there_is_none) {
  const ScriptedServer server([](Conversation& conversation) {
    while (const auto request = conversation.read_request()) {
      if (request->target() == "/head")
        conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n");
      if (request->target() == "/none") conversation.send("HTTP/1.1 204 No Content\r\n\r\n");
      if (request->target() == "/same") {
        conversation.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
      }
    }
  });
  Driver driver;
  const auto head = driver.send({.method = Method::head, .url = server.url("/head")});
  EXPECT_EQ(head.status(), 200) << head;
  EXPECT_EQ(*find_header(head.response->headers, "Content-Length"), "9999999");
  EXPECT_EQ(driver.send(server.url("/none")).status(), 204);
  EXPECT_EQ(driver.send(server.url("/same")).status(), 304);
  EXPECT_EQ(server.accepted(), 1U) << "the connection is still in step";
}

TEST(Http, reads_a_chunked_body_and_keeps_trailers_out_of_the_headers) {
  const auto server = says(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n"
      "X-Trailer: late\r\n\r\n");
  Driver driver;
  const auto outcome = driver.send(server->url());
  EXPECT_EQ(outcome.body(), "Wikipedia") << outcome;
  EXPECT_TRUE(outcome.response->is_whole);
  EXPECT_EQ(find_header(outcome.response->headers, "X-Trailer"), nullptr);
}

// Half a JSON document may be a valid one.
TEST(Http, says_when_only_the_end_of_the_connection_told_where_the_body_ends) {
  const auto server = says("HTTP/1.1 200 OK\r\n\r\n10");
  Driver driver;
  const auto outcome = driver.send(server->url());
  EXPECT_EQ(outcome.body(), "10") << outcome;
  EXPECT_FALSE(outcome.response->is_whole);
}

// A kilobyte of answer must not become a gigabyte here.
TEST(Http, leaves_an_encoded_body_as_it_came) {
  const auto server = says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8bx");
  Driver driver;
  EXPECT_EQ(driver.send(server->url()).body(), "\x1f\x8bx");
}

/// A 200 whose body has so many bytes.
std::string with_length(std::size_t size) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'b');
}
std::string in_chunks(std::size_t size) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1'000, 'b') + "\r\n" +
         (size > 1'000 ? "1\r\nb\r\n" : "") + "0\r\n\r\n";
}

TEST(Http, takes_a_body_of_the_limit_and_not_one_byte_more) {
  Driver driver({.messages = {.response_body_bytes = 1'000}});
  EXPECT_EQ(driver.send(says(with_length(1'000))->url()).body().size(), 1'000U);
  EXPECT_EQ(driver.send(says(in_chunks(1'000))->url()).body().size(), 1'000U);
  EXPECT_EQ(driver.send(says("HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000, 'b'))->url()).status(), 200);
  for (const auto& larger :
       {with_length(1'001), in_chunks(1'001), "HTTP/1.1 200 OK\r\n\r\n" + std::string(1'001, 'b')}) {
    const auto outcome = driver.send(says(larger)->url());
    EXPECT_EQ(outcome.trouble(), "too large possible") << outcome;
    EXPECT_THAT(outcome.what(), HasSubstr("the answer has more than 1000 bytes of body; raise "
                                          "messages.response_body_bytes"));
  }
}

TEST(Http, takes_no_byte_of_a_body_where_none_is_allowed) {
  Driver driver({.messages = {.response_body_bytes = 0}});
  EXPECT_EQ(driver.send(says(with_length(0))->url()).status(), 200);
  EXPECT_EQ(driver.send(says(with_length(1))->url()).trouble(), "too large possible");
}

// What is left of the answer would be taken for the next one's.
TEST(Http, uses_a_connection_no_more_whose_answer_was_too_large) {
  const ScriptedServer server([](Conversation& conversation) {
    while (conversation.read_request()) conversation.send(with_length(conversation.number == 1 ? 1'001 : 3));
  });
  Driver driver({.messages = {.response_body_bytes = 1'000}});
  EXPECT_EQ(driver.send(server.url()).trouble(), "too large possible");
  EXPECT_EQ(driver.send(server.url()).body(), "bbb");
  EXPECT_EQ(server.accepted(), 2U);
}

/// Goes on with the same line until the connection ends.
void send_for_ever(Conversation& conversation, const std::string& line) {
  if (!conversation.read_request()) return;
  conversation.send("HTTP/1.1 200 OK\r\n");
  for (int i = 0; i < 100'000; ++i) conversation.send(line);
}

TEST(Http, ends_endless_headers) {
  Driver driver;
  for (const std::string line : {"X-One-More: header\r\n", "A:\r\n", "A: b\r\n folded\r\n"}) {
    const ScriptedServer server([&](Conversation& conversation) { send_for_ever(conversation, line); });
    const auto outcome = driver.send(server.url());
    EXPECT_EQ(outcome.trouble(), "too large possible") << outcome;
    EXPECT_THAT(outcome.what(), HasSubstr("raise messages.response_head")) << line;
  }
}

TEST(Http, ends_endless_informational_answers_and_trailers) {
  Driver driver;
  for (const std::string before : {"", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"}) {
    const std::string more = before.empty() ? "HTTP/1.1 100 Continue\r\n\r\n" : "X-Trailer: 1\r\n";
    const ScriptedServer server([&](Conversation& conversation) {
      if (!conversation.read_request()) return;
      conversation.send(before);
      for (int i = 0; i < 100'000; ++i) conversation.send(more);
    });
    const auto outcome = driver.send(server.url());
    EXPECT_EQ(outcome.trouble(), "too large possible") << outcome;
  }
}

TEST(Http, takes_no_line_without_end) {
  const ScriptedServer server([](Conversation& conversation) {
    send_for_ever(conversation, "X-Long-without-a-line-break-in-sight-");
  });
  Driver driver;
  const auto outcome = driver.send(server.url());
  EXPECT_EQ(outcome.failure->effect, Effect::possible) << outcome;
}

TEST(Http, takes_what_is_not_http_for_no_answer) {
  Driver driver;
  for (const std::string nonsense :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/3.7 200\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x0a"}) {
    const auto outcome = driver.send(says(nonsense)->url());
    EXPECT_EQ(outcome.trouble(), "malformed possible") << outcome;
    EXPECT_THAT(outcome.what(), HasSubstr("is not HTTP"));
  }
}

// Another destination than the configured one would get the request, with its secrets.
TEST(Http, takes_no_proxy_from_the_environment) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  Recorder recorder;
  Driver driver;
  EXPECT_EQ(driver.send(recorder.server.url("/x")).status(), 200);
  EXPECT_EQ(recorder.request.line(), "GET /x HTTP/1.1");
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
}

TEST(Http, refuses_what_cannot_be_sent_and_sends_nothing_of_it) {
  const ScriptedServer server(answer_all);
  Driver driver;
  const auto refused = [&](Request request) {
    const auto outcome = driver.send(std::move(request));
    EXPECT_EQ(outcome.trouble(), "invalid request none") << outcome;
    return outcome.what();
  };
  EXPECT_THAT(refused({.url = "ftp://user:s3cret@127.0.0.1/"}),
              AllOf(HasSubstr("it has to begin with http:// or https://"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(refused({.url = "file:///etc/passwd"}), HasSubstr("it has to begin with http://"));
  EXPECT_THAT(refused({.url = server.url("/ s3cret")}), AllOf(HasSubstr("URL"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(refused({.url = server.url(), .headers = {{"X", "a\r\nY: s3cret"}}}),
              AllOf(HasSubstr("the header X holds a control character"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(refused({.url = server.url(), .headers = {{"Content-Length", "3"}}}),
              HasSubstr("Content-Length is set by the client itself"));
  EXPECT_EQ(server.accepted(), 0U);
}

// Logs are read by many, and errors end in logs.
TEST(Http, tells_no_secret_in_its_errors) {
  const ScriptedServer server([](Conversation& conversation) {
    if (conversation.read_request()) conversation.reset();
  });
  const ScriptedServer silent([](Conversation& conversation) { conversation.await_end(); });
  Driver driver;
  for (const auto& base :
       {server.url("", "user:s3cret@127.0.0.1"), silent.url("", "user:s3cret@127.0.0.1"),
        std::string("http://user:s3cret@127.0.0.1:1"), std::string("http://s3cret:x@[::1]:1")}) {
    const auto outcome = driver.send(
        {.url = base + "/path?key=s3cret", .headers = {{"Authorization", "Bearer s3cret"}}, .body = "s3cret"},
        base::Deadline::after(std::chrono::milliseconds{100}));
    EXPECT_TRUE(outcome.failure) << outcome;
    EXPECT_THAT(outcome.what(),
                AllOf(Not(HasSubstr("s3cret")), Not(HasSubstr("user")), HasSubstr("GET to http://")));
  }
}

TEST(Http, sends_a_user_of_the_url_as_basic_authorization) {
  Recorder recorder;
  Driver driver;
  driver.send(recorder.server.url("/", "user:pass@127.0.0.1"));
  EXPECT_EQ(recorder.request.header("Authorization"), "Basic dXNlcjpwYXNz");
}

TEST(Http, follows_a_redirect_and_takes_no_secret_along) {
  std::string head;
  const ScriptedServer there([&](Conversation& conversation) {
    if (const auto request = conversation.read_request()) head = request->head;
    conversation.answer(200, "there");
  });
  const ScriptedServer here([&](Conversation& conversation) {
    while (conversation.read_request()) conversation.answer(302, "", "Location: " + there.url("/x") + "\r\n");
  });
  Driver driver;
  Request request{
      .url = here.url("/", "user:pass@127.0.0.1"), .headers = {{"X-Key", "s3cret"}}, .redirects = 1};
  const auto outcome = driver.send(request);
  EXPECT_EQ(outcome.body(), "there") << outcome;
  EXPECT_EQ(outcome.response->redirects, 1U);
  EXPECT_THAT(head, HasSubstr("GET /x HTTP/1.1"));
  EXPECT_THAT(head, AllOf(Not(HasSubstr("s3cret")), Not(HasSubstr("Authorization"))));
  request.redirects = 0;
  EXPECT_EQ(driver.send(request).status(), 302);
}

TEST(Http, ends_a_circle_of_redirects_with_the_last) {
  const ScriptedServer circle([&](Conversation& conversation) {
    while (conversation.read_request()) conversation.answer(307, "", "Location: /again\r\n");
  });
  Driver driver;
  const auto outcome = driver.send({.url = circle.url(), .redirects = 5});
  EXPECT_EQ(outcome.status(), 307) << outcome;
  EXPECT_EQ(outcome.response->redirects, 5U);
}

TEST(Http, may_have_had_an_effect_when_it_fails_after_a_redirect) {
  const ScriptedServer here([&](Conversation& conversation) {
    while (conversation.read_request()) conversation.answer(303, "", "Location: http://127.0.0.1:1/\r\n");
  });
  Driver driver;
  const auto outcome = driver.send({.method = Method::post, .url = here.url(), .redirects = 1});
  EXPECT_EQ(outcome.trouble(), "unreachable possible") << outcome;
}

}  // namespace
}  // namespace waybill::outbound::tests
