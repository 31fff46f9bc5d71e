#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "outcomes.hpp"
#include "through_proxy.hpp"

// Statements that nobody waits for: they cost no round trip, and are statements like all others otherwise.

namespace waybill::postgres::testing {
namespace {

using servers::Direction;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace servers::fault;

constexpr Sql insert = "INSERT INTO t (a) VALUES ($1)";

class Pipeline : public ::testing::Test {
 protected:
  Pipeline() { database_.run("CREATE TABLE t (a bigint PRIMARY KEY, tx xid8 DEFAULT pg_current_xact_id())"); }

  Options one_connection() const {
    auto options = database_.options();
    options.connections = 1;
    return options;
  }
  std::vector<std::int64_t> rows() {
    return direct_.transact([](Tx& tx) { return tx.query<std::int64_t>("SELECT a FROM t ORDER BY a"); },
                            soon());
  }
  int backend() {
    return pool_.transact([](Tx& tx) { return tx.query_one<std::int32_t>("SELECT pg_backend_pid()"); },
                          soon());
  }

  Database database_;
  Pool direct_{database_.options()};
  Pool pool_{one_connection()};
};

TEST_F(Pipeline, what_comes_after_sees_what_was_pipelined) {
  const auto count = pool_.transact(
      [](Tx& tx) {
        for (std::int64_t a = 0; a < 100; ++a) tx.pipeline(insert, a);
        tx.pipeline("DELETE FROM t WHERE a < 10");
        return tx.query_one<std::int64_t>("SELECT count(*) FROM t");
      },
      soon());
  EXPECT_EQ(count, 90);
  EXPECT_EQ(rows().size(), 90U);
}

TEST_F(Pipeline, a_transaction_of_nothing_else_is_committed) {
  pool_.transact([](Tx& tx) { tx.pipeline(insert, std::int64_t{1}); }, soon());
  EXPECT_THAT(rows(), ElementsAre(1));
}

// An answer comes after a tenth of a second, so two hundred that are waited for one by one take twenty.
TEST_F(Pipeline, costs_no_round_trip) {
  constexpr std::int64_t statements = 200;
  servers::FaultProxy proxy(server_of(database_.options()));
  Pool far(through(proxy, database_.options(), 1));
  far.ping(soon());
  proxy.inject(Delay{.direction = Direction::server_to_client, .fixed = 100ms});
  Batch<> batch(far);
  for (std::int64_t a = 0; a < statements; ++a) {
    batch.add([a](Tx& tx) { tx.pipeline(insert, a); });
  }
  const auto began = base::system_clock().steady();
  EXPECT_THAT(states(batch.run(soon())), ::testing::Each(BatchState::committed));
  EXPECT_LT(base::system_clock().steady() - began, 10s);
  EXPECT_EQ(rows().size(), std::size_t{statements});
}

TEST_F(Pipeline, a_function_that_throws_has_done_nothing_and_its_connection_stays) {
  const int before = backend();
  EXPECT_THROW(pool_.transact(
                   [](Tx& tx) {
                     tx.pipeline(insert, std::int64_t{1});
                     throw std::domain_error("not this way");
                   },
                   soon()),
               std::domain_error);
  EXPECT_EQ(backend(), before);
  EXPECT_THAT(rows(), ElementsAre());
}

// Wherever it comes out, it tells of the statement that it is about, and nothing is committed.
TEST_F(Pipeline, a_refused_statement_is_told_where_an_answer_is_awaited) {
  database_.run("INSERT INTO t VALUES (7)");
  const int before = backend();
  const auto refused = [](Tx& tx) {
    tx.pipeline("INSERT INTO t (a) VALUES (1)");
    tx.pipeline(insert, std::int64_t{7});
    tx.pipeline("INSERT INTO t (a) VALUES (2)");
  };
  bool passed = false;
  const std::vector<std::function<void(Tx&)>> functions{
      refused,
      [&](Tx& tx) { refused(tx), tx.settle(), passed = true; },
      [&](Tx& tx) { refused(tx), tx.query<bool>("SELECT true"), passed = true; },
  };
  for (const auto& function : functions) {
    const auto fault = fault_of(pool_, function);
    ASSERT_TRUE(fault);
    EXPECT_TRUE(fault->violates("t_pkey")) << fault->what();
    EXPECT_THAT(fault->what(), HasSubstr("refused \"INSERT INTO t (a) VALUES ($1)\""));
  }
  EXPECT_FALSE(passed);
  EXPECT_EQ(backend(), before) << "the connection is as good as it was";
  EXPECT_THAT(rows(), ElementsAre(7));
}

TEST_F(Pipeline, a_constraint_that_is_checked_at_commit_is_told_of_commit) {
  database_.run("ALTER TABLE t ADD CONSTRAINT later UNIQUE (a) DEFERRABLE INITIALLY DEFERRED");
  database_.run("ALTER TABLE t DROP CONSTRAINT t_pkey; INSERT INTO t VALUES (1)");
  const auto fault = fault_of(pool_, [](Tx& tx) { tx.pipeline(insert, std::int64_t{1}); });
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->violates("later"));
  EXPECT_THAT(fault->what(), HasSubstr("refused \"COMMIT\""));
}

TEST_F(Pipeline, a_statement_that_could_not_be_prepared_can_be_later) {
  constexpr Sql later = "INSERT INTO not_yet VALUES ($1)";
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    tx.pipeline(later, 1);
    tx.pipeline(later, 2);
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->sqlstate(), "42P01");
  database_.run("CREATE TABLE not_yet (a integer)");
  pool_.transact(
      [&](Tx& tx) {
        tx.pipeline(later, 1);
        tx.pipeline(later, 2);
        EXPECT_EQ(tx.query_one<std::int64_t>("SELECT count(*) FROM not_yet"), 2);
      },
      soon());
}

