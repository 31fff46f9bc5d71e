#include "hand_over.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "soon.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::amqp {
namespace {

using message::Outcome;
using message::Unknown;
using tests::soon;

Unsent item(const std::string& body, base::Deadline deadline = soon(), message::Publisher::Done done = {}) {
  Unsent made{{}, deadline, std::move(done)};
  made.publication.message.body = body;
  if (!made.done) made.done = [](const Outcome&) {};
  return made;
}

std::vector<std::string> bodies(WaitingLine& line) {
  std::vector<std::string> found;
  while (auto* next = line.front()) {
    found.push_back(next->publication.message.body);
    line.pop();
  }
  return found;
}

TEST(HandOver, hands_over_in_order_and_wakes_only_a_thread_that_sleeps) {
  int wakes = 0;
  HandOver hand_over(10, [&] { ++wakes; });
  std::vector<Unsent> arrived;
  std::vector<Ended> told;
  hand_over.put(item("1"));
  EXPECT_EQ(wakes, 0) << "the thread is at work and will look";
  ASSERT_TRUE(hand_over.take(0, arrived, told));
  WaitingLine line;
  line.append(arrived);
  EXPECT_FALSE(hand_over.take(0, arrived, told));
  hand_over.put(item("2"));
  hand_over.put(item("3"));
  EXPECT_EQ(wakes, 1) << "it is awake from the first";
  ASSERT_TRUE(hand_over.take(0, arrived, told));
  line.append(arrived);
  EXPECT_EQ(bodies(line), (std::vector<std::string>{"1", "2", "3"}));
}

TEST(HandOver, takes_no_more_than_it_has_room_for_until_some_have_left) {
  HandOver hand_over(2, [] {});
  std::vector<Unsent> arrived;
  std::vector<Ended> told;
  auto third = item("3");
  hand_over.put(item("1"));
  hand_over.put(item("2"));
  EXPECT_FALSE(hand_over.try_put(third));
  EXPECT_EQ(third.publication.message.body, "3") << "what is not taken stays with its owner";
  hand_over.take(0, arrived, told);
  EXPECT_FALSE(hand_over.try_put(third)) << "what waits in the line still counts";
  hand_over.take(1, arrived, told);
  EXPECT_TRUE(hand_over.try_put(third));
}

TEST(HandOver, ends_what_finds_no_room_before_its_deadline_as_never_sent) {
  HandOver hand_over(1, [] {});
  std::vector<Unsent> arrived;
  std::vector<Ended> told;
  hand_over.put(item("1"));
  hand_over.put(item("2", base::Deadline::after(std::chrono::milliseconds{20})));
  ASSERT_TRUE(hand_over.take(0, arrived, told));
  EXPECT_EQ(arrived.size(), 1U);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_FALSE(std::get<Unknown>(told[0].outcome).sent);
  EXPECT_THAT(std::get<Unknown>(told[0].outcome).why, testing::HasSubstr("1 earlier publications waited"));
}

TEST(HandOver, lets_those_who_wait_in_when_there_is_room) {
  HandOver hand_over(1, [] {});
  std::atomic<int> put{0};
  std::vector<std::jthread> publishers;
  for (int i = 0; i < 4; ++i) {
    publishers.emplace_back([&] {
      hand_over.put(item("x"));
      ++put;
    });
  }
  std::vector<Unsent> arrived;
  std::vector<Ended> told;
  std::size_t left = 0;
  std::size_t taken = 0;
  EXPECT_TRUE(testkit::eventually([&] {
    hand_over.take(std::exchange(left, 0), arrived, told);
    taken += left = arrived.size();
    arrived.clear();
    return taken == 4;
  }));
  publishers.clear();
  EXPECT_EQ(put, 4);
}

TEST(WaitingLine, ends_the_late_ones_and_keeps_the_order_of_the_others) {
  WaitingLine line;
  const auto now = base::system_clock().steady();
  std::vector<Unsent> arrived;
  arrived.push_back(item("late", base::Deadline::at(now)));
  arrived.push_back(item("first", base::Deadline::at(now + std::chrono::seconds{9})));
  arrived.push_back(item("late", base::Deadline::at(now)));
  arrived.push_back(item("second"));
  line.append(arrived);
  EXPECT_TRUE(arrived.empty());
  std::vector<Ended> ended;
  line.expire(now, ended);
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_FALSE(std::get<Unknown>(ended[0].outcome).sent);
  EXPECT_EQ(line.next_deadline(), now + std::chrono::seconds{9});
  EXPECT_EQ(bodies(line), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(line.take_left_count(), 4U) << "each makes room exactly once";
}

TEST(WaitingLine, that_never_empties_stays_short) {
  WaitingLine line;
  std::size_t next_out = 0;
  std::vector<Unsent> arrived;
  for (std::size_t i = 0; i < 10'000; ++i) {
    arrived.push_back(item(std::to_string(i)));
    line.append(arrived);
    if (i < 10) continue;
    ASSERT_EQ(line.front()->publication.message.body, std::to_string(next_out++));
    line.pop();
  }
  EXPECT_EQ(line.size(), 10U);
}

TEST(WaitingLine, ends_all_that_wait_when_the_publisher_goes) {
  WaitingLine line;
  std::vector<Unsent> arrived;
  arrived.push_back(item("1"));
  arrived.push_back(item("2"));
  line.append(arrived);
  std::vector<Ended> ended;
  line.end_all(Unknown{"closed", false}, ended);
  EXPECT_EQ(ended.size(), 2U);
  EXPECT_TRUE(line.empty());
  EXPECT_EQ(line.front(), nullptr);
}

}  // namespace
}  // namespace waybill::amqp
