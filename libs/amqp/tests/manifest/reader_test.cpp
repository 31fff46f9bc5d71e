#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "waybill/testkit/temporary_directory.hpp"
#include "written.hpp"

namespace waybill::amqp::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(ManifestReader, takes_what_is_as_it_should_be) { EXPECT_THAT(problems_of(manifest_with()), IsEmpty()); }

TEST(ManifestReader, says_where_the_syntax_ends_without_quoting_it) {
  EXPECT_THAT(
      problems_of("{\n  \"exchanges\" {}\n}"),
      ElementsAre("2: the file is not valid JSON at column 15; mend it there: the rest was not read"));
  EXPECT_THAT(problems_of(""), ElementsAre(StartsWith("1: the file is not valid JSON")));
}

TEST(ManifestReader, refuses_a_file_of_another_kind) {
  EXPECT_THAT(problems_of("[]"),
              ElementsAre("1: the manifest is a list; write an object with exchanges and queues",
                          HasSubstr("no exchange 'retry'"), HasSubstr("no exchange 'dlx'")));
  EXPECT_THAT(problems_of("7").front(), StartsWith("1: the manifest is a number; "));
}

TEST(ManifestReader, refuses_a_file_that_is_nested_without_end) {
  EXPECT_THAT(problems_of(std::string(100'000, '[')),
              ElementsAre("1: the file is nested deeper than any manifest; the rest was not read"));
}

TEST(ManifestReader, asks_for_exchanges_and_queues) {
  EXPECT_THAT(
      problems_of("{}"),
      ElementsAre("1: the manifest has no 'exchanges'; add it", "1: the manifest has no 'queues'; add it",
                  HasSubstr("no exchange 'retry'"), HasSubstr("no exchange 'dlx'")));
}

// The parser would keep the last of the two in silence.
TEST(ManifestReader, refuses_a_queue_that_is_there_twice) {
  EXPECT_THAT(
      problems_of(manifest_with(R"("a.commands": {"service": "a", "bindings": [{"exchange": "events"}]})")),
      ElementsAre("12: 'a.commands' is there twice, also in line 9; keep one of the two"));
}

TEST(ManifestReader, refuses_an_exchange_or_a_member_that_is_there_twice) {
  EXPECT_THAT(problems_of(manifest_with(R"("q": {"service": "a",
"order": "none",
"order": "key", "bindings": [{"exchange": "events"}]})")),
              ElementsAre("14: 'order' is there twice, also in line 13; keep one of the two"));
}

TEST(ManifestReader, refuses_what_it_does_not_know_with_what_was_meant) {
  EXPECT_THAT(
      problems_of(manifest_with(R"("q": {"servce": "a",
"ttl": 5, "service": "a", "bindings": [{"exchange": "events",
"args": {}}]})")),
      ElementsAre("12: queue 'q' has an unknown 'servce'; did you mean service?",
                  "13: queue 'q' has an unknown 'ttl'; it takes bindings, consumer, order and service",
                  "14: a binding of queue 'q' has an unknown 'args'; it takes exchange and key"));
  EXPECT_THAT(
      problems_of(R"({"exchanges": {"retry": {"type": "direct"}, "dlx": {"type": "direct", "durable": true}},
"queue": {}, "queues": {}})"),
      ElementsAre("1: exchange 'dlx' has an unknown 'durable'; it takes type",
                  "2: the manifest has an unknown 'queue'; did you mean queues?"));
}

TEST(ManifestReader, asks_each_queue_for_its_service_and_bindings) {
  EXPECT_THAT(
      problems_of(manifest_with(R"("q": {})")),
      ElementsAre("12: queue 'q' has no 'service'; add it", "12: queue 'q' has no 'bindings'; add it"));
  EXPECT_THAT(
      problems_of(manifest_with(R"("q": {"service": "a", "bindings": []})")),
      ElementsAre("12: queue 'q' is bound to nothing, so nothing would be published into it; add a binding"));
  EXPECT_THAT(problems_of(manifest_with(R"("q": {"service": "a", "bindings": [{"key": "x"}]})")),
              ElementsAre("12: a binding of queue 'q' has no 'exchange'; add it"));
}

TEST(ManifestReader, refuses_values_of_another_kind) {
  EXPECT_THAT(problems_of(manifest_with(R"("q": {"service": null,
"order": true,
"consumer": 7,
"bindings": "events"})")),
              ElementsAre("12: queue 'q' has null as its 'service'; write a text",
                          "13: queue 'q' has true or false as its 'order'; write a text",
                          "14: queue 'q' has a number as its 'consumer'; write a text",
                          "15: queue 'q' has a text as its 'bindings'; write a list"));
  EXPECT_THAT(
      problems_of(manifest_with(R"("q": [], "r": {"service": "a", "bindings": ["events"]})")),
      ElementsAre("12: queue 'q' is a list; write an object with bindings, consumer, order and service",
                  "12: a binding of queue 'r' is a text; write an object with exchange and key"));
}

TEST(ManifestReader, refuses_an_order_that_is_neither_none_nor_key) {
  EXPECT_THAT(problems_of(manifest_with(
                  R"("q": {"service": "a", "order": "strict", "bindings": [{"exchange": "events"}]})")),
              ElementsAre("12: queue 'q' has 'strict' as its 'order'; write none or key"));
}

TEST(ManifestReader, refuses_exchanges_without_a_type_that_it_knows) {
  const std::string ends = R"(, "dlx": {"type": "direct"}}, "queues": {}})";
  const auto with_retry = [&](const std::string& retry) {
    return problems_of(R"({"exchanges": {"retry": )" + retry + ends);
  };
  EXPECT_THAT(with_retry("{}"), ElementsAre("1: exchange 'retry' has no 'type'; add it"));
  EXPECT_THAT(with_retry(R"({"type": "dirct"})"),
              ElementsAre("1: exchange 'retry' is of the type 'dirct', which is not for a manifest; "
                          "did you mean direct?"));
  EXPECT_THAT(with_retry(R"({"type": "headers"})"),
              ElementsAre("1: exchange 'retry' is of the type 'headers', which is not for a manifest; "
                          "write direct, fanout or topic"));
}

TEST(ManifestReader, tells_all_that_is_wrong_at_once_in_the_order_of_the_file) {
  const auto problems = problems_of(R"({"exchanges": {
"retry": {"type": "topic"},
"dlx": {}},
"queues": {
"q.dlq": {"order": "x"}}})");
  EXPECT_THAT(problems,
              ElementsAre(StartsWith("2: exchange 'retry' has to be direct"), StartsWith("3: "),
                          StartsWith("5: "), StartsWith("5: "), StartsWith("5: "), StartsWith("5: ")));
}

