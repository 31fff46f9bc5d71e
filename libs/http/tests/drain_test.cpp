#include <gtest/gtest.h>

#include <string>

#include "raw_client.hpp"
#include "running_server.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::http::testing {
namespace {

using namespace std::chrono_literals;

bool has_ended(const std::future<void>& future) { return future.wait_for(10s) == std::future_status::ready; }

TEST(Drain, closes_those_who_wait_at_once) {
  RunningServer server;
  RawClient idle(server.port());
  EXPECT_EQ(idle.send(get("/hello")).receive()->status, 200);
  EXPECT_TRUE(server.drain(5s));
  EXPECT_TRUE(idle.is_closed());
  EXPECT_THROW(RawClient{server.port()}, std::system_error);
}

TEST(Drain, lets_what_was_begun_end_and_then_closes) {
  RunningServer server;
  RawClient held(server.port());
  held.send(get("/held"));
  RawClient begun(server.port());
  begun.send("GET /hel");
  ASSERT_TRUE(
      testkit::eventually([&] { return server.load().requests == 1 && server.load().connections == 2; }));
  const auto drained = server.begin_drain(10s);
  begun.send("lo HTTP/1.1\r\n" + host + "\r\n" + get("/items/behind"));
  const auto last = begun.receive();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->status, 200);
  EXPECT_EQ(last->header("connection"), "close");
  EXPECT_FALSE(begun.receive());
  server.release();
  const auto answer = held.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("connection"), "close");
  EXPECT_TRUE(has_ended(drained));
}

// Neither a head that never ends nor a body that is trickled holds it up.
TEST(Drain, gives_what_is_on_its_way_a_second) {
  RunningServer server;
  RawClient head(server.port());
  head.send("GET /hel");
  RawClient body(server.port());
  body.send("POST /items HTTP/1.1\r\n" + host +
            "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
  ASSERT_TRUE(testkit::eventually([&] { return server.load().connections == 2; }));
  EXPECT_TRUE(server.drain(5s));
  EXPECT_EQ(head.receive()->status, 408);
  EXPECT_EQ(body.receive()->status, 408);
}

TEST(Drain, cuts_at_its_deadline_what_is_left) {
  RunningServer server;
  RawClient held(server.port());
  held.send(get("/held"));
  ASSERT_TRUE(testkit::eventually([&] { return server.load().requests == 1; }));
  EXPECT_TRUE(has_ended(server.begin_drain(100ms)));
  EXPECT_TRUE(held.is_closed());
  server.release();
}

}  // namespace
}  // namespace waybill::http::testing
