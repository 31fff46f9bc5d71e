#include <gmock/gmock.h>

#include <map>
#include <set>

#include "accept_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// However many retries come to however many processes at the same time, one of them has an effect.

namespace waybill::accept::testing {
namespace {

class AcceptRace : public AcceptFixture {
 protected:
  postgres::Pool other_pool_{database_options(database_.url())};
  Acceptor one_{loop_, pool_, sender_};
  Acceptor other_{loop_, other_pool_, sender_};
  std::atomic<int> runs_ = 0;
};

TEST_F(AcceptRace, of_twenty_retries_of_one_request_has_one_effect_and_one_answer) {
  const auto function = counted(runs_, effect("o-1"));
  std::vector<Answer> sent;
  for (int i = 0; i < 20; ++i) sent.push_back(send(i % 2 == 0 ? one_ : other_, request("k"), function));
  std::set<std::string> answers;
  for (auto& each : sent) {
    auto answer = each.get();
    if (answer.status == 409) answer = ask_until_answered(other_, request("k"), function);
    answers.insert(essence(answer));
  }
  EXPECT_EQ(answers,
            (std::set<std::string>{"201\napplication/json\nLocation: /api/v1/orders/o-1\n{\"id\":\"o-1\"}"}));
  EXPECT_EQ(runs_, 1);
  expect_each_once();
}

// No unique index spans the partitions: that there is one row for a key is the lock's doing.
TEST_F(AcceptRace, of_two_processes_over_the_same_keys_answers_each_key_once_and_alike) {
  constexpr int keys = 40;
  constexpr int rounds = 12;
  std::map<std::string, std::set<std::string>> answers;
  int conflicts = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::pair<std::string, Answer>> sent;
    for (int i = 0; i < keys; ++i) {
      // A new key each time among old ones, in opposite orders.
      const auto up = std::to_string(i + round);
      const auto down = std::to_string(keys - 1 - i + round);
      sent.emplace_back(up, send(one_, request(up), counted(runs_, effect(up))));
      sent.emplace_back(down, send(other_, request(down), counted(runs_, effect(down))));
    }
    for (auto& [key, each] : sent) {
      const auto answer = each.get();
      if (answer.status == 409) {
        ++conflicts;
      } else {
        answers[key].insert(essence(answer));
      }
    }
  }
  RecordProperty("conflicts", conflicts);
  EXPECT_EQ(answers.size(), std::size_t{keys + rounds - 1});
  for (const auto& [key, different] : answers) {
    EXPECT_EQ(different.size(), 1U) << key;
    EXPECT_THAT(*different.begin(), ::testing::HasSubstr("\"" + key + "\""));
  }
  EXPECT_EQ(count("effect"), keys + rounds - 1);
  EXPECT_EQ(count("waybill.idempotency"), keys + rounds - 1);
  expect_each_once();
}

// Each ends in one of two ways for both: one body is done, the other is told that the key is another's.
TEST_F(AcceptRace, of_two_different_requests_under_one_key_does_one_of_them) {
  for (int i = 0; i < 50; ++i) {
    const auto key = "k-" + std::to_string(i);
    auto first = send(one_, request(key, "first"), effect(key));
    auto second = send(other_, request(key, "second"), effect(key));
    const int done = (first.get().status == 201 ? 1 : 0) + (second.get().status == 201 ? 1 : 0);
    EXPECT_EQ(done, 1) << key;
  }
  EXPECT_EQ(count("effect"), 50);
  expect_each_once();
}

// Who looks for an answer before it has the lock misses the one that is committed in between, and does it
// again: here it is held where it looks, for as long as that takes.
TEST_F(AcceptRace, between_a_look_and_a_commit_is_lost_by_who_looks) {
  sql("ALTER TABLE waybill.idempotency RENAME TO kept;"
      "CREATE FUNCTION waybill.hold() RETURNS SETOF waybill.kept LANGUAGE plpgsql AS $$ BEGIN "
      "  IF current_setting('application_name') = 'held' THEN PERFORM pg_advisory_xact_lock_shared(42); END "
      "IF;"
      "  RETURN; END $$;"
      "CREATE VIEW waybill.idempotency AS SELECT * FROM waybill.kept UNION ALL SELECT * FROM waybill.hold();"
      "CREATE FUNCTION waybill.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "  NEW.created_at := clock_timestamp(); INSERT INTO waybill.kept SELECT NEW.*; RETURN NEW; END $$;"
      "CREATE TRIGGER keep INSTEAD OF INSERT ON waybill.idempotency FOR EACH ROW EXECUTE FUNCTION "
      "waybill.keep()");
  auto options = database_options(database_.url());
  options.application_name = "held";
  postgres::Pool held_pool(options);
  Acceptor held(loop_, held_pool, sender_);
  const auto function = counted(runs_, effect("o-1"));
  Gate gate;
  auto first = send(one_, request("k"), gate.before(function));
  ASSERT_TRUE(gate.await(1));
  Answer second;
  postgres::Pool holder(database_options(database_.url(), 1));
  holder.transact(
      [&](postgres::Tx& tx) {
        tx.execute("SELECT pg_advisory_xact_lock(42)");
        second = send(held, request("k"), function);
        EXPECT_TRUE(testkit::eventually([&] {
          return sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT "
                     "granted "
                     "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") ==
                 "1";
        }));
        gate.open();
        EXPECT_EQ(first.get().status, 201);
      },
      soon());
  EXPECT_EQ(second.get().status, 409);
  EXPECT_TRUE(is_replayed(ask(held, request("k"), function)));
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(effects(), "o-1");
}

}  // namespace
}  // namespace waybill::accept::testing
