#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <string>

#include "raw_client.hpp"
#include "running_server.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::http::testing {
namespace {

using namespace std::chrono_literals;

/// Gives the events that were put into it, and then waits, or ends.
struct Source {
  std::deque<Event> events;
  bool ends = false;

  static boost::asio::awaitable<std::variant<Event, Quiet, EndOfEvents>> next(Source* source,
                                                                              base::Deadline deadline) {
    if (!source->events.empty()) {
      auto event = std::move(source->events.front());
      source->events.pop_front();
      co_return event;
    }
    if (source->ends) co_return EndOfEvents{};
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor, deadline.when());
    co_await pause.async_wait(boost::asio::use_awaitable);
    co_return Quiet{};
  }
};

class Streaming : public ::testing::Test {
 protected:
  static ServerOptions options() {
    ServerOptions options;
    options.limits.quiet_for = 20ms;
    options.limits.streams = 2;
    return options;
  }
  Source source_;
  RunningServer server_{options(), [this](Router& router) {
                          router.add(Method::get, "/events", [this](const Request&) {
                            return stream_response(
                                [this](base::Deadline deadline) { return Source::next(&source_, deadline); });
                          });
                        }};
};

TEST_F(Streaming, sends_events_as_they_come_and_ends_with_them) {
  source_.events = {{"1", "placed", "{}"}, {"", "", "two\nlines\r\nor three"}, {"3", "", ""}};
  source_.ends = true;
  RawClient client(server_.port());
  client.send(get("/events"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("content-type"), "text/event-stream");
  EXPECT_EQ(answer->header("cache-control"), "no-store");
  EXPECT_EQ(answer->header("connection"), "close");
  EXPECT_EQ(client.receive_rest(),
            "id: 1\nevent: placed\ndata: {}\n\ndata: two\ndata: lines\ndata: or three\n\nid: 3\ndata: \n\n");
}

TEST_F(Streaming, says_that_it_is_still_there_while_nothing_happens) {
  RawClient client(server_.port());
  client.send(get("/events"));
  ASSERT_TRUE(client.receive());
  EXPECT_EQ(client.receive_until(":\n\n:\n\n"), ":\n\n:\n\n");
}

// Its client would wait for as long as it likes, and so would the connection.
TEST_F(Streaming, is_cut_off_when_its_source_takes_no_notice_of_its_deadline) {
  auto impatient = options();
  impatient.limits.write_within = 200ms;
  RunningServer server(impatient, [this](Router& router) {
    router.add(Method::get, "/stuck", [this](const Request&) {
      return stream_response(
          [this](base::Deadline) { return Source::next(&source_, base::Deadline::never()); });
    });
  });
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/stuck")).receive());
  EXPECT_EQ(client.receive_rest(), "");
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(server.has_no_connection());
}

TEST_F(Streaming, ends_soon_after_the_client_has_gone) {
  {
    RawClient client(server_.port());
    client.send(get("/events"));
    ASSERT_TRUE(client.receive());
    EXPECT_EQ(server_.load().streams, 1U);
  }
  EXPECT_TRUE(testkit::eventually([&] { return server_.load().streams == 0; }));
  EXPECT_TRUE(server_.has_no_connection());
}

TEST_F(Streaming, is_bounded_in_number) {
  RawClient one(server_.port());
  RawClient two(server_.port());
  ASSERT_TRUE(one.send(get("/events")).receive());
  ASSERT_TRUE(two.send(get("/events")).receive());
  const auto refused = ask(server_.port(), get("/events"));
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("content-type"), "application/problem+json");
}

TEST_F(Streaming, is_closed_by_a_drain) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send(get("/events")).receive());
  EXPECT_TRUE(server_.drain(5s));
  client.receive_rest();
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Streaming, has_no_events_for_head) {
  RawClient client(server_.port());
  client.send("HEAD /events HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive(true)->status, 200);
  EXPECT_EQ(client.receive_rest(), "");
}

}  // namespace
}  // namespace waybill::http::testing