TEST(ManifestReader, names_the_file_in_every_problem) {
  EXPECT_EQ(
      read_manifest("{\"exchanges\": {}, \"queues\": 1}", "proto/m.json").error().to_string(),
      "the topology manifest has 3 problems:\n"
      "  proto/m.json:1: the manifest has a number as its 'queues'; write an object\n"
      "  proto/m.json:1: there is no exchange 'retry', by which every queue's retries and replays go; add it "
      "with \"type\": \"direct\"\n"
      "  proto/m.json:1: there is no exchange 'dlx', by which every queue's dead letters go; add it with "
      "\"type\": \"direct\"");
}

TEST(ManifestReader, loads_a_file_or_says_why_it_cannot) {
  const testkit::TemporaryDirectory directory;
  const auto path = (directory.path() / "m.json").string();
  EXPECT_THAT(
      load_manifest(path).error().lines,
      ElementsAre(path + " cannot be read: No such file or directory; name a manifest that is there"));
  directory.write("m.json", manifest_with());
  EXPECT_EQ(load_manifest(path)->queues().size(), 3U);
  directory.write("m.json", "{");
  EXPECT_THAT(load_manifest(path).error().lines, ElementsAre(StartsWith(path + ":1: ")));
}

}  // namespace
}  // namespace waybill::amqp::tests