// Neither side reads while it writes more than the sockets take.
TEST_F(Pipeline, more_than_the_sockets_hold_in_either_direction_goes_through) {
  const std::string much(10'000, 'x');
  const auto last = pool_.transact(
      [&](Tx& tx) {
        for (int i = 0; i < 5'000; ++i) tx.pipeline("SELECT $1", much);
        return tx.query_one<std::string>("SELECT $1", much);
      },
      soon());
  EXPECT_EQ(last, much);
}

// Each has the time of a statement, however many are waited for together.
TEST_F(Pipeline, patience_grows_with_the_number_of_statements) {
  auto options = one_connection();
  options.statement_timeout = 1'500ms;
  Pool pool(options);
  const auto take_time = [](Tx& tx, int times) {
    for (int i = 0; i < times; ++i) tx.pipeline("SELECT pg_sleep(0.1)");
  };
  EXPECT_FALSE(fault_of(pool, [&](Tx& tx) { take_time(tx, 40); })) << "4 s: longer than silence is suffered";
  const auto fault = fault_of(pool, [&](Tx& tx) {
    take_time(tx, 1);
    tx.pipeline("SELECT pg_sleep(20)");
    tx.execute("SELECT 1");
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->sqlstate(), "57014");
  EXPECT_THAT(fault->what(), HasSubstr("refused \"SELECT pg_sleep(20)\""));
}

// Which one holds up the others, the server does not say.
TEST_F(Pipeline, a_deadline_names_what_was_awaited_and_tells_of_what_came_before) {
  pool_.ping(soon());
  const auto began = base::system_clock().steady();
  try {
    pool_.transact(
        [](Tx& tx) {
          tx.pipeline("SELECT pg_sleep(0)");
          tx.pipeline("SELECT pg_sleep(600)");
          tx.execute("SELECT 1");
        },
        base::Deadline::after(2s));
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::transient);
    EXPECT_THAT(fault.what(),
                AllOf(HasSubstr("the deadline came at \"SELECT 1\" (or one of 2 pipelined before it)"),
                      HasSubstr("nothing was committed")));
  }
  EXPECT_LT(base::system_clock().steady() - began, 20s);
}

// COMMIT is in the same write: wherever the answer is cut off, it may have been done.
TEST_F(Pipeline, a_cut_at_each_byte_of_the_answer_is_in_doubt) {
  servers::FaultProxy proxy(server_of(database_.options()));
  auto options = through(proxy, database_.options(), 1);
  Pool pool(options);
  constexpr std::int64_t bytes = 60;
  for (std::int64_t at = 0; at < bytes; ++at) {
    pool.ping(soon());
    const auto fault = fault_of(pool, [&](Tx& tx) {
      tx.pipeline(insert, at);
      proxy.inject(CutAfter{.direction = Direction::server_to_client, .bytes = static_cast<std::size_t>(at)});
    });
    proxy.heal();
    ASSERT_TRUE(fault) << at;
    EXPECT_EQ(fault->kind(), FaultKind::in_doubt) << at << ": " << fault->what();
    // The second one waits for the first, should it be under way still.
    const auto again = fault_of(direct_, [&](Tx& tx) { tx.pipeline(insert, at); });
    EXPECT_TRUE(!again || again->is_unique_violation()) << at << ": " << again->what();
  }
  EXPECT_EQ(rows().size(), static_cast<std::size_t>(bytes));
}

// The server answers in order: what it says of a statement before COMMIT, it says before it comes to COMMIT.
TEST_F(Pipeline, a_session_that_is_ended_before_commit_is_reached_is_not_in_doubt) {
  int runs = 0;
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    ++runs;
    tx.pipeline(insert, std::int64_t{runs});
    tx.pipeline("SELECT pg_terminate_backend(pg_backend_pid())");
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind(), FaultKind::unavailable) << fault->what();
  EXPECT_EQ(runs, 2) << "once more, on a new connection";
  EXPECT_THAT(rows(), ElementsAre());
}

// It may be COMMIT that is cancelled, before it has begun: the transaction is open then, and has failed.
TEST_F(Pipeline, a_cancelled_transaction_leaves_a_connection_that_works) {
  for (int i = 0; i < 50; ++i) {
    const auto fault = fault_of(pool_, [&](Tx& tx) {
      tx.pipeline(insert, std::int64_t{i});
      tx.pipeline("SELECT pg_cancel_backend(pg_backend_pid())");
    });
    EXPECT_TRUE(!fault || fault->sqlstate() == "57014") << fault->what();
    pool_.ping(soon());
  }
}

TEST_F(Pipeline, of_thousands_the_first_are_waited_for_meanwhile) {
  int given = 0;
  const auto fault = fault_of(pool_, [&](Tx& tx) {
    tx.pipeline("SELECT 1/0");
    for (; given < 10'000; ++given) tx.pipeline("SELECT 1");
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->sqlstate(), "22012");
  EXPECT_LT(given, 2'000);
}

class PipelinedBatch : public Pipeline {
 protected:
  std::int64_t transactions() {
    return direct_.transact(
        [](Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(DISTINCT tx) FROM t"); }, soon());
  }
};

// It is found out while another one waits for an answer, or nobody does: who pipelined it is to blame.
TEST_F(PipelinedBatch, who_pipelined_what_is_refused_is_the_culprit) {
  for (const bool all_pipeline : {true, false}) {
    database_.run("TRUNCATE t; INSERT INTO t VALUES (100)");
    std::vector<int> runs(8);
    Batch<> batch(pool_);
    for (std::int64_t i = 0; i < 8; ++i) {
      batch.add([&runs, i, all_pipeline](Tx& tx) {
        ++runs[static_cast<std::size_t>(i)];
        tx.pipeline(insert, i);
        if (i == 2 || i == 7) tx.pipeline(insert, std::int64_t{100});
        if (!all_pipeline && i == 5) tx.execute("SELECT 1");
      });
    }
    const auto outcomes = batch.run(soon());
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_EQ(outcomes[i].state, i == 2 || i == 7 ? BatchState::failed : BatchState::committed) << i;
    }
    EXPECT_THAT(rows(), ElementsAre(0, 1, 3, 4, 5, 6, 100));
    EXPECT_EQ(transactions(), 2) << "that of the beginning, and one for all who share it";
    EXPECT_LE(*std::ranges::max_element(runs), 3) << "two culprits, so three times";
  }
}

// Whoever waits may take the fault for his own, and throw something else.
TEST_F(PipelinedBatch, who_waited_and_threw_for_another_ones_sake_is_not_to_blame) {
  for (const bool own_fault : {false, true}) {
    database_.run("TRUNCATE t");
    std::vector<int> runs(4);
    Batch<> batch(pool_);
    for (std::int64_t i = 0; i < 4; ++i) {
      batch.add([&runs, i, own_fault](Tx& tx) {
        ++runs[static_cast<std::size_t>(i)];
        if (i == 1) return tx.pipeline("SELECT 1/0");
        try {
          tx.execute(insert, i);
        } catch (const Fault&) {
          if (own_fault) throw Fault(FaultKind::permanent, "no luck");
          throw std::domain_error("no luck");
        }
      });
    }
    EXPECT_THAT(states(batch.run(soon())), ElementsAre(BatchState::committed, BatchState::failed,
                                                       BatchState::committed, BatchState::committed));
    EXPECT_THAT(rows(), ElementsAre(0, 2, 3));
    EXPECT_THAT(runs, ElementsAre(2, 2, 2, 1));
  }
}

TEST_F(PipelinedBatch, what_is_pipelined_for_all_is_tracked_down) {
  struct Work : BatchWork {
    void begin(Tx& tx, std::span<const std::size_t> members) override {
      if (std::ranges::find(members, 1U) != members.end()) tx.pipeline("SELECT 1/0");
    }
    void each(Tx& tx, std::size_t item) override { tx.pipeline(insert, static_cast<std::int64_t>(item)); }
    void end(Tx& tx, std::span<const std::size_t> members) override {
      if (std::ranges::find(members, 2U) != members.end()) tx.pipeline("SELECT 1/0");
    }
  } work;
  EXPECT_THAT(
      states(run_batch(pool_, work, 4, soon())),
      ElementsAre(BatchState::committed, BatchState::failed, BatchState::failed, BatchState::committed));
  EXPECT_THAT(rows(), ElementsAre(0, 3));
}

}  // namespace
}  // namespace waybill::postgres::testing
