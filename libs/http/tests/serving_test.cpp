#include <gmock/gmock.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "raw_client.hpp"
#include "running_server.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/telemetry/metrics.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::http::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Serving : public ::testing::Test {
 protected:
  RunningServer server_;
};

TEST_F(Serving, answers_with_what_every_answer_has) {
  const auto answer = ask(server_.port(), get("/items/a%20b%C3%A9"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "\"a b\u00e9\"");
  EXPECT_EQ(answer->header("content-type"), "application/json");
  EXPECT_THAT(answer->header("date"), ::testing::MatchesRegex("[A-Z][a-z][a-z], .* GMT"));
  EXPECT_EQ(answer->header("x-request-id").size(), 36U);
  EXPECT_EQ(answer->header("connection"), "");
}

TEST_F(Serving, keeps_the_connection_and_answers_in_the_order_of_the_requests) {
  RawClient client(server_.port());
  std::string many;
  for (int n = 0; n < 200; ++n) {
    many +=
        n % 2 == 0 ? get("/items/" + std::to_string(n)) : post("/items", std::string(std::size_t(n), 'x'));
  }
  client.send(many);
  for (int n = 0; n < 200; ++n) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << n;
    EXPECT_EQ(answer->body, n % 2 == 0 ? "\"" + std::to_string(n) + "\"" : std::to_string(n));
  }
  EXPECT_EQ(server_.load().connections, 1U);
}

TEST_F(Serving, reads_a_body_in_chunks_whatever_pieces_it_comes_in) {
  const std::string request = "POST /items HTTP/1.1\r\n" + host +
                              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "4\r\nabcd\r\n0003\r\nefg\r\n0\r\n\r\n";
  for (std::size_t piece = 1; piece < request.size(); piece += 7) {
    RawClient client(server_.port());
    client.send(request.substr(0, piece));
    client.send(request.substr(piece));
    client.send(get("/hello"));
    EXPECT_EQ(client.receive()->body, "7");
    EXPECT_EQ(client.receive()->body, "\"hello\"");
  }
}

TEST_F(Serving, takes_a_body_up_to_the_limit_of_its_route) {
  EXPECT_EQ(ask(server_.port(), post("/items", std::string(64 * 1024, 'x')))->body, "65536");
  EXPECT_EQ(ask(server_.port(), post("/large", std::string(1024 * 1024, 'x')))->body, "1048576");
  EXPECT_EQ(ask(server_.port(), post("/large", std::string(1024 * 1024 + 1, 'x')))->status, 413);
}

