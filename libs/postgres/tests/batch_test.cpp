#include "waybill/postgres/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "outcomes.hpp"
#include "through_proxy.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;

class BatchTest : public ::testing::Test {
 protected:
  BatchTest() {
    database_.run("CREATE TABLE t (a bigint PRIMARY KEY, tx xid8 DEFAULT pg_current_xact_id())");
  }

  std::vector<std::int64_t> rows() {
    return pool_.transact([](Tx& tx) { return tx.query<std::int64_t>("SELECT a FROM t ORDER BY a"); },
                          soon());
  }
  std::int64_t transactions() {
    return pool_.transact(
        [](Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(DISTINCT tx) FROM t"); }, soon());
  }
  static auto insert(std::int64_t a) {
    return [a](Tx& tx) { tx.execute("INSERT INTO t VALUES ($1)", a); };
  }

  Database database_;
  Pool pool_{database_.options()};
};

TEST_F(BatchTest, many_functions_share_one_transaction_and_have_a_value_each) {
  Batch<std::int64_t> batch(pool_);
  for (std::int64_t i = 0; i < 20; ++i)
    batch.add(
        [i](Tx& tx) { return tx.query_one<std::int64_t>("INSERT INTO t VALUES ($1) RETURNING a * 2", i); });
  auto outcomes = batch.run(soon());
  ASSERT_EQ(outcomes.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(outcomes[i].get(), static_cast<std::int64_t>(i) * 2);
  EXPECT_EQ(transactions(), 1);
  EXPECT_EQ(batch.size(), 0U);
}

TEST_F(BatchTest, an_empty_batch_has_no_outcomes) { EXPECT_TRUE(Batch<>(pool_).run(soon()).empty()); }

// One poisonous message must cost its neighbours neither their effect nor their transaction.
TEST_F(BatchTest, a_culprit_fails_alone_and_the_others_share_a_transaction) {
  Batch<> batch(pool_);
  batch.add(insert(1));
  batch.add([](Tx& tx) {
    tx.execute("INSERT INTO t VALUES (100)");
    throw std::domain_error("poison");
  });
  batch.add(insert(2));
  batch.add(insert(2));
  batch.add(insert(3));
  auto outcomes = batch.run(soon());
  EXPECT_THAT(states(outcomes), ElementsAre(BatchState::committed, BatchState::failed, BatchState::committed,
                                            BatchState::failed, BatchState::committed));
  EXPECT_THROW(outcomes[1].get(), std::domain_error);
  EXPECT_THROW(outcomes[3].get(), Fault);
  EXPECT_THAT(rows(), ElementsAre(1, 2, 3));
  EXPECT_EQ(transactions(), 1);
}

// Who swallows an error poisons the transaction for the next one, who would be blamed for it.
TEST_F(BatchTest, who_swallows_a_fault_is_the_culprit) {
  Batch<> batch(pool_);
  batch.add(insert(1));
  batch.add([](Tx& tx) {
    try {
      tx.execute("INSERT INTO t VALUES (1)");
    } catch (const Fault&) {
    }
  });
  batch.add(insert(2));
  EXPECT_THAT(states(batch.run(soon())),
              ElementsAre(BatchState::committed, BatchState::failed, BatchState::committed));
  EXPECT_THAT(rows(), ElementsAre(1, 2));
  EXPECT_EQ(transactions(), 1) << "the next one was not blamed";
}

TEST_F(BatchTest, a_constraint_checked_at_commit_is_tracked_down) {
  database_.run(
      "ALTER TABLE t ADD COLUMN u bigint, ADD CONSTRAINT later UNIQUE (u) DEFERRABLE INITIALLY DEFERRED;"
      "INSERT INTO t (a, u) VALUES (100, 5)");
  Batch<> batch(pool_);
  for (std::int64_t i = 0; i < 8; ++i)
    batch.add([i](Tx& tx) { tx.execute("INSERT INTO t (a, u) VALUES ($1, $1)", i); });
  const auto outcomes = batch.run(soon());
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_EQ(outcomes[i].state, i == 5 ? BatchState::failed : BatchState::committed) << i;
  EXPECT_THAT(rows(), ElementsAre(0, 1, 2, 3, 4, 6, 7, 100));
}

struct Recording : BatchWork {
  void begin(Tx& tx, std::span<const std::size_t> members) override {
    began.emplace_back(members.begin(), members.end());
    tx.execute("INSERT INTO t SELECT unnest($1)", std::vector<std::int64_t>(members.begin(), members.end()));
  }
  void each(Tx&, std::size_t item) override { done.push_back(item); }
  void end(Tx& tx, std::span<const std::size_t> members) override {
    for (const auto member : members) {
      if (member == poison) tx.execute("SELECT 1/0");
    }
  }
  std::optional<std::size_t> poison;
  std::vector<std::vector<std::size_t>> began;
  std::vector<std::size_t> done;
};

TEST_F(BatchTest, what_is_done_for_all_members_knows_them_and_a_fault_in_it_is_tracked_down) {
  Recording work;
  work.poison = 2;
  const auto ends = run_batch(pool_, work, 4, soon());
  EXPECT_THAT(states(ends), ElementsAre(BatchState::committed, BatchState::committed, BatchState::failed,
                                        BatchState::committed));
  EXPECT_THAT(work.began, ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(0, 1), ElementsAre(2, 3),
                                      ElementsAre(2), ElementsAre(3)));
  EXPECT_THAT(rows(), ElementsAre(0, 1, 3));
}

TEST_F(BatchTest, a_conflict_runs_again_and_is_nobodys_failure) {
  int conflicts = 3;
  Batch<> batch(pool_);
  batch.add(insert(1));
  batch.add([&](Tx& tx) {
    if (conflicts-- > 0) tx.execute("DO $$ BEGIN RAISE deadlock_detected; END $$");
    tx.execute("INSERT INTO t VALUES (2)");
  });
  EXPECT_THAT(states(batch.run(soon())), Each(BatchState::committed));
  EXPECT_THAT(rows(), ElementsAre(1, 2));
}

TEST_F(BatchTest, batches_that_deadlock_all_come_through) {
  database_.run("ALTER DATABASE " + database_.name() + " SET deadlock_timeout = '20ms'");
  database_.run(
      "INSERT INTO t SELECT generate_series(1, 10); ALTER TABLE t ADD COLUMN n bigint NOT NULL DEFAULT 0");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Batch<> batch(pool_);
      for (std::int64_t i = 0; i < 10; ++i) {
        const std::int64_t a = t % 2 == 0 ? i + 1 : 10 - i;
        batch.add([a](Tx& tx) { tx.execute("UPDATE t SET n = n + 1 WHERE a = $1", a); });
      }
      EXPECT_THAT(states(batch.run(soon())), Each(BatchState::committed));
    });
  }
  for (auto& thread : threads) thread.join();
  const auto n =
      pool_.transact([](Tx& tx) { return tx.query<std::int64_t>("SELECT DISTINCT n FROM t"); }, soon());
  EXPECT_THAT(n, ElementsAre(4));
}

