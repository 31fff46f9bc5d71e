#include "waybill/base/uuid_v7.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace waybill::base {
namespace {

using std::chrono::milliseconds;

WallTime at(std::int64_t unix_ms) { return WallTime{milliseconds{unix_ms}}; }

TEST(UuidV7, has_its_version_its_variant_and_its_time) {
  ManualClock clock(at(1'700'000'000'123));
  UuidV7Generator generator(clock, 1);
  const Uuid id = generator.next();
  EXPECT_EQ(id.version(), 7);
  EXPECT_EQ(id.bytes()[8] >> 6, 0b10);
  EXPECT_EQ(time_of(id), at(1'700'000'000'123));
  EXPECT_EQ(id.to_string().substr(0, 13), "018bcfe5-687b");  // 1'700'000'000'123 in hexadecimal
}

TEST(UuidV7, each_is_greater_than_the_one_before_while_the_clock_stands_still) {
  ManualClock clock;
  UuidV7Generator generator(clock, 2);
  Uuid before = generator.next();
  for (int i = 0; i < 100'000; ++i) {
    const Uuid id = generator.next();
    ASSERT_LT(before, id);
    before = id;
  }
  EXPECT_EQ(time_of(before), std::chrono::floor<milliseconds>(clock.wall()));
}

// An inbox orders by id, and a clock that was set back must not make new messages older than handled ones.
TEST(UuidV7, each_is_greater_than_the_one_before_when_the_clock_goes_back) {
  ManualClock clock;
  UuidV7Generator generator(clock, 3);
  const Uuid before = generator.next();
  const auto then = time_of(before);
  clock.set_wall(clock.wall() - std::chrono::hours{1});
  const Uuid after = generator.next();
  EXPECT_LT(before, after);
  EXPECT_EQ(time_of(after), then);
}

TEST(UuidV7, two_generators_at_the_same_moment_do_not_meet) {
  ManualClock clock;
  UuidV7Generator one(clock);
  UuidV7Generator other(clock);
  EXPECT_NE(one.next(), other.next());
}

TEST(UuidV7, many_threads_get_different_ids) {
  constexpr std::size_t each = 5'000;
  std::vector<std::vector<Uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& ids : made) {
      threads.emplace_back([&ids] {
        for (std::size_t i = 0; i < each; ++i) ids.push_back(new_uuid_v7());
      });
    }
  }
  std::vector<Uuid> all;
  for (const auto& ids : made) {
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    all.insert(all.end(), ids.begin(), ids.end());
  }
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST(UuidV7, only_versions_that_hold_a_time_give_one) {
  EXPECT_FALSE(time_of(*Uuid::parse("6ba7b810-9dad-41d1-80b4-00c04fd430c8")));
  EXPECT_EQ(time_of(*Uuid::parse("018bcfe5-687b-8000-8000-000000000000")), at(1'700'000'000'123));
}

// Partitions are ranges of ids: an id must fall into the range of its time and into no other.
TEST(UuidV7, the_range_of_an_interval_holds_the_ids_made_in_it_and_no_others) {
  const IdRange range = ids_between(at(1'000'000), at(2'000'000));
  for (const std::int64_t moment : {999'999, 1'000'000, 1'999'999, 2'000'000}) {
    ManualClock clock(at(moment));
    UuidV7Generator generator(clock, static_cast<std::uint64_t>(moment));
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(range.contains(generator.next()), moment >= 1'000'000 && moment < 2'000'000) << moment;
    }
  }
}

}  // namespace
}  // namespace waybill::base
