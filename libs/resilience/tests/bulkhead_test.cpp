#include "waybill/resilience/bulkhead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace waybill::resilience {
namespace {

using enum BulkheadEvent;
using WhyRefused = BulkheadRefusal::Why;

BulkheadRefusal refusal(WhyRefused why, std::uint32_t running, std::uint32_t waiting) {
  return {why, {.running = running, .waiting = waiting}};
}

template <class Result>
std::optional<BulkheadRefusal> refusal_of(const Result& result) {
  return result ? std::nullopt : std::optional{result.error()};
}

TEST(Bulkhead, lets_in_so_many_at_once_and_no_more) {
  Bulkhead bulkhead({.at_once = 2});
  auto one = bulkhead.try_enter();
  const auto other = bulkhead.try_enter();
  ASSERT_TRUE(one && other);
  EXPECT_EQ(refusal_of(bulkhead.try_enter()), refusal(WhyRefused::all_busy, 2, 0));
  { const auto ended = *std::move(one); }
  EXPECT_EQ(bulkhead.occupancy(), (Occupancy{.running = 1, .waiting = 0}));
  EXPECT_TRUE(bulkhead.try_enter());
}

TEST(Bulkhead, so_many_may_wait_in_line_and_no_more) {
  Bulkhead bulkhead({.at_once = 1, .in_line = 2});
  const auto running = bulkhead.try_enter();
  {
    const auto first = bulkhead.try_line_up();
    const auto second = bulkhead.try_line_up();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(refusal_of(bulkhead.try_line_up()), refusal(WhyRefused::line_full, 1, 2));
  }
  EXPECT_EQ(bulkhead.occupancy(), (Occupancy{.running = 1, .waiting = 0}));
}

TEST(Bulkhead, without_a_line_nobody_waits) {
  Bulkhead bulkhead({.at_once = 1});
  EXPECT_EQ(refusal_of(bulkhead.try_line_up()), refusal(WhyRefused::line_full, 0, 0));
}

TEST(Bulkhead, a_place_in_line_becomes_a_permit_when_one_is_free) {
  Bulkhead bulkhead({.at_once = 1, .in_line = 1});
  auto running = std::optional(bulkhead.try_enter());
  auto place = bulkhead.try_line_up();
  ASSERT_TRUE(place);
  EXPECT_EQ(refusal_of(place->try_enter()), refusal(WhyRefused::all_busy, 1, 1));
  running.reset();
  const auto permit = place->try_enter();
  EXPECT_TRUE(permit);
  EXPECT_EQ(bulkhead.occupancy(), (Occupancy{.running = 1, .waiting = 0}));
}

// Under load newcomers come all the time, and whoever waits would wait for ever.
TEST(Bulkhead, a_newcomer_takes_nothing_from_those_in_line) {
  Bulkhead bulkhead({.at_once = 2, .in_line = 2});
  auto first = bulkhead.try_enter();
  auto second = bulkhead.try_enter();
  auto place = bulkhead.try_line_up();
  { const auto ended = *std::move(first); }
  EXPECT_EQ(refusal_of(bulkhead.try_enter()), refusal(WhyRefused::others_wait, 1, 1));
  { const auto ended = *std::move(second); }
  const auto newcomer = bulkhead.try_enter();
  EXPECT_TRUE(newcomer) << "two are free and one waits";
  EXPECT_TRUE(place->try_enter());
}

TEST(Bulkhead, permits_and_places_move_without_being_given_back) {
  Bulkhead bulkhead({.at_once = 1, .in_line = 1});
  {
    auto entry = bulkhead.try_enter();
    auto line = bulkhead.try_line_up();
    const auto permit = *std::move(entry);
    const auto place = *std::move(line);
    EXPECT_EQ(bulkhead.occupancy(), (Occupancy{.running = 1, .waiting = 1}));
  }
  EXPECT_EQ(bulkhead.occupancy(), Occupancy{});
}

TEST(Bulkhead, tells_each_event_and_its_observer_may_come_in) {
  std::vector<BulkheadEvent> events;
  Bulkhead* self = nullptr;
  std::optional<Bulkhead::Line> line;
  std::optional<Bulkhead::Entry> from_line;
  Bulkhead bulkhead({.at_once = 1, .in_line = 1}, [&](BulkheadEvent event) {
    events.push_back(event);
    if (event == left && line) from_line = (*line)->try_enter();
  });
  self = &bulkhead;
  auto running = std::optional(bulkhead.try_enter());
  line = self->try_line_up();
  EXPECT_FALSE(bulkhead.try_enter());
  running.reset();
  ASSERT_TRUE(from_line && *from_line) << "who waited comes in when the other leaves";
  line.reset();
  from_line.reset();
  EXPECT_EQ(events, (std::vector{entered, lined_up, refused, left, left_line, entered, left}));
}

// Against two plain numbers.
TEST(Bulkhead, ten_thousand_random_steps_keep_its_bounds_and_count_right) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    const BulkheadOptions options{.at_once = 1 + static_cast<std::uint32_t>(below(4)),
                                  .in_line = static_cast<std::uint32_t>(below(4))};
    Bulkhead bulkhead(options);
    std::vector<Bulkhead::Permit> permits;
    std::vector<Bulkhead::Place> places;
    const auto drop_one = [&](auto& held) {
      if (!held.empty()) held.erase(held.begin() + static_cast<std::ptrdiff_t>(below(held.size())));
    };
    for (int step = 0; step < 10'000; ++step) {
      const auto running = permits.size();
      const auto waiting = places.size();
      switch (below(5)) {
        case 0: {
          auto entry = bulkhead.try_enter();
          ASSERT_EQ(entry.has_value(), running + waiting < options.at_once) << "seed " << seed;
          if (entry) permits.push_back(*std::move(entry));
          break;
        }
        case 1: {
          auto line = bulkhead.try_line_up();
          ASSERT_EQ(line.has_value(), waiting < options.in_line) << "seed " << seed;
          if (line) places.push_back(*std::move(line));
          break;
        }
        case 2: {
          if (places.empty()) break;
          auto entry = places.back().try_enter();
          ASSERT_EQ(entry.has_value(), running < options.at_once) << "seed " << seed;
          if (!entry) break;
          permits.push_back(*std::move(entry));
          places.pop_back();
          break;
        }
        case 3:
          drop_one(permits);
          break;
        default:
          drop_one(places);
      }
      ASSERT_EQ(bulkhead.occupancy().running, permits.size()) << "seed " << seed;
      ASSERT_EQ(bulkhead.occupancy().waiting, places.size()) << "seed " << seed;
    }
  }
}

