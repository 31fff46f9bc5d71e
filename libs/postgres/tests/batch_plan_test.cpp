#include "batch_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace waybill::postgres {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

std::vector<std::size_t> members(BatchPlan& plan) {
  const auto run = plan.next();
  if (!run) return {};
  return {run->members.begin(), run->members.end()};
}

TEST(BatchPlan, nothing_to_do_is_done) {
  BatchPlan plan(0, 10, 1);
  EXPECT_FALSE(plan.next());
}

TEST(BatchPlan, all_share_one_transaction_when_all_goes_well) {
  BatchPlan plan(3, 10, 1);
  EXPECT_THAT(members(plan), ElementsAre(0, 1, 2));
  plan.committed();
  EXPECT_FALSE(plan.next());
  EXPECT_THAT(plan.states(), Each(BatchState::committed));
}

// The neighbours of a poisonous item must neither fail with it nor be run one by one for it.
TEST(BatchPlan, who_throws_runs_alone_after_the_others) {
  BatchPlan plan(4, 10, 1);
  members(plan);
  plan.threw(1);
  EXPECT_THAT(members(plan), ElementsAre(0, 2, 3));
  plan.committed();
  EXPECT_THAT(members(plan), ElementsAre(1));
  plan.threw(1);
  EXPECT_FALSE(plan.next());
  EXPECT_THAT(plan.states(), ElementsAre(BatchState::committed, BatchState::failed, BatchState::committed,
                                         BatchState::committed));
}

TEST(BatchPlan, who_threw_among_others_may_commit_alone) {
  BatchPlan plan(2, 10, 1);
  members(plan);
  plan.threw(0);
  members(plan);
  plan.committed();
  EXPECT_THAT(members(plan), ElementsAre(0));
  plan.committed();
  EXPECT_THAT(plan.states(), Each(BatchState::committed));
}

TEST(BatchPlan, several_culprits_run_alone_in_their_order) {
  BatchPlan plan(4, 10, 1);
  members(plan);
  plan.threw(3);
  members(plan);
  plan.threw(0);
  EXPECT_THAT(members(plan), ElementsAre(1, 2));
  plan.committed();
  EXPECT_THAT(members(plan), ElementsAre(0));
  plan.threw(0);
  EXPECT_THAT(members(plan), ElementsAre(3));
  plan.threw(3);
  EXPECT_FALSE(plan.next());
}

TEST(BatchPlan, an_unknown_culprit_is_found_by_halving_and_the_order_is_kept) {
  BatchPlan plan(5, 10, 1);
  members(plan);
  plan.failed_together();
  EXPECT_THAT(members(plan), ElementsAre(0, 1, 2));
  plan.committed();
  EXPECT_THAT(members(plan), ElementsAre(3, 4));
  plan.failed_together();
  EXPECT_THAT(members(plan), ElementsAre(3));
  plan.failed_together();
  EXPECT_THAT(members(plan), ElementsAre(4));
  plan.committed();
  EXPECT_THAT(plan.states(), ElementsAre(BatchState::committed, BatchState::committed, BatchState::committed,
                                         BatchState::failed, BatchState::committed));
}

TEST(BatchPlan, a_conflict_runs_the_same_again_and_then_halves) {
  BatchPlan plan(4, 10, 1);
  members(plan);
  plan.conflicted();
  EXPECT_THAT(members(plan), ElementsAre(0, 1, 2, 3));
  plan.conflicted();
  EXPECT_THAT(members(plan), ElementsAre(0, 1));
  plan.committed();
  EXPECT_THAT(members(plan), ElementsAre(2, 3));
  plan.committed();
  EXPECT_THAT(plan.states(), Each(BatchState::committed));
}

TEST(BatchPlan, conflicts_wait_at_random_and_other_runs_do_not) {
  BatchPlan plan(2, 1'000, 7);
  EXPECT_EQ(plan.next()->wait.count(), 0);
  plan.threw(0);
  EXPECT_EQ(plan.next()->wait.count(), 0);
  std::set<std::chrono::milliseconds::rep> waits;
  for (int i = 0; i < 50; ++i) {
    plan.conflicted();
    waits.insert(plan.next()->wait.count());
  }
  EXPECT_GT(waits.size(), 10U);
  EXPECT_LE(*waits.rbegin(), 500);
}

// Without a bound, two items that always meet would go on for ever.
TEST(BatchPlan, conflicts_of_one_item_alone_end) {
  BatchPlan plan(1, 3, 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(members(plan), ElementsAre(0));
    plan.conflicted();
  }
  EXPECT_FALSE(plan.next());
  EXPECT_EQ(plan.states()[0], BatchState::failed);
}

TEST(BatchPlan, a_broken_connection_is_replaced_once) {
  BatchPlan plan(2, 10, 1);
  members(plan);
  plan.disconnected();
  EXPECT_THAT(members(plan), ElementsAre(0, 1));
  plan.disconnected();
  EXPECT_FALSE(plan.next());
  EXPECT_THAT(plan.states(), Each(BatchState::unfinished));
}

// In doubt is neither success nor failure, and says nothing of those whose transaction never began.
TEST(BatchPlan, only_the_members_of_the_transaction_in_doubt_are_in_doubt) {
  BatchPlan plan(6, 10, 1);
  members(plan);
  plan.threw(5);
  members(plan);
  plan.failed_together();
  EXPECT_THAT(members(plan), ElementsAre(0, 1, 2));
  plan.committed();
  EXPECT_THAT(members(plan), ElementsAre(3, 4));
  plan.left_in_doubt();
  EXPECT_FALSE(plan.next());
  EXPECT_THAT(plan.states(), ElementsAre(BatchState::committed, BatchState::committed, BatchState::committed,
                                         BatchState::in_doubt, BatchState::in_doubt, BatchState::unfinished));
}

TEST(BatchPlan, giving_up_leaves_the_rest_unfinished) {
  BatchPlan plan(3, 10, 1);
  members(plan);
  plan.threw(2);
  members(plan);
  plan.gave_up();
  EXPECT_FALSE(plan.next());
  EXPECT_THAT(plan.states(), Each(BatchState::unfinished));
}

// Whatever happens, in whatever order: it ends, runs are ascending, nobody runs again who is decided, and
// without a loss of the server everyone is decided.
TEST(BatchPlan, any_sequence_of_reports_ends_with_everyone_decided) {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    std::mt19937_64 random(seed);
    const std::size_t items = random() % 12;
    BatchPlan plan(items, 4, seed);
    bool lost = false;
    for (std::size_t runs = 0;; ++runs) {
      ASSERT_LT(runs, 300U) << "seed " << seed;
      const auto run = plan.next();
      if (!run) break;
      ASSERT_TRUE(std::ranges::is_sorted(run->members)) << "seed " << seed;
      for (const auto member : run->members)
        ASSERT_EQ(plan.states()[member], BatchState::unfinished) << "seed " << seed;
      const auto chance = random() % 100;
      if (chance < 40) {
        plan.committed();
      } else if (chance < 65) {
        plan.threw(run->members[random() % run->members.size()]);
      } else if (chance < 80) {
        plan.failed_together();
      } else if (chance < 96) {
        plan.conflicted();
      } else if (chance < 98) {
        plan.disconnected();
        lost = true;
      } else if (chance < 99) {
        plan.left_in_doubt();
        lost = true;
      } else {
        plan.gave_up();
        lost = true;
      }
    }
    if (!lost) {
      ASSERT_THAT(plan.states(), ::testing::Not(::testing::Contains(BatchState::unfinished)))
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace waybill::postgres
