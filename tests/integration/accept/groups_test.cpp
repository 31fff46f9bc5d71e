#include <gmock/gmock.h>

#include <stdexcept>

#include "accept_fixture.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/testkit/eventually.hpp"

// Requests that share a transaction share nothing else: each has an answer of its own.

namespace waybill::accept::testing {
namespace {

class AcceptGroup : public AcceptFixture {
 protected:
  /// Holds the one group up, so that whatever is sent before `gate_` opens makes the next one.
  Answer hold_up(Acceptor& acceptor) {
    auto answer =
        send(acceptor, request("holds-up"), gate_.before([](Scope&) { return http::empty_response(204); }));
    EXPECT_TRUE(gate_.await(1));
    return answer;
  }
  bool wait_in(Acceptor& acceptor, std::size_t waiting) {
    return testkit::eventually([&] { return acceptor.load().waiting == waiting; });
  }
  std::string transactions() const { return sql("SELECT count(DISTINCT xmin::text) FROM effect"); }

  Gate gate_;
  std::atomic<int> runs_ = 0;
};

TEST_F(AcceptGroup, is_whatever_came_while_the_one_before_it_was_committed) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  std::vector<Answer> answers;
  for (int i = 0; i < 40; ++i) answers.push_back(send(acceptor, "o-" + std::to_string(i)));
  ASSERT_TRUE(wait_in(acceptor, 40));
  gate_.open();
  EXPECT_EQ(first.get().status, 204);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(answers.at(static_cast<std::size_t>(i)).get().body, "{\"id\":\"o-" + std::to_string(i) + "\"}");
  }
  EXPECT_EQ(transactions(), "1");
  EXPECT_EQ(count("effect"), 40);
  expect_each_once();
}

TEST_F(AcceptGroup, with_bad_ones_commits_the_good_ones_together_and_fails_each_bad_one_alone) {
  const telemetry::LogCapture log;
  sql("CREATE TABLE unique_effect (name text PRIMARY KEY); INSERT INTO unique_effect VALUES ('taken')");
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  std::vector<Answer> good;
  for (int i = 0; i < 5; ++i) good.push_back(send(acceptor, "a-" + std::to_string(i)));
  auto throws =
      send(acceptor, request("throws"), [](Scope&) -> http::Response { throw std::runtime_error("x"); });
  auto violates = send(acceptor, request("violates"), [](Scope& scope) {
    scope.tx().execute("INSERT INTO unique_effect VALUES ('taken')");
    return http::empty_response(204);
  });
  // What is pipelined is refused when somebody else waits.
  auto pipelines = send(acceptor, request("pipelines"), [](Scope& scope) {
    scope.tx().pipeline("INSERT INTO unique_effect VALUES ('taken')");
    return http::empty_response(204);
  });
  auto answers_503 = send(acceptor, request("5xx"), [](Scope&) { return http::empty_response(503); });
  auto unsendable = send(acceptor, request("unsendable"), [](Scope& scope) {
    auto answer = effect("unsendable")(scope);
    scope.publish({message::Exchange{std::string(300, 'x')}, {}}, placed());
    return answer;
  });
  for (int i = 0; i < 5; ++i) good.push_back(send(acceptor, "b-" + std::to_string(i)));
  ASSERT_TRUE(wait_in(acceptor, 15));
  gate_.open();
  for (auto& one : good) EXPECT_EQ(one.get().status, 201);
  EXPECT_EQ(verdict(throws.get()), "500 internal");
  EXPECT_EQ(verdict(violates.get()), "500 internal");
  EXPECT_EQ(verdict(pipelines.get()), "500 internal");
  EXPECT_EQ(verdict(unsendable.get()), "500 internal");
  const auto theirs = answers_503.get();
  EXPECT_EQ(theirs.status, 503);
  EXPECT_EQ(theirs.body, "");
  EXPECT_EQ(log.count("accept_function_failed"), 4U) << "once for each that failed";
  EXPECT_EQ(effects(), "a-0 a-1 a-2 a-3 a-4 b-0 b-1 b-2 b-3 b-4");
  EXPECT_EQ(count("waybill.idempotency WHERE key <> 'holds-up'"), 10);
  expect_each_once();
}

TEST_F(AcceptGroup, with_one_that_throws_makes_one_transaction_of_the_others) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  std::vector<Answer> good;
  for (int i = 0; i < 10; ++i) good.push_back(send(acceptor, "o-" + std::to_string(i)));
  auto throws =
      send(acceptor, request("throws"), [](Scope&) -> http::Response { throw std::runtime_error("x"); });
  ASSERT_TRUE(wait_in(acceptor, 11));
  gate_.open();
  for (auto& one : good) EXPECT_EQ(one.get().status, 201);
  EXPECT_EQ(throws.get().status, 500);
  EXPECT_EQ(transactions(), "1");
}

