#include "confirm_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "start.hpp"

namespace waybill::amqp {
namespace {

using message::Confirmed;
using message::Nacked;
using message::Outcome;
using message::Returned;
using message::Unknown;
using tests::start;

base::Deadline in(std::chrono::seconds time) { return base::Deadline::at(start + time); }

// Keeps each publish's outcomes under the number it was added with over all channels.
class Watched {
 public:
  explicit Watched(std::size_t window) : ledger(window) {}

  std::size_t add(std::size_t exchange = 0, base::Deadline deadline = base::Deadline::never()) {
    const std::size_t id = outcomes_.size();
    outcomes_.emplace_back();
    ledger.add(exchange, deadline,
               [this, id](Outcome outcome) { outcomes_[id].push_back(std::move(outcome)); });
    return id;
  }
  void hear() {
    for (auto& ended : std::exchange(ledger.ended(), {})) ended.done(std::move(ended.outcome));
  }
  std::optional<Outcome> outcome(std::size_t id) {
    hear();
    EXPECT_LE(outcomes_[id].size(), 1U) << "publish " << id << " ended more than once";
    if (outcomes_[id].empty()) return std::nullopt;
    return outcomes_[id].front();
  }
  std::size_t count() const { return outcomes_.size(); }

  ConfirmLedger ledger;

