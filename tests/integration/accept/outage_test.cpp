#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>

#include "accept_fixture.hpp"
#include "waybill/runtime/url.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/telemetry/metrics.hpp"
#include "waybill/testkit/eventually.hpp"

// The database goes away, before a COMMIT, at it, or behind it, and no client is told what is not so.

namespace waybill::accept::testing {
namespace {

using servers::Direction;
using namespace servers::fault;

class AcceptOutage : public AcceptFixture {
 protected:
  static runtime::HostPort address_of(const std::string& url) {
    const auto host = runtime::Url::parse(url).value().host();
    return {host.name, host.port.value()};
  }
  std::string through_proxy() const {
    auto url = database_.url();
    const auto port = std::to_string(address_of(url).port);
    return url.replace(url.find(port), port.size(), std::to_string(proxy_.port()));
  }
  /// The next thing that goes that way on the connections that are open ends them.
  void cut_next(Direction direction) {
    proxy_.inject(CutAfter{direction, 0, servers::Connections::open, servers::Cut::reset});
  }
  /// Whose first run is cut off when COMMIT is sent, or answered.
  Acceptor::Function cut_off(const std::string& name, Direction direction) {
    return [this, name, direction, is_cut = std::make_shared<std::atomic<bool>>(false)](Scope& scope) {
      auto answer = effect(name)(scope);
      scope.tx().settle();
      if (!is_cut->exchange(true)) cut_next(direction);
      return answer;
    };
  }

