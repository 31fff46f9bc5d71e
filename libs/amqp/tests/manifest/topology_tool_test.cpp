#include "topology_tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "waybill/amqp/definitions.hpp"
#include "waybill/testkit/temporary_directory.hpp"
#include "written.hpp"

namespace waybill::amqp::tests {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Told {
  int status = 0;
  std::string out;
  std::string errors;
};

class TopologyTool : public testing::Test {
 protected:
  static Told run(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream errors;
    const int status = run_topology_tool("bin/waybill-topology", arguments, out, errors);
    return {status, out.str(), errors.str()};
  }

  testkit::TemporaryDirectory directory_;
  std::string good_ = directory_.write("good.json", manifest_with());
  std::string bad_ = directory_.write("bad.json", "{\"queues\": {}}");
  std::string definitions_ =
      rabbitmq_definitions(read_manifest(manifest_with(), "m.json").value().topology());
};

TEST_F(TopologyTool, prints_definitions_and_nothing_else) {
  const auto told = run({"definitions", good_});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.out, definitions_);
  EXPECT_THAT(told.errors, IsEmpty());
}

TEST_F(TopologyTool, finds_a_good_manifest_good_and_counts_what_is_in_it) {
  const auto told = run({"check", good_});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.out, good_ + ": 5 exchanges, 3 queues with a dead-letter queue each, 9 bindings\n");
  EXPECT_THAT(told.errors, IsEmpty());
}

TEST_F(TopologyTool, says_what_is_wrong_with_a_manifest_and_prints_no_definitions) {
  for (const std::string command : {"check", "definitions"}) {
    const auto told = run({command, bad_});
    EXPECT_EQ(told.status, 1);
    EXPECT_THAT(told.out, IsEmpty());
    EXPECT_THAT(told.errors,
                StartsWith("waybill-topology: the topology manifest has 3 problems:\n  " + bad_ + ":1: "));
    EXPECT_EQ(run({command, "none.json"}).status, 1);
    EXPECT_THAT(run({command, "none.json"}).errors, HasSubstr("none.json cannot be read: No such file"));
  }
}

TEST_F(TopologyTool, finds_definitions_that_are_not_current_and_says_what_to_run) {
  const auto current = directory_.write("current.json", definitions_);
  const auto old = directory_.write("old.json", definitions_ + " ");
  EXPECT_EQ(run({"check", good_, "--definitions", current}).status, 0);
  const auto told = run({"check", good_, "--definitions", old});
  EXPECT_EQ(told.status, 1);
  EXPECT_THAT(told.out, IsEmpty());
  EXPECT_EQ(told.errors, "waybill-topology: " + old + " is not what " + good_ +
                             " describes; run: bin/waybill-topology definitions " + good_ + " > " + old +
                             "\n");
  EXPECT_THAT(run({"check", good_, "--definitions", "none.json"}).errors,
              HasSubstr("none.json cannot be read: No such file or directory; run: bin/waybill-topology"));
}

TEST_F(TopologyTool, explains_itself) {
  for (const auto& asked : std::vector<std::vector<std::string>>{{"--help"}, {"-h"}, {"check", "--help"}}) {
    const auto told = run(asked);
    EXPECT_EQ(told.status, 0);
    EXPECT_THAT(told.out, StartsWith("Usage: waybill-topology check MANIFEST"));
    EXPECT_THAT(told.out, HasSubstr("Exit status:"));
  }
}

TEST_F(TopologyTool, refuses_what_it_does_not_understand) {
  using Arguments = std::vector<std::string>;
  for (const auto& wrong :
       {Arguments{}, Arguments{"check"}, Arguments{"chekc", good_}, Arguments{good_},
        Arguments{"definitions", good_, good_}, Arguments{"check", good_, "--definitions"},
        Arguments{"definitions", good_, "--definitions", good_}}) {
    const auto told = run(wrong);
    EXPECT_EQ(told.status, 2);
    EXPECT_THAT(told.out, IsEmpty());
    EXPECT_THAT(told.errors, StartsWith("Usage: "));
  }
}

TEST_F(TopologyTool, fails_when_nobody_takes_what_it_prints) {
  std::ostringstream out;
  std::ostringstream errors;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(run_topology_tool("t", {"definitions", good_}, out, errors), 1);
  EXPECT_THAT(errors.str(), HasSubstr("could not be written"));
}

}  // namespace
}  // namespace waybill::amqp::tests