 private:
  std::vector<std::vector<Outcome>> outcomes_;
};

TEST(ConfirmLedger, ends_a_publish_by_its_own_confirm) {
  Watched watched(4);
  const auto first = watched.add();
  const auto second = watched.add();
  EXPECT_TRUE(watched.ledger.acked(2, false));
  EXPECT_EQ(watched.outcome(first), std::nullopt);
  EXPECT_EQ(watched.outcome(second), Outcome{Confirmed{}});
  EXPECT_TRUE(watched.ledger.nacked(1, false));
  EXPECT_EQ(watched.outcome(first), Outcome{Nacked{}});
}

TEST(ConfirmLedger, ends_all_up_to_a_multiple_confirm_and_none_after) {
  Watched watched(8);
  for (int i = 0; i < 5; ++i) watched.add();
  EXPECT_TRUE(watched.ledger.acked(2, false));
  EXPECT_TRUE(watched.ledger.nacked(4, true));
  EXPECT_EQ(watched.outcome(0), Outcome{Nacked{}});
  EXPECT_EQ(watched.outcome(1), Outcome{Confirmed{}}) << "an answer that was given stays";
  EXPECT_EQ(watched.outcome(3), Outcome{Nacked{}});
  EXPECT_EQ(watched.outcome(4), std::nullopt);
  EXPECT_TRUE(watched.ledger.acked(0, true)) << "zero stands for all";
  EXPECT_EQ(watched.outcome(4), Outcome{Confirmed{}});
}

// RabbitMQ confirms what it returned: a ledger that only heard the confirm would call a lost message safe.
TEST(ConfirmLedger, takes_a_return_for_the_outcome_and_the_confirm_after_it_for_nothing) {
  Watched watched(4);
  const auto lost = watched.add();
  const auto safe = watched.add();
  EXPECT_TRUE(watched.ledger.returned(1, {312, "NO_ROUTE"}));
  EXPECT_TRUE(watched.ledger.acked(2, true));
  EXPECT_EQ(watched.outcome(lost), (Outcome{Returned{312, "NO_ROUTE"}}));
  EXPECT_EQ(watched.outcome(safe), Outcome{Confirmed{}});
}

TEST(ConfirmLedger, keeps_the_window_closed_until_the_broker_has_answered) {
  Watched watched(2);
  watched.add(0, in(std::chrono::seconds{1}));
  watched.add();
  EXPECT_TRUE(watched.ledger.full());
  EXPECT_TRUE(watched.ledger.returned(2, {}));
  watched.ledger.expire(start + std::chrono::seconds{2});
  EXPECT_TRUE(watched.ledger.full())
      << "both have their outcome, but the broker still has them to answer for";
  EXPECT_TRUE(watched.ledger.acked(2, true));
  EXPECT_EQ(watched.ledger.open(), 0U);
}

TEST(ConfirmLedger, ends_what_is_late_as_unknown_and_ignores_its_confirm) {
  Watched watched(4);
  const auto late = watched.add(0, in(std::chrono::seconds{5}));
  const auto patient = watched.add(0, in(std::chrono::seconds{50}));
  EXPECT_EQ(watched.ledger.next_deadline(), start + std::chrono::seconds{5});
  watched.ledger.expire(start + std::chrono::seconds{4});
  EXPECT_EQ(watched.outcome(late), std::nullopt);
  watched.ledger.expire(start + std::chrono::seconds{5});
  ASSERT_TRUE(watched.outcome(late).has_value());
  EXPECT_TRUE(std::get<Unknown>(*watched.outcome(late)).sent);
  EXPECT_EQ(watched.ledger.next_deadline(), start + std::chrono::seconds{50});
  EXPECT_TRUE(watched.ledger.acked(2, true));
  EXPECT_TRUE(std::holds_alternative<Unknown>(*watched.outcome(late)));
  EXPECT_EQ(watched.outcome(patient), Outcome{Confirmed{}});
}

TEST(ConfirmLedger, ends_all_as_unknown_when_the_channel_is_lost_and_counts_from_one_again) {
  Watched watched(4);
  watched.add();
  const auto pending = watched.add();
  EXPECT_TRUE(watched.ledger.acked(1, false));
  watched.ledger.interrupted("the cable was cut");
  EXPECT_EQ(watched.outcome(pending), (Outcome{Unknown{"the cable was cut", true}}));
  EXPECT_EQ(watched.ledger.next_number(), 1U);
  const auto next = watched.add();
  EXPECT_TRUE(watched.ledger.acked(1, false));
  EXPECT_EQ(watched.outcome(next), Outcome{Confirmed{}});
}

TEST(ConfirmLedger, does_not_believe_in_answers_to_what_was_never_published) {
  Watched watched(4);
  watched.add();
  EXPECT_FALSE(watched.ledger.acked(2, false));
  EXPECT_FALSE(watched.ledger.nacked(2, true));
  EXPECT_FALSE(watched.ledger.acked(0, false));
  EXPECT_FALSE(watched.ledger.returned(0, {}));
  EXPECT_FALSE(watched.ledger.returned(2, {}));
  EXPECT_TRUE(watched.ledger.acked(1, false));
  EXPECT_FALSE(watched.ledger.acked(1, false)) << "answered twice";
  EXPECT_FALSE(watched.ledger.returned(1, {})) << "a return comes before its confirm";
  EXPECT_EQ(watched.outcome(0), Outcome{Confirmed{}});
}

// An earlier publish to the exchange may have arrived before the exchange was deleted; the last one cannot
// have.
TEST(ConfirmLedger, returns_only_the_last_publish_to_an_exchange_that_failed) {
  Watched watched(8);
  const auto earlier = watched.add(7);
  const auto neighbour = watched.add(8);
  const auto last = watched.add(7);
  const auto later = watched.add(8);
  watched.ledger.exchange_failed(7, {404, "no exchange"});
  watched.ledger.interrupted("gone");
  EXPECT_EQ(watched.outcome(last), (Outcome{Returned{404, "no exchange"}}));
  for (const auto id : {earlier, neighbour, later}) {
    EXPECT_TRUE(std::holds_alternative<Unknown>(*watched.outcome(id)));
  }
}

// One queue that has lost its quorum must not stop the publishes to all others.
TEST(ConfirmLedger, goes_on_while_one_confirm_is_very_long_in_coming) {
  Watched watched(4);
  const auto stuck = watched.add();
  for (std::uint64_t number = 2; number < 10'000; ++number) {
    const auto id = watched.add();
    ASSERT_TRUE(watched.ledger.acked(number, false));
    ASSERT_EQ(watched.outcome(id), Outcome{Confirmed{}});
  }
  EXPECT_EQ(watched.ledger.open(), 1U);
  EXPECT_TRUE(watched.ledger.returned(1, {312, "late"}));
  EXPECT_TRUE(watched.ledger.acked(1, false));
  EXPECT_EQ(watched.outcome(stuck), (Outcome{Returned{312, "late"}}));
  EXPECT_EQ(watched.ledger.open(), 0U);
}

// Whatever the broker says, in whatever order: one outcome each, and it is the one that a plain table of the
// same events gives.
class RandomBroker {
 public:
  explicit RandomBroker(std::uint32_t seed) : random_(seed), window_(1 + random_() % 12), watched_(window_) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    watched_.ledger.interrupted("end");
    for (auto& [number, id] : open_) expect(id, Unknown{"end", true});
    for (std::size_t id = 0; id < watched_.count(); ++id) {
      ASSERT_TRUE(watched_.outcome(id).has_value()) << "publish " << id << " never ended";
      ASSERT_EQ(*watched_.outcome(id), expected_.at(id));
    }
  }

