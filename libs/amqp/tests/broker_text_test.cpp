#include "broker_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "net/login.hpp"
#include "topology_text.hpp"

namespace waybill::amqp {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view other_ttl =
    "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'orders' in vhost '/': received the "
    "value "
    "'60000' of type 'signedint' but current is the value '86400000' of type 'long'";

TEST(BrokerText, names_the_exchange_that_a_channel_was_closed_for) {
  EXPECT_EQ(exchange_in("NOT_FOUND - no exchange 'events' in vhost '/'"), "events");
  EXPECT_EQ(exchange_in("ACCESS_REFUSED - access to exchange 'e' in vhost '/' refused for user 'u'"), "e");
  EXPECT_EQ(exchange_in("NOT_FOUND - no exchange 'it's \"odd\"' in vhost 'a'"), "it's \"odd\"");
  EXPECT_EQ(exchange_in("NOT_FOUND - no queue 'q' in vhost '/'"), std::nullopt);
  EXPECT_EQ(exchange_in(""), std::nullopt);
}

TEST(BrokerText, gives_both_values_of_an_argument_that_differs) {
  EXPECT_EQ(inequivalent_argument_in(other_ttl),
            (InequivalentArgument{"x-message-ttl", "60000", "86400000"}));
  EXPECT_EQ(
      inequivalent_argument_in("PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': "
                               "received 'true' but current is 'false'"),
      (InequivalentArgument{"durable", "true", "false"}));
  EXPECT_EQ(inequivalent_argument_in(
                "PRECONDITION_FAILED - inequivalent arg 'x-overflow' for queue 'q' in vhost '/': "
                "received the value 'reject-publish' of type 'longstr' but current is none"),
            (InequivalentArgument{"x-overflow", "reject-publish", "none"}));
  EXPECT_EQ(inequivalent_argument_in("PRECONDITION_FAILED - queue 'q' in vhost '/' in use"), std::nullopt);
}

TEST(TopologyText, of_a_queue_with_other_arguments_names_both_values_and_what_to_do) {
  const auto problem = topology_problem("queue 'orders'", 406, other_ttl);
  EXPECT_THAT(problem, HasSubstr("queue 'orders' exists with x-message-ttl = 86400000"));
  EXPECT_THAT(problem, HasSubstr("the topology asks for 60000"));
  EXPECT_THAT(problem, HasSubstr("change the topology, or drain and delete"));
}

TEST(TopologyText, tells_a_missing_thing_from_a_forbidden_one) {
  EXPECT_THAT(topology_problem("exchange 'events'", 404, "NOT_FOUND - no exchange 'events' in vhost 'shop'"),
              HasSubstr("exchange 'events' is missing; declare the topology"));
  EXPECT_THAT(topology_problem("queue 'q'", 403, "ACCESS_REFUSED - …"),
              HasSubstr("may not be declared by this user"));
  EXPECT_THAT(topology_problem("queue 'q'", 405, "RESOURCE_LOCKED"), HasSubstr("405 RESOURCE_LOCKED"));
}

TEST(TopologyText, gives_a_queue_only_the_arguments_that_are_set) {
  QueueSpec plain;
  EXPECT_EQ(queue_arguments(plain), (message::Headers{{"x-queue-type", std::string{"quorum"}}}));
  QueueSpec full;
  full.type = QueueType::classic;
  full.dead_letter_exchange = message::Exchange{"dlx"};
  full.dead_letter_routing_key = message::RoutingKey{"q.dlq"};
  full.dead_letter_strategy = DeadLetterStrategy::at_least_once;
  full.overflow = Overflow::reject_publish;
  full.message_ttl = std::chrono::hours{24};
  full.max_length = 10;
  full.delivery_limit = 3;
  full.single_active_consumer = true;
  full.arguments = {{"x-max-in-memory-length", std::int64_t{5}}};
  EXPECT_EQ(queue_arguments(full), (message::Headers{{"x-queue-type", std::string{"classic"}},
                                                     {"x-dead-letter-exchange", std::string{"dlx"}},
                                                     {"x-dead-letter-routing-key", std::string{"q.dlq"}},
                                                     {"x-dead-letter-strategy", std::string{"at-least-once"}},
                                                     {"x-overflow", std::string{"reject-publish"}},
                                                     {"x-message-ttl", std::int64_t{86'400'000}},
                                                     {"x-max-length", std::int64_t{10}},
                                                     {"x-delivery-limit", std::int64_t{3}},
                                                     {"x-single-active-consumer", true},
                                                     {"x-max-in-memory-length", std::int64_t{5}}}));
}

TEST(TopologyText, refuses_names_that_no_broker_takes) {
  Topology topology;
  topology.queues.push_back({.name = message::Queue{std::string(256, 'q')}});
  EXPECT_THROW(check(topology), std::invalid_argument);
  topology.queues[0].name = message::Queue{std::string(255, 'q')};
  EXPECT_NO_THROW(check(topology));
  topology.queues[0].arguments = {{"x", std::string(4'000, 'x')}};
  EXPECT_THROW(check(topology), std::invalid_argument);
}

TEST(Login, that_is_refused_tells_the_reasons_apart_and_never_the_password) {
  const Endpoint endpoint{"broker", 5672, "shop", "s3cret", "orders"};
  const auto password = refused_login(endpoint, 403, "ACCESS_REFUSED - Login was refused");
  EXPECT_EQ(password.trouble, Trouble::login_refused);
  EXPECT_THAT(password.what,
              HasSubstr("broker:5672 refused the login of user 'shop': wrong user or password"));
  const auto missing = refused_login(endpoint, 530, "NOT_ALLOWED - vhost orders not found");
  EXPECT_EQ(missing.trouble, Trouble::virtual_host);
  EXPECT_THAT(missing.what,
              HasSubstr("broker:5672 has no virtual host 'orders'; create it with: rabbitmqctl add_vhost"));
  const auto forbidden =
      refused_login(endpoint, 530, "NOT_ALLOWED - access to vhost 'orders' refused for user 'shop'");
  EXPECT_EQ(forbidden.trouble, Trouble::virtual_host);
  EXPECT_THAT(forbidden.what, HasSubstr("does not let user 'shop' use virtual host 'orders'"));
  const auto full =
      refused_login(endpoint, 530,
                    "NOT_ALLOWED - access to vhost 'orders' refused for user 'shop': connection "
                    "limit (1) is reached");
  EXPECT_THAT(full.what, HasSubstr("takes no more connections to virtual host 'orders'"));
  EXPECT_THAT(full.what, HasSubstr("raise the limit"));
  const auto down =
      refused_login(endpoint, 530,
                    "NOT_ALLOWED - access to vhost 'orders' refused for user 'shop': vhost 'orders' is down");
  EXPECT_THAT(down.what, HasSubstr("rabbitmqctl restart_vhost -p 'orders'"));
  const auto other = refused_login(endpoint, 541, "INTERNAL_ERROR");
  EXPECT_EQ(other.trouble, Trouble::unreachable);
  EXPECT_THAT(other.what, HasSubstr("541 INTERNAL_ERROR"));
  for (const auto& fault : {password, missing, forbidden, other})
    EXPECT_THAT(fault.what, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace waybill::amqp