TEST_F(Serving, says_go_on_to_who_waits_for_a_word_and_only_then) {
  RawClient client(server_.port());
  client.send("POST /items HTTP/1.1\r\n" + host +
              "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 100);
  EXPECT_EQ(client.send("{}").receive()->status, 201);
  // To one that is refused anyway it would be a lie.
  RawClient other(server_.port());
  other.send("POST /nothing HTTP/1.1\r\n" + host +
             "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(other.receive()->status, 404);
  EXPECT_TRUE(other.is_closed());
}

TEST_F(Serving, answers_head_as_get_without_the_body) {
  RawClient client(server_.port());
  client.send("HEAD /hello HTTP/1.1\r\n" + host + "\r\n");
  const auto head = client.receive(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("content-length"), "7");
  client.send("HEAD /nothing HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive(true)->status, 404);
  EXPECT_EQ(client.send(get("/hello")).receive()->body, "\"hello\"");
}

TEST_F(Serving, tells_which_methods_there_are) {
  const auto refused = ask(server_.port(), "DELETE /items/7 HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->header("allow"), "GET, HEAD, PUT, OPTIONS");
  const auto told = ask(server_.port(), "OPTIONS /items/7 HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(told->status, 204);
  EXPECT_EQ(told->header("allow"), "GET, HEAD, PUT, OPTIONS");
}

TEST_F(Serving, tells_what_the_server_itself_takes) {
  const auto told = ask(server_.port(), "OPTIONS * HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(told->status, 204);
  EXPECT_THAT(told->header("allow"), HasSubstr("GET"));
}

TEST_F(Serving, refuses_parameters_where_no_handler_reads_them) {
  EXPECT_EQ(ask(server_.port(), get("/search?q=tea"))->body, "q=tea");
  EXPECT_EQ(ask(server_.port(), get("/items/7?"))->status, 200);
  for (const auto& request : {get("/items/7?deep=1"), post("/items?deep=1", "{}")}) {
    const auto answer = ask(server_.port(), request);
    EXPECT_EQ(answer->status, 400);
    EXPECT_THAT(answer->body, ::testing::AllOf(HasSubstr("query-invalid"), HasSubstr("query: deep")));
  }
}

TEST_F(Serving, takes_http_1_0_and_closes_unless_asked_to_stay) {
  RawClient client(server_.port());
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive()->header("connection"), "close");
  EXPECT_TRUE(client.is_closed());
  RawClient staying(server_.port());
  for (int n = 0; n < 2; ++n) {
    staying.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(staying.receive()->header("connection"), "keep-alive");
  }
}

TEST_F(Serving, closes_when_the_client_wants_it) {
  RawClient client(server_.port());
  client.send(get("/hello", "Connection: close\r\n"));
  EXPECT_EQ(client.receive()->header("connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Serving, takes_a_target_with_scheme_and_host) {
  EXPECT_EQ(ask(server_.port(), get("http://shop/search?x=1"))->body, "x=1");
}

// A client that has said all and waits for the answer.
TEST_F(Serving, answers_a_connection_that_is_half_closed) {
  RawClient client(server_.port());
  client.send(get("/held"));
  client.end_sending();
  ASSERT_TRUE(testkit::eventually([&] { return server_.load().requests == 1; }));
  server_.release();
  EXPECT_EQ(client.receive()->body, "\"held /held\"");
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(server_.has_no_connection());
}

TEST_F(Serving, is_not_harmed_by_a_client_that_goes_before_its_answer) {
  {
    RawClient client(server_.port());
    client.send(get("/held"));
    ASSERT_TRUE(testkit::eventually([&] { return server_.load().requests == 1; }));
  }
  server_.release();
  EXPECT_TRUE(server_.has_no_connection());
  EXPECT_EQ(ask(server_.port(), get("/hello"))->status, 200);
}

TEST_F(Serving, keeps_the_request_id_and_the_trace_of_the_client) {
  const auto kept = ask(server_.port(), get("/hello", "X-Request-Id: my.id-1_2\r\n"));
  EXPECT_EQ(kept->header("x-request-id"), "my.id-1_2");
  for (const std::string bad : {"", "two words", "\"quoted\"", "a;b"}) {
    EXPECT_NE(ask(server_.port(), get("/hello", "X-Request-Id: " + bad + "\r\n"))->header("x-request-id"),
              bad);
  }
  const auto longer = std::string(129, 'x');
  EXPECT_NE(ask(server_.port(), get("/hello", "X-Request-Id: " + longer + "\r\n"))->header("x-request-id"),
            longer);
}

TEST(ServingTraces, gives_the_handler_a_span_under_the_clients) {
  std::string traceparent;
  RunningServer server({}, [&](Router& router) {
    router.add(Method::get, "/trace", [&](const Request& request) {
      traceparent = request.trace->traceparent();
      return empty_response(204);
    });
  });
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  ask(server.port(), get("/trace", "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n"));
  EXPECT_THAT(traceparent, StartsWith("00-" + trace));
  EXPECT_THAT(traceparent, ::testing::Not(HasSubstr("00f067aa0ba902b7")));
  ask(server.port(), get("/trace", "traceparent: rubbish\r\n"));
  EXPECT_THAT(traceparent, ::testing::Not(HasSubstr(trace)));
}

TEST(ServingAccounts, tell_of_each_request_once_and_not_of_its_query) {
  const telemetry::LogCapture log;
  telemetry::Metrics metrics;
  ServerOptions options;
  options.access_log = AccessLog::all;
  RunningServer server(options, {}, ServerProbe(metrics, "test"));
  ask(server.port(), get("/search?card=4111", "X-Request-Id: r-1\r\n"));
  // The client may have its answer before the line is written.
  ASSERT_TRUE(testkit::eventually([&] { return log.count("http_request") == 1; }));
  EXPECT_EQ(log.field("http_request", "method"), "GET");
  EXPECT_EQ(log.field("http_request", "path"), "/search");
  EXPECT_EQ(log.field("http_request", "route"), "/search");
  EXPECT_EQ(log.field("http_request", "status"), "200");
  EXPECT_EQ(log.field("http_request", "request_id"), "r-1");
  EXPECT_THAT(log.lines(), ::testing::Not(::testing::Contains(HasSubstr("4111"))));
  ask(server.port(), get("/nothing"));
  const auto is_told = [&](const std::string& line) {
    return testkit::eventually([&] { return metrics.render().find(line) != std::string::npos; },
                               [&] { return metrics.render(); });
  };
  EXPECT_TRUE(is_told(
      "waybill_http_answers_total{server=\"test\",method=\"GET\",route=\"/search\",status=\"2xx\"} 1"));
  EXPECT_TRUE(is_told("waybill_http_turned_away_total{server=\"test\",why=\"unknown\"} 1"));
}

TEST(ServingAddress, that_is_taken_is_told) {
  RunningServer server;
  runtime::EventLoop loop;
  ServerOptions options;
  options.port = server.port();
  try {
    Server second(loop, options, {});
    FAIL() << "two servers at one port";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot listen at 127.0.0.1, port " + std::to_string(server.port())));
  }
}

}  // namespace
}  // namespace waybill::http::testing