 private:
  void step() {
    switch (random_() % 12) {
      case 0:
        return answer(true, true);
      case 1:
        return answer(false, true);
      case 2:
        return answer(false, false);
      case 3:
      case 4:
        return answer(true, false);
      case 5:
        return give_back();
      case 6:
        return pass_time();
      case 7:
        return random_() % 20 == 0 ? cut() : publish();
      default:
        return publish();
    }
  }
  void publish() {
    ASSERT_EQ(watched_.ledger.full(), open_.size() >= window_);
    if (watched_.ledger.full()) return;
    const auto number = watched_.ledger.next_number();
    const auto deadline = now_ + std::chrono::seconds{1 + random_() % 30};
    const auto id = watched_.add(0, base::Deadline::at(deadline));
    open_[number] = id;
    deadlines_[id] = deadline;
  }
  std::uint64_t any_open() {
    return std::next(open_.begin(), static_cast<long>(random_() % open_.size()))->first;
  }
  void answer(bool ack, bool multiple) {
    if (open_.empty()) return;
    const auto number = any_open();
    ASSERT_TRUE(ack ? watched_.ledger.acked(number, multiple) : watched_.ledger.nacked(number, multiple));
    const auto first = multiple ? open_.begin() : open_.find(number);
    const auto past = std::next(open_.find(number));
    for (auto each = first; each != past; ++each)
      expect(each->second, ack ? Outcome{Confirmed{}} : Outcome{Nacked{}});
    open_.erase(first, past);
  }
  void give_back() {
    if (open_.empty()) return;
    const auto number = any_open();
    ASSERT_TRUE(watched_.ledger.returned(number, {312, "r"}));
    expect(open_[number], Returned{312, "r"});
  }
  void pass_time() {
    now_ += std::chrono::seconds{random_() % 4};
    watched_.ledger.expire(now_);
    for (const auto& [number, id] : open_) {
      if (expected_.contains(id)) continue;
      if (deadlines_[id] > now_) {
        ASSERT_LE(watched_.ledger.next_deadline(), deadlines_[id]);
      } else {
        expected_.emplace(id, *watched_.outcome(id));
        ASSERT_TRUE(std::holds_alternative<Unknown>(expected_.at(id)));
      }
    }
  }
  void cut() {
    watched_.ledger.interrupted("cut");
    for (auto& [number, id] : open_) expect(id, Unknown{"cut", true});
    open_.clear();
  }
  void expect(std::size_t id, Outcome outcome) { expected_.emplace(id, std::move(outcome)); }

  std::mt19937 random_;
  std::size_t window_;
  Watched watched_;
  base::SteadyTime now_ = start;
  std::map<std::uint64_t, std::size_t> open_;
  std::map<std::size_t, base::SteadyTime> deadlines_;
  std::map<std::size_t, Outcome> expected_;
};

TEST(ConfirmLedger, gives_each_publish_one_outcome_under_random_brokers) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomBroker(seed).run(1'500);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace waybill::amqp
