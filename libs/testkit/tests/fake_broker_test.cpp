#include "waybill/testkit/fake_broker.hpp"

#include <gtest/gtest.h>

#include "waybill/testkit/transport_contract.hpp"

namespace waybill::testkit {
namespace {

using message::Address;
using message::Exchange;
using message::Queue;
using message::RoutingKey;

class FakeTransport final : public Transport {
 public:
  FakeTransport() {
    broker_.declare_exchange(Exchange{"commands"});
    broker_.declare_queue(queue_);
    broker_.bind(queue_, address());
  }
  std::unique_ptr<message::Publisher> publisher(std::size_t window) override {
    return broker_.publisher(window);
  }
  std::unique_ptr<message::Subscriber> subscriber(std::size_t prefetch) override {
    return broker_.subscriber(queue_, prefetch == 0 ? SIZE_MAX : prefetch);
  }
  Address address() override { return {Exchange{"commands"}, RoutingKey{"inventory"}}; }
  Address unroutable_address() override { return {Exchange{"commands"}, RoutingKey{"nobody"}}; }
  Address address_of_missing_exchange() override { return {Exchange{"missing"}, RoutingKey{"x"}}; }
  void cut_connections() override { broker_.cut_connections(); }

 private:
  Queue queue_{"inventory.commands"};
  FakeBroker broker_;
};

INSTANTIATE_TEST_SUITE_P(Fake, TransportContract,
                         testing::Values(TransportCase{"fake",
                                                       [] { return std::make_unique<FakeTransport>(); }}));

class FakeBrokerTest : public testing::Test {
 protected:
  FakeBrokerTest() {
    broker_.declare_exchange(Exchange{"events"}, true);
    broker_.declare_queue(Queue{"one"});
    broker_.declare_queue(Queue{"two"});
  }
  static base::Deadline soon() { return base::Deadline::after(std::chrono::seconds{20}); }
  FakeBroker broker_;
  const Address everyone_{Exchange{"events"}, RoutingKey{""}};
};

TEST_F(FakeBrokerTest, a_fanout_reaches_every_bound_queue_and_a_lost_binding_stays_unseen) {
  broker_.bind(Queue{"one"}, everyone_);
  auto publisher = broker_.publisher();
  EXPECT_TRUE(is_confirmed(publish_and_wait(*publisher, {everyone_, full_message("x")}, soon())));
  broker_.bind(Queue{"two"}, everyone_);
  EXPECT_TRUE(is_confirmed(publish_and_wait(*publisher, {everyone_, full_message("y")}, soon())));
  EXPECT_EQ(broker_.depth(Queue{"one"}), 2U);
  EXPECT_EQ(broker_.depth(Queue{"two"}), 1U);
}

TEST_F(FakeBrokerTest, held_answers_end_unknown_at_their_deadline) {
  broker_.bind(Queue{"one"}, everyone_);
  broker_.hold_answers(true);
  auto publisher = broker_.publisher();
  const auto outcome = publish_and_wait(*publisher, {everyone_, full_message("x")},
                                        base::Deadline::after(std::chrono::milliseconds{200}));
  EXPECT_TRUE(std::holds_alternative<message::Unknown>(outcome)) << outcome;
}

TEST_F(FakeBrokerTest, held_answers_fill_the_window) {
  broker_.bind(Queue{"one"}, everyone_);
  broker_.hold_answers(true);
  auto publisher = broker_.publisher(1);
  publisher->publish({everyone_, full_message("x")}, soon(), [](const message::Outcome&) {});
  message::Publication second{everyone_, full_message("y")};
  message::Publisher::Done never = [](const message::Outcome&) { FAIL(); };
  EXPECT_FALSE(publisher->try_publish(second, soon(), never));
}

TEST_F(FakeBrokerTest, a_full_window_makes_publish_wait_until_its_deadline) {
  broker_.bind(Queue{"one"}, everyone_);
  broker_.hold_answers(true);
  auto publisher = broker_.publisher(1);
  publisher->publish({everyone_, full_message("x")}, soon(), [](const message::Outcome&) {});
  const auto outcome = publish_and_wait(*publisher, {everyone_, full_message("y")},
                                        base::Deadline::after(std::chrono::milliseconds{100}));
  ASSERT_TRUE(std::holds_alternative<message::Unknown>(outcome)) << outcome;
  EXPECT_FALSE(std::get<message::Unknown>(outcome).sent);
}

TEST_F(FakeBrokerTest, nacks_are_given_as_asked) {
  broker_.bind(Queue{"one"}, everyone_);
  broker_.nack_next(1);
  auto publisher = broker_.publisher();
  EXPECT_EQ(publish_and_wait(*publisher, {everyone_, full_message("x")}, soon()),
            message::Outcome{message::Nacked{}});
  EXPECT_TRUE(is_confirmed(publish_and_wait(*publisher, {everyone_, full_message("x")}, soon())));
  EXPECT_EQ(broker_.depth(Queue{"one"}), 1U);
}

}  // namespace
}  // namespace waybill::testkit
