#include "engine/admission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace waybill::outbound {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Entry = Admission::Entry;
using Ticket = Admission::Ticket;

TEST(Admission, begins_as_many_as_fit_and_lets_the_rest_wait) {
  Admission admission({.total = 2, .per_place = 2, .waiting = 1});
  EXPECT_EQ(admission.arrive(1, "a"), Entry::begin);
  EXPECT_EQ(admission.arrive(2, "b"), Entry::begin);
  EXPECT_EQ(admission.arrive(3, "c"), Entry::wait);
  EXPECT_EQ(admission.arrive(4, "d"), Entry::full);
  EXPECT_EQ(admission.running(), 2U);
  EXPECT_EQ(admission.waiting(), 1U);
}

// Otherwise one slow host stops the calls to all others.
TEST(Admission, a_full_place_holds_up_no_other) {
  Admission admission({.total = 3, .per_place = 1, .waiting = 9});
  EXPECT_EQ(admission.arrive(1, "slow"), Entry::begin);
  EXPECT_EQ(admission.arrive(2, "slow"), Entry::wait);
  EXPECT_EQ(admission.arrive(3, "slow"), Entry::wait);
  EXPECT_EQ(admission.arrive(4, "fast"), Entry::begin);
  EXPECT_EQ(admission.arrive(5, "fast"), Entry::wait);
  EXPECT_THAT(admission.leave(4), ElementsAre(5));
  EXPECT_THAT(admission.leave(1), ElementsAre(2));
}

TEST(Admission, lets_in_the_longest_waiting_whose_place_has_room) {
  Admission admission({.total = 2, .per_place = 1, .waiting = 9});
  admission.arrive(1, "a");
  admission.arrive(2, "b");
  EXPECT_EQ(admission.arrive(3, "a"), Entry::wait);
  EXPECT_EQ(admission.arrive(4, "c"), Entry::wait);
  EXPECT_EQ(admission.arrive(5, "b"), Entry::wait);
  EXPECT_THAT(admission.leave(2), ElementsAre(4)) << "3 waits for a";
  EXPECT_THAT(admission.leave(1), ElementsAre(3));
  EXPECT_THAT(admission.leave(4), ElementsAre(5));
}

TEST(Admission, who_waits_no_longer_takes_no_room) {
  Admission admission({.total = 1, .per_place = 1, .waiting = 2});
  admission.arrive(1, "a");
  admission.arrive(2, "a");
  admission.arrive(3, "a");
  EXPECT_THAT(admission.leave(2), IsEmpty());
  EXPECT_EQ(admission.arrive(4, "a"), Entry::wait);
  EXPECT_THAT(admission.leave(1), ElementsAre(3));
}

// A bound that is exceeded once in a million, or a ticket that is forgotten, is seen by nobody else.
TEST(Admission, keeps_its_bounds_and_forgets_nobody_whatever_happens) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Admission admission({.total = 5, .per_place = 2, .waiting = 10});
    std::map<Ticket, std::string> running;
    std::map<Ticket, std::string> waiting;
    const auto begun = [&](Ticket ticket) {
      for (const auto& [other, place] : waiting) {
        ASSERT_FALSE(other < ticket && place == waiting.at(ticket))
            << other << " was overtaken by " << ticket;
      }
      running.insert(waiting.extract(ticket));
    };
    for (Ticket ticket = 1; ticket < 300; ++ticket) {
      const std::string place(1, static_cast<char>('a' + random() % 4));
      const auto entry = admission.arrive(ticket, place);
      ASSERT_EQ(entry == Entry::full, waiting.size() == 10 && entry != Entry::begin);
      if (entry != Entry::full) (entry == Entry::begin ? running : waiting).emplace(ticket, place);
      if (random() % 2 == 0) {
        auto& from = random() % 3 == 0 && !waiting.empty() ? waiting : running;
        const auto leaving =
            std::next(from.begin(), static_cast<std::ptrdiff_t>(random() % from.size()))->first;
        from.erase(leaving);
        for (const auto next : admission.leave(leaving)) begun(next);
      }
      ASSERT_LE(running.size(), 5U);
      for (const char* one : {"a", "b", "c", "d"}) {
        ASSERT_LE(std::ranges::count(running, one, &std::pair<const Ticket, std::string>::second), 2);
      }
      ASSERT_EQ(admission.running(), running.size());
      ASSERT_EQ(admission.waiting(), waiting.size());
    }
    while (!running.empty()) {
      const auto leaving = running.begin()->first;
      running.erase(leaving);
      for (const auto next : admission.leave(leaving)) begun(next);
    }
    ASSERT_THAT(waiting, IsEmpty());
  }
}

}  // namespace
}  // namespace waybill::outbound
