#include <gmock/gmock.h>

#include <stdexcept>

#include "accept_fixture.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/telemetry/metrics.hpp"
#include "waybill/telemetry/trace_context.hpp"

// What one client gets for a request, for its repeat, and for what is neither.

namespace waybill::accept::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AcceptAnswer : public AcceptFixture {
 protected:
  telemetry::Metrics metrics_;
  Acceptor acceptor_{loop_, pool_, sender_, {}, Probe(metrics_)};
  std::atomic<int> runs_ = 0;
};

TEST_F(AcceptAnswer, is_the_functions_and_is_committed_with_its_effect_and_its_message) {
  const auto answer = ask(acceptor_, "o-1");
  EXPECT_EQ(essence(answer), "201\napplication/json\nLocation: /api/v1/orders/o-1\n{\"id\":\"o-1\"}");
  EXPECT_FALSE(is_replayed(answer));
  expect_each_once();
  EXPECT_EQ(sql("SELECT count(DISTINCT xmin) FROM (SELECT xmin::text FROM effect UNION ALL "
                "SELECT xmin::text FROM waybill.idempotency UNION ALL SELECT xmin::text FROM waybill.outbox) "
                "AS rows"),
            "1");
  EXPECT_THAT(metrics_.render(), HasSubstr("waybill_accept_requests_total{ending=\"accepted\"} 1"));
}

TEST_F(AcceptAnswer, of_a_repeat_is_the_first_ones_to_the_byte_and_says_so) {
  const auto function = counted(runs_, [](Scope&) {
    http::Response answer{.status = 200, .content_type = "application/octet-stream"};
    answer.body = std::string("\0\xff\r\n \"", 6);
    return std::move(answer).with("X-Colon", "a: b").with("X-Empty", "").with("X-Colon", "again");
  });
  const auto first = ask(acceptor_, request("k"), function);
  for (int i = 0; i < 3; ++i) {
    const auto repeat = ask(acceptor_, request("k"), function);
    EXPECT_EQ(essence(repeat), essence(first));
    EXPECT_TRUE(is_replayed(repeat));
  }
  EXPECT_EQ(runs_, 1);
  EXPECT_THAT(metrics_.render(), HasSubstr("waybill_accept_requests_total{ending=\"replayed\"} 3"));
}

// What is read here may not have reached a standby that takes over: only a commit of something is waited for.
TEST_F(AcceptAnswer, is_given_again_behind_a_commit_that_a_standby_is_waited_for) {
  ask(acceptor_, "o-1");
  const auto next_transaction = [&] {
    return std::stoll(sql("SELECT pg_snapshot_xmax(pg_current_snapshot())"));
  };
  const auto before = next_transaction();
  EXPECT_TRUE(is_replayed(ask(acceptor_, "o-1")));
  EXPECT_GT(next_transaction(), before);
}

TEST_F(AcceptAnswer, is_the_same_for_a_key_in_quotes) {
  ask(acceptor_, "o-1");
  EXPECT_TRUE(is_replayed(ask(acceptor_, request("\"o-1\""), effect("o-1"))));
  expect_each_once();
}

TEST_F(AcceptAnswer, without_a_key_is_400_and_names_the_header) {
  const auto answer = ask(acceptor_, request(""), effect("o-1"));
  EXPECT_EQ(verdict(answer), "400 idempotency-key-missing");
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_THAT(answer.body, HasSubstr("\"pointer\":\"header: Idempotency-Key\""));
  EXPECT_EQ(verdict(ask(acceptor_, request("a b"), effect("o-1"))), "400 idempotency-key-invalid");
  EXPECT_EQ(count("effect"), 0);
  EXPECT_EQ(count("waybill.idempotency"), 0);
}

TEST_F(AcceptAnswer, to_another_request_under_the_same_key_is_422) {
  ask(acceptor_, request("k", "{\"sku\":1}"), effect("o-1"));
  EXPECT_EQ(verdict(ask(acceptor_, request("k", "{\"sku\":2}"), effect("o-2"))),
            "422 idempotency-key-reused");
  auto other = request("k", "{\"sku\":1}");
  other.target = "/api/v1/orders/cancel";
  EXPECT_EQ(verdict(ask(acceptor_, other, effect("o-2"))), "422 idempotency-key-reused");
  EXPECT_EQ(effects(), "o-1");
}

// Keys are chosen by clients: two of them may choose the same, and one may guess another's.
TEST_F(AcceptAnswer, is_never_another_clients) {
  auto theirs = request("k");
  theirs.client = "other shop";
  auto nobodys = request("k");
  nobodys.client = "";
  ask(acceptor_, request("k"), effect("ours"));
  const auto answer = ask(acceptor_, theirs, effect("theirs"));
  EXPECT_THAT(answer.body, HasSubstr("theirs"));
  EXPECT_FALSE(is_replayed(answer));
  EXPECT_THAT(ask(acceptor_, nobodys, effect("nobodys")).body, HasSubstr("nobodys"));
  theirs.body = "another";
  EXPECT_EQ(ask(acceptor_, theirs, effect("x")).status, 422);
  EXPECT_THAT(ask(acceptor_, request("k"), effect("x")).body, HasSubstr("ours"));
  EXPECT_EQ(effects(), "nobodys ours theirs");
}

