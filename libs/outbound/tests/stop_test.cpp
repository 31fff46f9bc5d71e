#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver.hpp"
#include "scripted_server.hpp"
#include "slow_resolver.hpp"
#include "waybill/testkit/eventually.hpp"

// However a client is stopped, each of its requests ends once, and soon.

namespace waybill::outbound::tests {
namespace {

using namespace std::chrono_literals;

/// One request in each state that one can be in.
class Stopping : public testing::Test {
 protected:
  void begin_all() {
    requests_.push_back(driver_.begin({.url = "http://slow.test/"}, never_));
    requests_.push_back(driver_.begin({.url = "https://127.0.0.1:" + port()}, never_));
    requests_.push_back(driver_.begin({.url = silent_.url()}, never_));
    ASSERT_TRUE(
        testkit::eventually([&] { return resolver_.asked() > 0 && heard_ >= 1 && silent_.open() >= 2; }));
    requests_.push_back(driver_.begin({.url = silent_.url()}, never_));
  }
  void expect_all_closed() {
    const std::vector<std::string> expected{"closed none", "closed none", "closed possible", "closed none"};
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      ASSERT_EQ(requests_[i].wait_for(30s), std::future_status::ready) << i;
      const auto outcome = requests_[i].get();
      EXPECT_EQ(outcome.trouble(), expected[i]) << outcome;
      EXPECT_EQ(outcome.times, 1);
    }
  }
  std::string port() const { return std::to_string(silent_.port()); }

  const base::Deadline never_ = base::Deadline::never();
  std::atomic<int> heard_{0};
  SlowResolver resolver_;
  ScriptedServer silent_{[this](Conversation& conversation) {
    if (conversation.read_request()) ++heard_;
    conversation.await_end();
  }};
  Driver driver_{{.connections = {.total = 3, .per_host = 2}}};
  std::vector<std::future<Outcome>> requests_;
};

TEST_F(Stopping, by_close_ends_every_request_and_each_later_one) {
  begin_all();
  driver_.close();
  expect_all_closed();
  const auto later = driver_.send(silent_.url());
  EXPECT_EQ(later.trouble(), "closed none") << later;
  driver_.close();
}

// The coroutines that wait come back when what they waited for is no longer there.
TEST_F(Stopping, by_destruction_ends_every_request) {
  begin_all();
  driver_.destroy_client();
  expect_all_closed();
}

TEST_F(Stopping, leaves_no_connection_behind) {
  begin_all();
  driver_.close();
  expect_all_closed();
  EXPECT_TRUE(testkit::eventually([&] { return silent_.open() == 0; }));
}

TEST_F(Stopping, one_request_leaves_its_neighbours_alone) {
  const ScriptedServer good(answer_all);
  begin_all();
  auto [doomed, cancel] = driver_.begin_cancellable({.url = silent_.url()}, never_);
  cancel();
  const auto outcome = doomed.get();
  EXPECT_EQ(outcome.trouble(), "cancelled none") << outcome;
  EXPECT_EQ(requests_.front().wait_for(0s), std::future_status::timeout);
  driver_.close();
  expect_all_closed();
}

// Cancelled in flight it may have been carried out all the same.
TEST_F(Stopping, a_request_that_was_sent_may_have_had_an_effect) {
  auto [request, cancel] = driver_.begin_cancellable({.url = silent_.url()}, never_);
  ASSERT_TRUE(testkit::eventually([&] { return heard_ == 1; }));
  cancel();
  const auto outcome = request.get();
  EXPECT_EQ(outcome.trouble(), "cancelled possible") << outcome;
  EXPECT_EQ(outcome.times, 1);
  cancel();
}

TEST_F(Stopping, a_request_that_has_ended_changes_nothing) {
  const ScriptedServer good(answer_all);
  auto [request, cancel] = driver_.begin_cancellable({.url = good.url()}, never_);
  EXPECT_EQ(request.get().status(), 200);
  cancel();
  EXPECT_EQ(driver_.send(good.url()).status(), 200);
}

}  // namespace
}  // namespace waybill::outbound::tests