TEST(Bulkhead, many_threads_never_exceed_it_and_lose_no_place) {
  constexpr int at_once = 2;
  Bulkhead bulkhead({.at_once = at_once, .in_line = 1});
  std::atomic<int> running = 0;
  std::atomic<bool> exceeded = false;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5'000; ++i) {
          auto entry = bulkhead.try_enter();
          if (!entry) {
            if (auto line = bulkhead.try_line_up()) entry = line->try_enter();
          }
          if (!entry) continue;
          if (running.fetch_add(1) >= at_once) exceeded = true;
          std::this_thread::yield();
          running.fetch_sub(1);
        }
      });
    }
  }
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(bulkhead.occupancy(), Occupancy{});
}

TEST(BulkheadDeathTest, a_place_that_was_given_up_is_not_used_again) {
  Bulkhead bulkhead({.at_once = 2, .in_line = 1});
  auto place = bulkhead.try_line_up();
  const auto permit = place->try_enter();
  EXPECT_DEATH(static_cast<void>(place->try_enter()), "given up");
}

TEST(BulkheadDeathTest, a_bulkhead_that_ends_before_its_permits_or_places_is_a_bug) {
  EXPECT_DEATH(
      {
        std::optional<Bulkhead> bulkhead(std::in_place, BulkheadOptions{});
        const auto permit = bulkhead->try_enter();
        bulkhead.reset();
      },
      "outlives its permits and places");
}

TEST(Bulkhead, options_that_cannot_be_right_are_refused_by_name) {
  EXPECT_THAT([] { Bulkhead({.at_once = 0}); },
              testing::ThrowsMessage<std::invalid_argument>("resilience: at_once is 0; it takes 1 or more"));
}

TEST(Bulkhead, a_refusal_says_why_and_how_many_there_are) {
  EXPECT_EQ(to_string(refusal(WhyRefused::all_busy, 10, 3)), "all busy: 10 running, 3 waiting");
  EXPECT_EQ(to_string(refusal(WhyRefused::others_wait, 9, 3)), "others wait before: 9 running, 3 waiting");
  EXPECT_EQ(to_string(refusal(WhyRefused::line_full, 10, 5)), "the line is full: 10 running, 5 waiting");
}

}  // namespace
}  // namespace waybill::resilience