TEST_F(AcceptAnswer, that_refuses_is_kept_with_what_was_written) {
  const auto refuse = counted(runs_, [](Scope& scope) {
    scope.tx().execute("INSERT INTO effect (name) VALUES ('refused')");
    return http::json_response(402, "{\"why\":\"no money\"}");
  });
  const auto first = ask(acceptor_, request("k"), refuse);
  const auto repeat = ask(acceptor_, request("k"), refuse);
  EXPECT_EQ(first.status, 402);
  EXPECT_EQ(essence(repeat), essence(first));
  EXPECT_TRUE(is_replayed(repeat));
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(effects(), "refused");
}

TEST_F(AcceptAnswer, of_5xx_is_given_and_nothing_of_it_is_kept) {
  const auto fail = [&](Scope& scope) {
    effect("o-1")(scope);
    return http::empty_response(507);
  };
  EXPECT_EQ(ask(acceptor_, request("k"), fail).status, 507);
  EXPECT_EQ(count("effect"), 0);
  EXPECT_EQ(count("waybill.outbox"), 0);
  const auto again = ask(acceptor_, request("k"), effect("o-1"));
  EXPECT_EQ(again.status, 201);
  EXPECT_FALSE(is_replayed(again));
}

TEST_F(AcceptAnswer, of_a_function_that_throws_is_500_and_says_nothing_and_nothing_is_kept) {
  const telemetry::LogCapture log;
  const auto fail = [&](Scope& scope) -> http::Response {
    effect("o-1")(scope);
    throw std::runtime_error("the secret is 42");
  };
  const auto answer = ask(acceptor_, request("k"), fail);
  EXPECT_EQ(verdict(answer), "500 internal");
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
  EXPECT_EQ(log.count("accept_function_failed"), 1U);
  EXPECT_EQ(log.field("accept_function_failed", "request_id"), "request-k");
  EXPECT_EQ(log.field("accept_function_failed", "error"), "the secret is 42");
  EXPECT_EQ(count("effect"), 0);
  EXPECT_EQ(count("waybill.outbox"), 0);
  EXPECT_EQ(ask(acceptor_, request("k"), effect("o-1")).status, 201);
}

TEST_F(AcceptAnswer, that_cannot_be_given_again_is_500) {
  const auto ask_for = [&](http::Response answer) {
    return verdict(ask(acceptor_, request("k"), [&answer](Scope& scope) {
      scope.tx().execute("INSERT INTO effect (name) VALUES ('x')");
      return answer;
    }));
  };
  EXPECT_EQ(ask_for(http::empty_response(200).with("X", "a\r\nSet-Cookie: b")), "500 internal");
  EXPECT_EQ(ask_for(http::json_response(200, std::string(AcceptorOptions{}.answer_bytes + 1, 'x'))),
            "500 internal");
  EXPECT_EQ(ask_for(http::empty_response(99)), "500 internal");
  EXPECT_EQ(count("effect"), 0);
}

// A 409 costs the client a second; to do it twice would cost it an order.
TEST_F(AcceptAnswer, while_another_process_is_at_it_is_409_and_then_its_answer) {
  postgres::Pool other_pool(database_options(database_.url()));
  Acceptor other(loop_, other_pool, sender_);
  Gate gate;
  auto first = send(acceptor_, request("k"), gate.before(effect("o-1")));
  ASSERT_TRUE(gate.await(1));
  const auto meanwhile = ask(other, request("k"), effect("o-1"));
  EXPECT_EQ(verdict(meanwhile), "409 request-in-progress");
  EXPECT_EQ(field(meanwhile, "Retry-After"), "1");
  gate.open();
  const auto done = first.get();
  EXPECT_EQ(done.status, 201);
  const auto repeat = ask(other, request("k"), effect("o-1"));
  EXPECT_EQ(essence(repeat), essence(done));
  EXPECT_TRUE(is_replayed(repeat));
  expect_each_once();
}

TEST_F(AcceptAnswer, may_use_what_came_with_the_request_and_goes_on_with_its_trace) {
  auto traced = request("k");
  traced.trace = telemetry::TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const auto answer = ask(acceptor_, traced, [](Scope& scope) {
    effect("o-1")(scope);
    return http::json_response(200, scope.request().id + scope.request().client);
  });
  EXPECT_EQ(answer.body, "request-kshop");
  EXPECT_EQ(sql("SELECT substr(headers->>'traceparent', 4, 32) FROM waybill.outbox"),
            "0af7651916cd43dd8448eb211c80319c");
}

TEST_F(AcceptAnswer, of_who_only_locks_and_finds_the_rows_locked_is_503_and_nothing_was_done) {
  sql("CREATE TABLE stock (sku text PRIMARY KEY); INSERT INTO stock VALUES ('a')");
  auto options = database_options(database_.url());
  options.lock_timeout = 100ms;
  postgres::Pool impatient(options);
  Acceptor acceptor(loop_, impatient, sender_);
  Gate gate;
  const auto lock = [](Scope& scope) {
    scope.tx().execute("SELECT FROM stock FOR UPDATE");
    return http::empty_response(204);
  };
  auto first = send(acceptor_, request("1"), [&](Scope& scope) {
    auto answer = lock(scope);
    gate.pass();
    return answer;
  });
  ASSERT_TRUE(gate.await(1));
  const auto second = ask(acceptor, request("2"), lock);
  EXPECT_EQ(verdict(second), "503 busy");
  EXPECT_EQ(field(second, "Retry-After"), "1");
  gate.open();
  EXPECT_EQ(first.get().status, 204);
}

}  // namespace
}  // namespace waybill::accept::testing
