#include "waybill/amqp/topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker.hpp"
#include "observed_states.hpp"
#include "soon.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"

namespace waybill::amqp::tests {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

class AmqpTopology : public testing::Test {
 protected:
  ~AmqpTopology() override {
    for (const auto& queue : {queue_, other_queue_}) {
      if (client_.exists(queue)) client_.delete_queue(queue);
    }
    client_.delete_exchange(exchange_);
  }
  Topology topology() const {
    Topology described;
    described.exchanges = {{message::Exchange{exchange_}, "topic"}};
    QueueSpec queue{.name = message::Queue{queue_}};
    queue.dead_letter_exchange = message::Exchange{exchange_};
    queue.dead_letter_strategy = DeadLetterStrategy::at_least_once;
    queue.overflow = Overflow::reject_publish;
    queue.message_ttl = std::chrono::hours{24};
    queue.single_active_consumer = true;
    described.queues = {queue};
    described.bindings = {{message::Exchange{exchange_}, message::Queue{queue_}, message::RoutingKey{"a.*"}}};
    return described;
  }
  std::vector<std::string> problems(const Topology& described, TopologyMode mode) const {
    try {
      set_up_topology(options_for(broker()), {described, mode}, soon());
    } catch (const TopologyError& error) {
      return error.problems();
    }
    return {};
  }

  std::string exchange_ = unique_name("topology");
  std::string queue_ = unique_name("topology");
  std::string other_queue_ = unique_name("topology.other");
  BareClient client_{broker()};
};

TEST_F(AmqpTopology, is_declared_found_as_declared_and_declared_again_without_harm) {
  EXPECT_THAT(problems(topology(), TopologyMode::declare), ElementsAre());
  EXPECT_THAT(problems(topology(), TopologyMode::verify), ElementsAre());
  EXPECT_THAT(problems(topology(), TopologyMode::declare), ElementsAre());
  EXPECT_EQ(client_.message_count(queue_), 0U);
}

TEST_F(AmqpTopology, that_is_missing_is_told_whole_when_it_is_verified) {
  EXPECT_THAT(problems(topology(), TopologyMode::verify),
              ElementsAre(HasSubstr("exchange '" + exchange_ + "' is missing; declare the topology"),
                          HasSubstr("queue '" + queue_ + "' is missing; declare the topology")));
  EXPECT_FALSE(client_.exists(queue_)) << "verifying makes nothing";
}

TEST_F(AmqpTopology, with_other_arguments_names_both_values_and_does_the_rest) {
  EXPECT_THAT(problems(topology(), TopologyMode::declare), ElementsAre());
  auto changed = topology();
  changed.queues[0].message_ttl = std::chrono::minutes{1};
  changed.queues.push_back({.name = message::Queue{other_queue_}});
  EXPECT_THAT(
      problems(changed, TopologyMode::declare),
      ElementsAre("queue '" + queue_ +
                  "' exists with x-message-ttl = 86400000, but the topology asks for 60000; "
                  "change the topology, or drain and delete what is there so that it is declared anew"));
  EXPECT_TRUE(client_.exists(other_queue_));
}

TEST_F(AmqpTopology, with_an_exchange_of_another_type_names_both) {
  EXPECT_THAT(problems(topology(), TopologyMode::declare), ElementsAre());
  auto changed = topology();
  changed.exchanges[0].type = "fanout";
  EXPECT_THAT(problems(changed, TopologyMode::declare),
              ElementsAre(HasSubstr("exchange '" + exchange_ +
                                    "' exists with type = topic, but the topology asks for "
                                    "fanout")));
}

TEST_F(AmqpTopology, with_a_binding_to_nowhere_names_the_binding) {
  auto dangling = topology();
  dangling.bindings[0].queue = message::Queue{"no.such.queue"};
  EXPECT_THAT(problems(dangling, TopologyMode::declare),
              ElementsAre(HasSubstr("the binding of queue 'no.such.queue' to exchange '" + exchange_ +
                                    "' is missing")));
}

TEST_F(AmqpTopology, that_a_connection_needs_and_lacks_keeps_it_disconnected_until_it_is_there) {
  ObservedStates states;
  PublisherOptions options;
  options.connection = options_for(broker());
  options.observer = states.observer();
  options.topology = TopologySetup{topology(), TopologyMode::verify};
  ConfirmingPublisher publisher(options);
  EXPECT_THAT(states.await_reason(Trouble::topology), HasSubstr("queue '" + queue_ + "' is missing"));
  EXPECT_EQ(states.count<Connected>(), 0U);
  EXPECT_THAT(problems(topology(), TopologyMode::declare), ElementsAre());
  EXPECT_TRUE(states.connected());
}

TEST_F(AmqpTopology, cannot_be_set_up_without_a_broker_and_says_why) {
  auto nowhere = options_for(broker());
  nowhere.endpoints[0].port = 1;
  try {
    set_up_topology(nowhere, {}, soon());
    FAIL() << "there is no broker";
  } catch (const std::runtime_error& fault) {
    EXPECT_THAT(fault.what(), HasSubstr("nothing listens there"));
  }
  client_.declare_exchange(exchange_, "topic");
}

}  // namespace
}  // namespace waybill::amqp::tests