TEST_F(AcceptGroup, does_once_what_came_several_times_and_gives_all_of_them_the_answer) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  const auto function = counted(runs_, effect("o-1"));
  std::vector<Answer> answers;
  for (int i = 0; i < 10; ++i) answers.push_back(send(acceptor, request("k"), function));
  auto other = send(acceptor, request("k", "other"), effect("o-2"));
  EXPECT_EQ(verdict(other.get()), "422 idempotency-key-reused") << "at once";
  ASSERT_TRUE(wait_in(acceptor, 10));
  gate_.open();
  int replayed = 0;
  for (auto& one : answers) {
    const auto answer = one.get();
    EXPECT_EQ(essence(answer), "201\napplication/json\nLocation: /api/v1/orders/o-1\n{\"id\":\"o-1\"}");
    replayed += is_replayed(answer) ? 1 : 0;
  }
  EXPECT_EQ(replayed, 9);
  EXPECT_EQ(runs_, 1);
  expect_each_once();
}

TEST_F(AcceptGroup, takes_repeats_in_while_it_runs) {
  Acceptor acceptor(loop_, pool_, sender_);
  auto first = send(acceptor, request("k"), gate_.before(counted(runs_, effect("o-1"))));
  ASSERT_TRUE(gate_.await(1));
  auto repeat = send(acceptor, request("k"), counted(runs_, effect("o-1")));
  ASSERT_TRUE(wait_in(acceptor, 1));
  EXPECT_EQ(verdict(ask(acceptor, request("k", "other"), effect("x"))), "422 idempotency-key-reused");
  gate_.open();
  EXPECT_FALSE(is_replayed(first.get()));
  EXPECT_TRUE(is_replayed(repeat.get()));
  EXPECT_EQ(runs_, 1);
}

// Of ten members each may stand otherwise, and none spoils the transaction for the others.
TEST_F(AcceptGroup, of_answered_busy_reused_and_new_ones_tells_each_its_own) {
  postgres::Pool other_pool(database_options(database_.url()));
  Acceptor other(loop_, other_pool, sender_);
  ask(other, "answered");
  ask(other, request("reused", "first"), effect("reused"));
  Gate others_gate;
  auto busy_there = send(other, request("busy"), others_gate.before(effect("busy")));
  ASSERT_TRUE(others_gate.await(1));

  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  auto answered = send(acceptor, "answered");
  auto new_one = send(acceptor, "new-1");
  auto busy = send(acceptor, "busy");
  auto reused = send(acceptor, request("reused", "second"), effect("x"));
  auto new_two = send(acceptor, "new-2");
  ASSERT_TRUE(wait_in(acceptor, 5));
  gate_.open();
  const auto replay = answered.get();
  EXPECT_TRUE(is_replayed(replay));
  EXPECT_EQ(replay.body, "{\"id\":\"answered\"}");
  EXPECT_EQ(verdict(busy.get()), "409 request-in-progress");
  EXPECT_EQ(verdict(reused.get()), "422 idempotency-key-reused");
  EXPECT_EQ(new_one.get().status, 201);
  EXPECT_EQ(new_two.get().status, 201);
  others_gate.open();
  EXPECT_EQ(busy_there.get().status, 201);
  EXPECT_EQ(effects(), "answered busy new-1 new-2 reused");
  expect_each_once();
}

TEST_F(AcceptGroup, of_one_is_made_of_who_wants_to_be_alone) {
  Acceptor acceptor(loop_, pool_, sender_, one_group());
  auto first = hold_up(acceptor);
  auto one = send(acceptor, "1");
  auto alone = send(acceptor, request("alone"), effect("alone"), Sharing::alone);
  auto two = send(acceptor, "2");
  ASSERT_TRUE(wait_in(acceptor, 3));
  gate_.open();
  one.get();
  two.get();
  alone.get();
  EXPECT_EQ(sql("SELECT string_agg(name, ' ' ORDER BY name) FROM effect GROUP BY xmin::text ORDER BY 1"),
            "1 2\nalone");
}

TEST_F(AcceptGroup, goes_on_while_another_one_is_under_way) {
  Acceptor acceptor(loop_, pool_, sender_);
  auto first = hold_up(acceptor);
  EXPECT_EQ(ask(acceptor, "o-1").status, 201);
  EXPECT_EQ(acceptor.load().running, 1U);
  gate_.open();
  EXPECT_EQ(first.get().status, 204);
}

// Functions of two groups that lock the same rows the other way round wait for one another for ever.
TEST_F(AcceptGroup, that_loses_to_another_one_is_run_again_and_nobody_is_told_of_it) {
  sql("CREATE TABLE stock (sku integer PRIMARY KEY, free integer); INSERT INTO stock VALUES (1, 0), (2, 0)");
  Acceptor acceptor(loop_, pool_, sender_);
  std::vector<Answer> answers;
  for (int i = 0; i < 60; ++i) {
    answers.push_back(send(acceptor, request(std::to_string(i)), [i](Scope& scope) {
      for (const int sku : {1 + i % 2, 2 - i % 2}) {
        scope.tx().execute("UPDATE stock SET free = free + 1 WHERE sku = $1", sku);
      }
      return http::empty_response(204);
    }));
  }
  for (auto& one : answers) EXPECT_EQ(verdict(one.get()), "204");
  EXPECT_EQ(sql("SELECT string_agg(free::text, ' ') FROM stock"), "60 60");
}

}  // namespace
}  // namespace waybill::accept::testing
