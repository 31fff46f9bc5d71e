#include "waybill/testkit/traffic.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <mutex>

#include "waybill/testkit/eventually.hpp"
#include "waybill/testkit/fake_broker.hpp"

namespace waybill::testkit {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr milliseconds little{300};

Traffic::Plan plan() {
  Traffic::Plan plan;
  plan.to = {message::Exchange{"exchange"}, message::RoutingKey{"queue"}};
  plan.every = std::chrono::microseconds{500};
  return plan;
}

TEST(Traffic, adds_up_over_a_broker_that_loses_connections_but_no_message) {
  FakeBroker broker;
  broker.declare_exchange(message::Exchange{"exchange"});
  broker.declare_queue(message::Queue{"queue"});
  broker.bind(message::Queue{"queue"}, {message::Exchange{"exchange"}, message::RoutingKey{"queue"}});
  const auto publisher = broker.publisher();
  const auto subscriber = broker.subscriber(message::Queue{"queue"});
  Traffic traffic(*publisher, *subscriber, plan());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(traffic.flows());
    broker.cut_connections();
  }
  EXPECT_TRUE(traffic.flows());
  EXPECT_TRUE(traffic.adds_up());
  EXPECT_GT(traffic.counts().sessions, 2U);
}

// Does with each message what a test says, and delivers what it says.
class Liar final : public message::Publisher, public message::Subscriber {
 public:
  using Handle = std::function<void(Liar&, const std::string& body, const Done& done)>;
  explicit Liar(Handle handle) : handle_(std::move(handle)) {}

  void publish(message::Publication publication, base::Deadline, Done done) override {
    handle_(*this, publication.message.body, done);
  }
  bool try_publish(message::Publication&, base::Deadline, Done&) override { return false; }

  void deliver(const std::string& body, message::DeliveryTag tag, bool redelivered = false) {
    const std::lock_guard lock(mutex_);
    message::Delivery delivery;
    delivery.message.body = body;
    delivery.tag = tag;
    delivery.redelivered = redelivered;
    waiting_.push_back(std::move(delivery));
  }
  std::vector<message::Delivery> receive(std::size_t, base::Deadline) override {
    const std::lock_guard lock(mutex_);
    std::vector<message::Delivery> deliveries;
    if (waiting_.empty()) return deliveries;
    deliveries.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    return deliveries;
  }
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement) override {
    return tags.size();
  }
  void stop_receiving() override {}
  void close() override {}

 private:
  Handle handle_;
  std::mutex mutex_;
  std::deque<message::Delivery> waiting_;
};

/// What is said once one of what `counter` counts has been seen.
std::string complaint_about(const Liar::Handle& handle,
                            std::size_t Traffic::Counts::*counter = &Traffic::Counts::published) {
  Liar liar(handle);
  Traffic traffic(liar, liar, plan());
  EXPECT_TRUE(eventually([&] { return traffic.counts().*counter > 0; }));
  return traffic.adds_up(little).message();
}

TEST(Traffic, sees_a_publish_that_ends_twice_or_never) {
  EXPECT_THAT(complaint_about([](Liar&, const std::string&, const auto& done) {
                done(message::Nacked{});
                done(message::Nacked{});
              }),
              HasSubstr("ended twice, now as"));
  EXPECT_THAT(complaint_about([](Liar&, const std::string&, const auto&) {}),
              HasSubstr("publishes have not ended"));
}

TEST(Traffic, tells_how_late_the_latest_outcome_was) {
  Liar liar([](Liar&, const std::string&, const auto& done) { done(message::Unknown{"", false}); });
  auto hopeless = plan();
  hopeless.patience = milliseconds{-100};
  Traffic traffic(liar, liar, hopeless);
  EXPECT_TRUE(eventually([&] { return traffic.counts().latest >= milliseconds{100}; }));
  EXPECT_TRUE(traffic.adds_up());
  hopeless.patience = milliseconds{-5'000};
  Traffic later(liar, liar, hopeless);
  EXPECT_TRUE(eventually([&] { return later.counts().published > 0; }));
  EXPECT_THAT(later.adds_up().message(), HasSubstr("ms after its deadline, as unknown, never sent"));
}

TEST(Traffic, sees_a_confirmed_message_that_is_lost) {
  EXPECT_THAT(
      complaint_about([](Liar&, const std::string&, const auto& done) { done(message::Confirmed{}); }),
      HasSubstr("were confirmed and have not come"));
}

TEST(Traffic, sees_a_message_that_comes_again_and_does_not_say_so) {
  const auto twice = [](bool redelivered, std::uint64_t later_session) {
    return complaint_about(
        [=](Liar& liar, const std::string& body, const auto& done) {
          done(message::Unknown{"", true});
          liar.deliver(body, {1, 1});
          liar.deliver(body, {later_session, 2}, redelivered);
        },
        &Traffic::Counts::consumed_again);
  };
  EXPECT_THAT(twice(false, 1), HasSubstr("came twice in one session"));
  EXPECT_THAT(twice(true, 1), testing::Not(HasSubstr("came twice")));
  EXPECT_THAT(twice(false, 2), testing::Not(HasSubstr("came twice")));
}

TEST(Traffic, sees_a_tag_that_is_settled_in_another_session) {
  std::uint64_t session = 0;
  EXPECT_THAT(complaint_about(
                  [&](Liar& liar, const std::string& body, const auto& done) {
                    done(message::Unknown{"", true});
                    liar.deliver(body, {++session, 1});
                  },
                  &Traffic::Counts::wrong),
              HasSubstr("settled in another"));
}

}  // namespace
}  // namespace waybill::testkit
