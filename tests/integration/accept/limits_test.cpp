#include <gmock/gmock.h>

#include "accept_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// What is too much, too late, or comes at the end, is refused before anything is written.

namespace waybill::accept::testing {
namespace {

class AcceptLimit : public AcceptFixture {
 protected:
  Answer hold_up(Acceptor& acceptor) {
    auto answer = send(acceptor, request("holds-up"), gate_.before(effect("holds-up")));
    EXPECT_TRUE(gate_.await(1));
    return answer;
  }
  static http::Request within(std::chrono::milliseconds time, const std::string& key) {
    auto limited = request(key);
    limited.deadline = base::Deadline::after(time);
    return limited;
  }
  /// The first of all requests has a connection and tables to wait for, for which a short limit is too short.
  void ask_first(Acceptor& acceptor) {
    ASSERT_EQ(ask_until_answered(acceptor, request("before"), effect("before")).status, 201);
  }
  bool wait_in(Acceptor& acceptor, std::size_t waiting) {
    return testkit::eventually([&] { return acceptor.load().waiting == waiting; });
  }

  Gate gate_;
};

TEST_F(AcceptLimit, of_those_who_wait_turns_the_next_one_away_before_any_write) {
  auto options = one_group();
  options.waiting = 3;
  Acceptor acceptor(loop_, pool_, sender_, options);
  auto first = hold_up(acceptor);
  std::vector<Answer> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(send(acceptor, std::to_string(i)));
  ASSERT_TRUE(wait_in(acceptor, 3));
  const auto full = ask(acceptor, "too-many");
  EXPECT_EQ(verdict(full), "503 overloaded");
  EXPECT_EQ(field(full, "Retry-After"), "1");
  EXPECT_EQ(full.content_type, "application/problem+json");
  gate_.open();
  for (auto& one : waiting) EXPECT_EQ(one.get().status, 201);
  EXPECT_EQ(first.get().status, 201);
  EXPECT_EQ(effects(), "0 1 2 holds-up");
}

TEST_F(AcceptLimit, of_time_ends_a_request_whose_turn_has_not_come_and_nothing_of_it_is_done_later) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  auto patient = send(acceptor, "patient");
  const auto late = ask(acceptor, within(200ms, "hasty"), effect("hasty"));
  EXPECT_EQ(verdict(late), "503 overloaded");
  EXPECT_EQ(field(late, "Retry-After"), "1");
  gate_.open();
  EXPECT_EQ(patient.get().status, 201);
  EXPECT_EQ(first.get().status, 201);
  EXPECT_EQ(effects(), "holds-up patient");
}

TEST_F(AcceptLimit, of_time_ends_a_repeat_while_the_first_one_runs_and_says_that_nobody_knows) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  EXPECT_EQ(verdict(ask(acceptor, within(200ms, "holds-up"), effect("x"))), "504 outcome-unknown");
  gate_.open();
  EXPECT_EQ(first.get().status, 201);
  EXPECT_TRUE(is_replayed(ask(acceptor, "holds-up")));
}

TEST_F(AcceptLimit, of_time_ends_what_runs_and_it_is_rolled_back) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  ask_first(acceptor);
  const auto late = ask(acceptor, within(2s, "slow"), [](Scope& scope) {
    auto answer = effect("slow")(scope);
    scope.tx().execute("SELECT pg_sleep(5)");
    return answer;
  });
  EXPECT_EQ(verdict(late), "503 busy");
  EXPECT_EQ(effects(), "before");
  EXPECT_EQ(ask(acceptor, "quick").status, 201) << "the acceptor goes on";
  // Until the server has noticed that nobody waits for it, its lock is held.
  EXPECT_EQ(ask_until_answered(acceptor, request("slow"), effect("slow")).status, 201);
  EXPECT_EQ(effects(), "before quick slow");
  expect_each_once();
}

TEST_F(AcceptLimit, of_time_is_the_acceptors_for_requests_without_one) {
  auto options = one_group();
  options.within = 3s;
  Acceptor acceptor(loop_, pool_, sender_, options);
  ask_first(acceptor);
  auto first = hold_up(acceptor);
  auto late = send(acceptor, "o-1");
  ASSERT_EQ(late.wait_for(20s), std::future_status::ready) << "it has the half minute that is the rule";
  EXPECT_EQ(verdict(late.get()), "503 overloaded");
  gate_.open();
}

TEST_F(AcceptLimit, at_the_end_finishes_what_it_has_and_takes_nothing_more) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  auto second = send(acceptor, "second");
  ASSERT_TRUE(wait_in(acceptor, 1));
  auto stopped = std::async(std::launch::async, [&] { acceptor.stop(soon()); });
  EXPECT_TRUE(testkit::eventually([&] {
    const auto refused = ask(acceptor, within(50ms, "third"), effect("third"));
    return verdict(refused) == "503 stopping" && field(refused, "Retry-After") == "1";
  }));
  gate_.open();
  stopped.get();
  EXPECT_EQ(first.get().status, 201);
  EXPECT_EQ(second.get().status, 201);
  EXPECT_EQ(acceptor.load().waiting, 0U);
}

TEST_F(AcceptLimit, at_the_end_of_the_time_to_stop_refuses_what_has_not_begun) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  auto second = send(acceptor, "second");
  ASSERT_TRUE(wait_in(acceptor, 1));
  auto stopped = std::async(std::launch::async, [&] { acceptor.stop(base::Deadline::after(50ms)); });
  EXPECT_EQ(verdict(second.get()), "503 overloaded");
  gate_.open();
  stopped.get();
  EXPECT_EQ(first.get().status, 201);
  EXPECT_EQ(effects(), "holds-up");
}

// The function refers to what the handler has: were it told meanwhile, that would be gone.
TEST_F(AcceptLimit, of_time_does_not_end_the_wait_for_a_function_that_runs) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  ask_first(acceptor);
  auto slow = send(acceptor, within(3s, "slow"), gate_.before(effect("slow")));
  ASSERT_TRUE(gate_.await(1));
  EXPECT_EQ(slow.wait_for(3500ms), std::future_status::timeout);
  gate_.open();
  EXPECT_EQ(slow.get().status, 503) << "its time is over, so nothing was written";
  EXPECT_EQ(effects(), "before");
}

boost::asio::awaitable<void> ask_once(Acceptor* acceptor, http::Request request, int* status) {
  const auto answer = co_await acceptor->accept(request, [](Scope&) { return http::empty_response(204); });
  *status = answer.status;
}

// The time of a request is watched by a timer, which must not outlive its request by half a minute.
TEST_F(AcceptLimit, of_time_does_not_keep_a_loop_from_its_end_and_who_waits_does) {
  runtime::EventLoop loop;
  Acceptor acceptor(loop, pool_, sender_);
  int status = 0;
  loop.spawn("ask", ask_once(&acceptor, request("k"), &status));
  loop.finish();
  const auto began = base::system_clock().steady();
  loop.run();
  EXPECT_LT(base::system_clock().steady() - began, 20s);
  EXPECT_EQ(status, 204);
}

// What nobody will answer any more must not be left behind, which a sanitizer sees.
TEST_F(AcceptLimit, of_a_loop_that_is_stopped_leaves_nothing_behind) {
  runtime::EventLoop loop;
  int status = 0;
  {
    Acceptor acceptor(loop, pool_, sender_);
    loop.spawn("ask", ask_once(&acceptor, request("k"), &status));
    loop.post([&] { loop.stop(); });
    loop.run();
  }
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace waybill::accept::testing
