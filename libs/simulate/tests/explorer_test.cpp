#include "waybill/simulate/explorer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <stdexcept>

namespace waybill::simulate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Asks forty times whether a fault strikes; wrong from `needed` on, where there are two messages at least.
Simulation breaks_at(int needed) {
  return [needed](History& history) -> Verdict {
    for (int i = 0; i < 40; ++i) {
      if (history.dice.strikes(10)) history.story.tell("fault ", history.dice.faults_struck());
    }
    if (history.size.messages < 2 || history.dice.faults_struck() < needed) return std::nullopt;
    return "it broke";
  };
}

class ExplorerTest : public ::testing::Test {
 protected:
  void SetUp() override { unsetenv("WAYBILL_SEED"); }
  void TearDown() override { unsetenv("WAYBILL_SEED"); }
};

TEST_F(ExplorerTest, plays_each_seed_once_and_is_true_when_nothing_goes_wrong) {
  std::set<std::uint64_t> seeds;
  const auto explored = explore({.seeds = 100}, [&](History& history) -> Verdict {
    EXPECT_TRUE(seeds.insert(history.seed).second);
    EXPECT_FALSE(history.story.is_heard());
    return std::nullopt;
  });
  EXPECT_TRUE(explored);
  EXPECT_EQ(seeds.size(), 100U);
  EXPECT_EQ(explored.to_string(), "nothing went wrong in 100 histories");
}

TEST_F(ExplorerTest, stops_at_the_first_seed_that_fails_and_says_how_to_run_it_again) {
  const auto explored = explore({.seeds = 100}, [](History& history) -> Verdict {
    if (history.seed < 5) return std::nullopt;
    history.story.tell("the one line");
    return "too large a seed";
  });
  ASSERT_FALSE(explored);
  EXPECT_EQ(explored.histories(), 5U);
  EXPECT_THAT(explored.to_string(), AllOf(HasSubstr("seed 5: too large a seed"), HasSubstr("WAYBILL_SEED=5,"),
                                          HasSubstr("the one line")));
}

// Two messages and three faults are all that it takes; a story of more hides why.
TEST_F(ExplorerTest, tells_the_shortest_story) {
  const auto explored = explore({.seeds = 1'000}, breaks_at(3));
  ASSERT_FALSE(explored);
  const auto& failure = *explored.failure();
  EXPECT_EQ(failure.short_size.messages, 2);
  EXPECT_EQ(failure.story.size(), 3U) << explored;
}

TEST_F(ExplorerTest, spares_the_faults_that_a_story_does_not_need) {
  // Only the second fault matters.
  const auto explored = explore({.seeds = 1'000}, [](History& history) -> Verdict {
    bool is_struck = false;
    for (int i = 0; i < 3; ++i) {
      const bool strikes = history.dice.strikes(100);
      if (strikes) history.story.tell("fault ", i);
      if (i == 1) is_struck = strikes;
    }
    return is_struck ? Verdict{"the second fault"} : std::nullopt;
  });
  ASSERT_FALSE(explored);
  EXPECT_EQ(explored.failure()->story.size(), 1U) << explored;
  EXPECT_THAT(explored.to_string(), HasSubstr("1 fault: the second fault"));
}

TEST_F(ExplorerTest, finds_a_short_story_in_a_seed_nearby) {
  const auto explored = explore({.seeds = 10, .size = {20, 40}}, [](History& history) -> Verdict {
    // Seed 1 needs everything, seed 9 a message and two faults.
    const bool fails =
        history.seed == 1 ? history.size.messages == 20 : history.seed == 9 && history.size.faults >= 2;
    return fails ? Verdict{"it fails"} : std::nullopt;
  });
  ASSERT_FALSE(explored);
  EXPECT_EQ(explored.failure()->seed, 1U);
  EXPECT_EQ(explored.failure()->short_seed, 9U);
  EXPECT_THAT(explored.to_string(), HasSubstr("WAYBILL_SEED=9:1:2"));
}

TEST_F(ExplorerTest, prints_the_end_of_a_long_story) {
  const auto explored = explore({.seeds = 1, .most_lines = 3}, [](History& history) -> Verdict {
    for (int line = 0; line < 10; ++line) history.story.tell("line ", line);
    return "it is long";
  });
  EXPECT_THAT(explored.to_string(),
              AllOf(HasSubstr("after 7 lines more"), HasSubstr("line 7"), Not(HasSubstr("line 6"))));
}

TEST_F(ExplorerTest, takes_an_exception_for_a_verdict) {
  const auto explored =
      explore({.seeds = 1}, [](History&) -> Verdict { throw std::runtime_error("out of ideas"); });
  ASSERT_FALSE(explored);
  EXPECT_EQ(explored.failure()->wrong, "it threw: out of ideas");
}

TEST_F(ExplorerTest, plays_the_seed_of_the_environment_alone) {
  setenv("WAYBILL_SEED", "17", 1);
  std::set<std::uint64_t> seeds;
  const auto note = [&](History& history) -> Verdict {
    seeds.insert(history.seed);
    return std::nullopt;
  };
  EXPECT_TRUE(explore({.seeds = 100}, note));
  EXPECT_EQ(seeds, std::set<std::uint64_t>{17});
  EXPECT_TRUE(search({.seeds = 3}, note));
  EXPECT_EQ(seeds.size(), 4U);
}

TEST_F(ExplorerTest, plays_the_size_of_the_environment_with_its_seed) {
  setenv("WAYBILL_SEED", "17:2:0", 1);
  EXPECT_TRUE(explore({}, [](History& history) -> Verdict {
    EXPECT_EQ(history.size, (Size{2, 0, {}}));
    return std::nullopt;
  }));
}

TEST_F(ExplorerTest, refuses_what_is_no_seed) {
  for (const auto* text : {"x", "17 ", "1:2", "1:2:3:4", "1:2:", "-1", ":", "1:-2:3"}) {
    setenv("WAYBILL_SEED", text, 1);
    EXPECT_THROW(explore({}, breaks_at(1)), std::invalid_argument) << text;
  }
}

// A verdict that hangs on something else than the seed would send people after nothing.
TEST_F(ExplorerTest, says_so_when_a_history_ends_otherwise_while_it_is_told) {
  const auto explored = explore({.seeds = 1}, [](History& history) -> Verdict {
    return history.story.is_heard() ? std::nullopt : Verdict{"it was not heard"};
  });
  EXPECT_THAT(explored.to_string(), HasSubstr("nothing, now that it is told"));
}

TEST(Story, asks_for_nothing_that_nobody_hears) {
  VirtualTime time;
  Story unheard(time, false);
  unheard.tell([]() -> std::string { throw std::logic_error("asked"); });
  EXPECT_TRUE(unheard.lines().empty());
  Story heard(time);
  time.pass(std::chrono::microseconds{1'500});
  heard.tell("row ", 7, " of ", [] { return "k1"; });
  EXPECT_THAT(heard.lines(), ::testing::ElementsAre("       1.5 ms  row 7 of k1"));
}

}  // namespace
}  // namespace waybill::simulate