TEST_F(BatchTest, without_a_server_all_is_unfinished_and_says_why) {
  auto options = database_.options();
  options.url = "postgresql://u:p@127.0.0.1:1/d";
  Pool nowhere(options);
  Batch<> batch(nowhere);
  batch.add(insert(1));
  batch.add(insert(2));
  auto outcomes = batch.run(soon());
  EXPECT_THAT(states(outcomes), Each(BatchState::unfinished));
  for (auto& outcome : outcomes) EXPECT_THROW(outcome.get(), Fault);
}

TEST_F(BatchTest, at_the_deadline_the_rest_is_unfinished) {
  Batch<> batch(pool_);
  batch.add(insert(1));
  batch.add([](Tx& tx) { tx.execute("SELECT pg_sleep(20)"); });
  EXPECT_THAT(states(batch.run(base::Deadline::after(200ms))), Each(BatchState::unfinished));
  EXPECT_THAT(rows(), ElementsAre());
}

TEST_F(BatchTest, a_commit_whose_answer_is_lost_leaves_its_members_in_doubt) {
  servers::FaultProxy proxy(server_of(database_.options()));
  Pool pool(through(proxy, database_.options()));
  Batch<std::int64_t> batch(pool);
  batch.add([](Tx& tx) { return tx.query_one<std::int64_t>("INSERT INTO t VALUES (1) RETURNING a"); });
  batch.add([](Tx&) -> std::int64_t { throw std::domain_error("runs alone, later"); });
  batch.add([&](Tx& tx) {
    tx.execute("INSERT INTO t VALUES (2)");
    proxy.inject(servers::fault::CutAfter{.direction = servers::Direction::server_to_client});
    return std::int64_t{2};
  });
  auto outcomes = batch.run(soon());
  EXPECT_THAT(states(outcomes),
              ElementsAre(BatchState::in_doubt, BatchState::unfinished, BatchState::in_doubt));
  EXPECT_FALSE(outcomes[0].value);
  EXPECT_THROW(outcomes[0].get(), Fault);
  EXPECT_THAT(rows(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace waybill::postgres::testing
