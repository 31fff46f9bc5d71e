#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broken_server.hpp"
#include "waybill/testkit/eventually.hpp"

// A commit that is written and waits for a standby that never comes: the one state in which a row is
// certainly there, and its session is ended all the same.

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StandbyWait : public ::testing::Test {
 protected:
  StandbyWait() {
    auto direct = options_for(server_);
    // Who looks on waits for nobody.
    direct.url += "?options=-c%20synchronous_commit%3Dlocal";
    effects_.emplace(direct);
  }
  /// Does that to the session that waits with its COMMIT.
  void to_the_waiting(Sql what) {
    EXPECT_TRUE(testkit::eventually([&] {
      return effects_->direct().transact([&](Tx& tx) { return !tx.query<bool>(what).empty(); }, soon());
    }));
  }
  Fault fault_of_commit(std::int64_t key, Sql what) {
    std::optional<Fault> told;
    std::thread disturber([&] { to_the_waiting(what); });
    EXPECT_EQ(Effects::attempt(pool_, key, &told), End::in_doubt);
    disturber.join();
    return told.value_or(Fault(FaultKind::permanent, "no fault"));
  }

  servers::DisposablePostgres server_{"synchronous_standby_names = 'nobody'\n"};
  std::optional<Effects> effects_;
  Pool pool_{options_for(server_, 1)};
};

TEST_F(StandbyWait, whose_session_is_terminated_is_in_doubt_and_the_row_is_there) {
  const Fault fault = fault_of_commit(
      1, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  EXPECT_TRUE(fault.connection_lost());
  EXPECT_THAT(fault.what(),
              HasSubstr("whether the transaction was committed is unknown: COMMIT was sent to"));
  EXPECT_EQ(effects_->count(), 1);
  EXPECT_EQ(Effects::attempt(pool_, 1), End::was_there);
}

// The server says COMMIT then, with a warning that is easily overlooked: after a failover it may be gone.
TEST_F(StandbyWait, that_is_cancelled_is_in_doubt_though_the_server_says_commit) {
  const Fault fault =
      fault_of_commit(1, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  EXPECT_FALSE(fault.connection_lost());
  EXPECT_THAT(fault.what(), AllOf(HasSubstr("the wait for the synchronous standby was cancelled"),
                                  HasSubstr("a failover may forget it")));
  EXPECT_EQ(effects_->count(), 1);
}

// Its session goes on waiting, and holds what it wrote: a key that nobody sees yet is not a free one.
TEST_F(StandbyWait, that_takes_longer_than_the_deadline_is_in_doubt_and_keeps_its_key_taken) {
  std::optional<Fault> told;
  EXPECT_EQ(Effects::attempt(
                pool_, [](Tx& tx) { Effects::apply(tx, 1); }, &told, base::Deadline::after(3s)),
            End::in_doubt);
  ASSERT_TRUE(told);
  EXPECT_THAT(told->what(), HasSubstr("the deadline came at \"COMMIT\""));
  EXPECT_EQ(effects_->count(), 0);
  auto impatient = options_for(server_, 1);
  impatient.lock_timeout = 200ms;
  Pool retry(impatient);
  EXPECT_EQ(Effects::attempt(retry, 1, &told), End::not_committed);
  EXPECT_EQ(told->kind(), FaultKind::transient);
  EXPECT_EQ(told->sqlstate(), "55P03") << told->what();
  to_the_waiting("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  EXPECT_TRUE(testkit::eventually([&] { return Effects::attempt(retry, 1) == End::was_there; }));
  EXPECT_EQ(effects_->count(), 1);
}

}  // namespace
}  // namespace waybill::postgres::testing
