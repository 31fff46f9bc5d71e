#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "written.hpp"

namespace waybill::amqp::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string queue_called(const std::string& name) {
  return manifest_with("\"" + name + R"(": {"service": "a", "bindings": [{"exchange": "events"}]})");
}

std::string bound_by(const std::string& exchange, const std::string& key) {
  return manifest_with(R"("q": {"service": "a", "bindings": [{"exchange": ")" + exchange + R"(", "key": ")" +
                       key + "\"}]}");
}

TEST(ManifestNames, of_queues_leave_room_for_that_of_the_dead_letter_queue) {
  EXPECT_THAT(problems_of(queue_called(std::string(251, 'q'))), IsEmpty());
  EXPECT_THAT(
      problems_of(queue_called(std::string(252, 'q'))),
      ElementsAre(HasSubstr("has 252 bytes, and that of its dead-letter queue would not fit into AMQP's "
                            "255; shorten it to 251")));
  EXPECT_THAT(problems_of(queue_called(std::string(256, 'q'))),
              ElementsAre(HasSubstr("has 256 bytes, and AMQP allows 255; shorten it")));
}

// Two queues would be the dead-letter queue of one.
TEST(ManifestNames, of_queues_do_not_end_as_those_of_dead_letter_queues) {
  EXPECT_THAT(
      problems_of(queue_called("a.commands.dlq")),
      ElementsAre("12: queue 'a.commands.dlq' ends in '.dlq', as the dead-letter queue does that every "
                  "queue has without being asked for; remove it, or call it otherwise"));
}

TEST(ManifestNames, of_the_brokers_own_are_refused) {
  EXPECT_THAT(problems_of(queue_called("amq.q")),
              ElementsAre("12: queue 'amq.q' begins with 'amq.', which the broker keeps for its own; call it "
                          "otherwise"));
  EXPECT_THAT(problems_of(R"({"exchanges": {"retry": {"type": "direct"}, "dlx": {"type": "direct"},
"amq.topic": {"type": "topic"}}, "queues": {
"q": {"service": "a", "bindings": [{"exchange": "amq.topic", "key": "#"}]}}})"),
              ElementsAre(HasSubstr("2: exchange 'amq.topic' begins with 'amq.'")));
}

TEST(ManifestNames, are_not_empty) {
  EXPECT_THAT(problems_of(queue_called("")), ElementsAre("12: queue '' is empty; write one"));
  EXPECT_THAT(
      problems_of(manifest_with(R"("q": {"service": "", "consumer": "", "bindings": [{"exchange": ""}]})")),
      ElementsAre("12: queue 'q' has '' as its 'service', which is empty; write one",
                  "12: queue 'q' has '' as its 'consumer', which is empty; write one",
                  "12: a binding of queue 'q' has '' as its 'exchange', which is empty; write one"));
}

TEST(ManifestNames, consist_of_what_amqp_makes_names_of) {
  EXPECT_THAT(problems_of(queue_called("aZ09-_.:")), IsEmpty());
  for (const std::string name : {"a b", "a/b", "ä", "a\\n", "a#"}) {
    EXPECT_THAT(problems_of(queue_called(name)),
                ElementsAre(HasSubstr("other characters than names in AMQP are made of")))
        << name;
  }
  EXPECT_THAT(problems_of(manifest_with(R"("q": {"service": "a b", "bindings": [{"exchange": "events"}]})")),
              ElementsAre(HasSubstr("has 'a b' as its 'service', which has other characters")));
}

TEST(ManifestNames, of_keys_fit_into_amqp) {
  EXPECT_THAT(problems_of(bound_by("commands", std::string(255, 'k'))), IsEmpty());
  EXPECT_THAT(problems_of(bound_by("commands", std::string(256, 'k'))),
              ElementsAre(HasSubstr("', which has 256 bytes, and AMQP allows 255; shorten it")));
  EXPECT_THAT(problems_of(bound_by("news", std::string(256, 'k'))),
              ElementsAre(HasSubstr("', which has 256 bytes, and AMQP allows 255; shorten it")));
}

// A wildcard where it is none binds a queue that never gets a message, and nobody is told.
TEST(ManifestNames, of_direct_keys_have_no_wildcards) {
  for (const std::string key : {"a.*", "#", "a#"}) {
    EXPECT_THAT(problems_of(bound_by("commands", key)),
                ElementsAre("12: queue 'q' is bound to exchange 'commands' by the key '" + key +
                            "', which has a wildcard, and a direct exchange compares keys letter by letter; "
                            "write the key itself, or make the exchange a topic"));
  }
}

TEST(ManifestNames, of_topic_patterns_have_wildcards_as_words_of_their_own) {
  for (const std::string key : {"#", "*", "a.*.b", "a.#", "*.#", "a", "a..b"}) {
    EXPECT_THAT(problems_of(bound_by("news", key)), IsEmpty()) << key;
  }
  for (const std::string key : {"a#", "a.b*", "*a.b", "a.##"}) {
    EXPECT_THAT(problems_of(bound_by("news", key)),
                ElementsAre("12: queue 'q' is bound to exchange 'news' by the key '" + key +
                            "', which has a wildcard within a word, where it stands for itself; write * or # "
                            "as a word of its own, between dots"));
  }
}

}  // namespace
}  // namespace waybill::amqp::tests