  servers::FaultProxy proxy_{address_of(database_.url())};
  postgres::Pool proxied_{database_options(through_proxy(), 2)};
  telemetry::Metrics metrics_;
  Acceptor acceptor_{loop_, proxied_, sender_, one_group(), Probe(metrics_)};
};

TEST_F(AcceptOutage, before_anything_is_done_is_503_and_over_when_it_is_over) {
  ask(acceptor_, "before");
  proxy_.inject(Refuse{});
  proxy_.inject(CutNow{});
  const auto answer = ask(acceptor_, "o-1");
  EXPECT_EQ(verdict(answer), "503 unavailable");
  EXPECT_EQ(field(answer, "Retry-After"), "1");
  proxy_.heal();
  const auto again = ask(acceptor_, "o-1");
  EXPECT_EQ(again.status, 201);
  EXPECT_FALSE(is_replayed(again));
}

TEST_F(AcceptOutage, at_the_start_is_503_until_it_is_over) {
  proxy_.inject(Refuse{});
  Acceptor acceptor(loop_, proxied_, sender_, one_group());
  EXPECT_EQ(verdict(ask(acceptor, "o-1")), "503 unavailable");
  proxy_.heal();
  EXPECT_EQ(ask(acceptor, "o-1").status, 201);
}

// Nothing was sent that could commit, so this is no doubt; but the server may still hold the key's lock, and
// the client's own request must not be refused for it.
TEST_F(AcceptOutage, of_a_connection_in_the_middle_is_made_good_at_once) {
  ask(acceptor_, "before");
  for (int i = 0; i < 50; ++i) {
    const auto key = "o-" + std::to_string(i);
    const auto answer = ask(acceptor_, request(key), [&, runs = 0](Scope& scope) mutable {
      auto mine = effect(key)(scope);
      scope.tx().settle();
      if (++runs == 1) proxy_.inject(CutNow{});
      scope.tx().execute("SELECT 1");
      return mine;
    });
    EXPECT_EQ(verdict(answer), "201") << key;
    EXPECT_FALSE(is_replayed(answer));
  }
  EXPECT_EQ(count("effect"), 51);
  expect_each_once();
}

TEST_F(AcceptOutage, whose_commit_was_made_and_not_answered_is_found_by_the_key) {
  ask(acceptor_, "before");
  for (int i = 0; i < 100; ++i) {
    const auto key = "o-" + std::to_string(i);
    const auto answer = ask(acceptor_, request(key), cut_off(key, Direction::server_to_client));
    EXPECT_EQ(verdict(answer), "201") << key;
    EXPECT_FALSE(is_replayed(answer)) << "it is the answer to this very request";
    EXPECT_EQ(answer.body, "{\"id\":\"" + key + "\"}");
  }
  EXPECT_EQ(count("effect"), 101);
  expect_each_once();
}

TEST_F(AcceptOutage, whose_commit_never_arrived_is_made_good_by_another_run) {
  ask(acceptor_, "before");
  for (int i = 0; i < 100; ++i) {
    const auto key = "o-" + std::to_string(i);
    EXPECT_EQ(verdict(ask(acceptor_, request(key), cut_off(key, Direction::client_to_server))), "201") << key;
  }
  EXPECT_EQ(count("effect"), 101);
  expect_each_once();
}

TEST_F(AcceptOutage, of_a_whole_group_at_its_commit_gives_each_its_answer) {
  for (int round = 0; round < 20; ++round) {
    Gate gate;
    auto first = send(acceptor_, request("first-" + std::to_string(round)),
                      gate.before(effect("f" + std::to_string(round))));
    ASSERT_TRUE(gate.await(1));
    std::vector<Answer> answers;
    for (int i = 0; i < 10; ++i) {
      const auto key = std::to_string(round) + "-" + std::to_string(i);
      const auto direction = round % 2 == 0 ? Direction::server_to_client : Direction::client_to_server;
      answers.push_back(send(acceptor_, request(key), i < 9 ? effect(key) : cut_off(key, direction)));
    }
    ASSERT_TRUE(testkit::eventually([&] { return acceptor_.load().waiting == 10; }));
    gate.open();
    for (auto& one : answers) EXPECT_EQ(verdict(one.get()), "201");
  }
  EXPECT_EQ(count("effect"), 220);
  expect_each_once();
}

// The one that threw is to run alone behind the others, and does not come to that.
TEST_F(AcceptOutage, of_others_at_their_commit_is_not_told_to_who_had_no_part_in_it) {
  Gate gate;
  auto first = send(acceptor_, request("first"), gate.before(effect("first")));
  ASSERT_TRUE(gate.await(1));
  auto flaky = send(acceptor_, request("flaky"), [runs = 0](Scope& scope) mutable {
    if (++runs == 1) throw std::runtime_error("not the first time");
    return effect("flaky")(scope);
  });
  auto lost = send(acceptor_, request("lost"), cut_off("lost", Direction::server_to_client));
  ASSERT_TRUE(testkit::eventually([&] { return acceptor_.load().waiting == 2; }));
  gate.open();
  EXPECT_EQ(verdict(lost.get()), "201");
  EXPECT_EQ(verdict(flaky.get()), "201");
  EXPECT_EQ(effects(), "first flaky lost");
  expect_each_once();
}

TEST_F(AcceptOutage, that_outlasts_a_request_in_doubt_is_504_and_the_repeat_gets_the_answer) {
  ask(acceptor_, "before");
  auto limited = request("o-1");
  limited.deadline = base::Deadline::after(3s);
  const auto function = [&](Scope& scope) {
    auto answer = effect("o-1")(scope);
    scope.tx().settle();
    proxy_.inject(Refuse{});
    cut_next(Direction::server_to_client);
    return answer;
  };
  EXPECT_EQ(verdict(ask(acceptor_, limited, function)), "504 outcome-unknown");
  proxy_.heal();
  const auto repeat = ask(acceptor_, "o-1");
  EXPECT_EQ(repeat.status, 201);
  EXPECT_TRUE(is_replayed(repeat));
  EXPECT_EQ(count("effect"), 2);
  expect_each_once();
}

// The server is still at the COMMIT, with the key's lock in its hands, when the connection is gone.
TEST_F(AcceptOutage, with_the_servers_own_commit_still_under_way_waits_for_it_and_is_no_409) {
  sql("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "  IF NEW.name = 'o-1' THEN PERFORM pg_advisory_xact_lock_shared(42); END IF; RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION wait()");
  ask(acceptor_, "before");
  postgres::Pool holder(database_options(database_.url(), 1));
  const auto groups = [&] {
    const auto text = metrics_.render();
    const std::string_view name = "waybill_accept_group_requests_count ";
    return std::stoi(text.substr(text.find(name) + name.size()));
  };
  Answer answer;
  holder.transact(
      [&](postgres::Tx& tx) {
        tx.execute("SELECT pg_advisory_xact_lock(42)");
        const int before = groups();
        answer = send(acceptor_, "o-1");
        EXPECT_TRUE(testkit::eventually([&] {
          return sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT "
                     "granted "
                     "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") ==
                 "1";
        }));
        proxy_.inject(CutNow{});
        EXPECT_TRUE(testkit::eventually([&] { return groups() > before + 1; })) << "no other run was made";
      },
      soon());
  EXPECT_EQ(verdict(answer.get()), "201");
  EXPECT_EQ(effects(), "before o-1");
  expect_each_once();
}

}  // namespace
}  // namespace waybill::accept::testing
