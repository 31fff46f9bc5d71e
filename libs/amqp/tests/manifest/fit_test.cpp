#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "written.hpp"

namespace waybill::amqp::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string queue_bound(const std::string& bindings) {
  return manifest_with(R"("q": {"service": "a", "bindings": [)" + bindings + "]}");
}

TEST(ManifestFit, binds_only_to_exchanges_that_are_declared) {
  EXPECT_THAT(problems_of(queue_bound(R"({"exchange": "event"})")),
              ElementsAre("12: queue 'q' is bound to exchange 'event', which is not declared; did you mean "
                          "events?"));
  EXPECT_THAT(
      problems_of(queue_bound(R"({"exchange": "invoices", "key": "x"})")),
      ElementsAre("12: queue 'q' is bound to exchange 'invoices', which is not declared; add it to the "
                  "exchanges"));
}

TEST(ManifestFit, binds_to_a_direct_or_topic_exchange_by_a_key) {
  EXPECT_THAT(
      problems_of(queue_bound(R"({"exchange": "commands"})")),
      ElementsAre("12: queue 'q' is bound to exchange 'commands' without a key, and a direct exchange "
                  "sends by key; add one"));
  EXPECT_THAT(
      problems_of(queue_bound(R"({"exchange": "news"})")),
      ElementsAre("12: queue 'q' is bound to exchange 'news' without a key, and a topic exchange sends "
                  "by key; add one"));
  EXPECT_THAT(problems_of(queue_bound(R"({"exchange": "commands", "key": ""})")),
              ElementsAre(HasSubstr("by the key '', which is empty; write one")));
}

TEST(ManifestFit, binds_to_a_fanout_without_a_key) {
  EXPECT_THAT(
      problems_of(queue_bound(R"({"exchange": "events", "key": "orders"})")),
      ElementsAre("12: queue 'q' is bound to exchange 'events' with a key, and a fanout sends to every "
                  "queue whatever the key; remove the key"));
}

TEST(ManifestFit, binds_each_queue_once_by_a_key) {
  EXPECT_THAT(problems_of(queue_bound(R"({"exchange": "news", "key": "a.#"},
{"exchange": "news", "key": "b.#"},
{"exchange": "news", "key": "a.#"})")),
              ElementsAre("14: queue 'q' is bound twice to exchange 'news' by the same key; keep one of the "
                          "two"));
}

// A binding of one's own to retry could send one queue's retries to another one.
TEST(ManifestFit, leaves_the_bindings_that_every_queue_has_to_the_rule) {
  EXPECT_THAT(problems_of(queue_bound(R"({"exchange": "retry", "key": "a.commands"})")),
              ElementsAre("12: queue 'q' is bound to exchange 'retry', as every queue is by rule; remove the "
                          "binding"));
  EXPECT_THAT(problems_of(queue_bound(R"({"exchange": "dlx", "key": "x"})")),
              ElementsAre(HasSubstr("bound to exchange 'dlx', as every queue is by rule")));
}

TEST(ManifestFit, asks_for_direct_exchanges_for_retries_and_dead_letters) {
  EXPECT_THAT(
      problems_of(R"({
"exchanges": {},
"queues": {}})"),
      ElementsAre(HasSubstr("2: there is no exchange 'retry', by which every queue's retries and "
                            "replays go; add it"),
                  HasSubstr("2: there is no exchange 'dlx', by which every queue's dead letters go; add "
                            "it")));
  EXPECT_THAT(problems_of(R"({"exchanges": {
"retry": {"type": "fanout"},
"dlx": {"type": "topic"}}, "queues": {}})"),
              ElementsAre(HasSubstr("2: exchange 'retry' has to be direct"),
                          HasSubstr("3: exchange 'dlx' has to be direct")));
}

TEST(ManifestFit, has_no_exchange_that_leads_nowhere) {
  EXPECT_THAT(
      problems_of(R"({"exchanges": {"retry": {"type": "direct"}, "dlx": {"type": "direct"},
"commands": {"type": "direct"}}, "queues": {}})"),
      ElementsAre("2: exchange 'commands' leads to no queue, so whatever is published to it comes back; "
                  "bind a queue to it, or remove it"));
}

// Two services that remember under one name what they have handled would each skip what the other did.
TEST(ManifestFit, shares_a_consumer_among_queues_of_one_service_only) {
  const auto with_consumer = [](const std::string& service) {
    return problems_of(manifest_with(R"("q": {"service": ")" + service + R"(", "consumer": "a.events",
"bindings": [{"exchange": "events"}]})"));
  };
  EXPECT_THAT(with_consumer("a"), IsEmpty());
  EXPECT_THAT(
      with_consumer("b"),
      ElementsAre("12: queue 'q' has the consumer 'a.events', which is also that of queue 'a.events'; "
                  "only queues of one service, such as the partitions of one, may share a consumer: "
                  "give it another"));
}

}  // namespace
}  // namespace waybill::amqp::tests
