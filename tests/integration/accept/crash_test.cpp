#include <gmock/gmock.h>

#include <csignal>
#include <map>

#include "accept_fixture.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/testkit/eventually.hpp"

// A service that is killed before or behind a COMMIT, with its answers on their way or not: who asks again
// gets one answer, and one effect has happened.

namespace waybill::accept::testing {
namespace {

class AcceptCrash : public AcceptFixture {
 protected:
  AcceptCrash() {
    sql("CREATE TABLE asked (key text PRIMARY KEY); CREATE TABLE answered (key text, status integer, body "
        "text)");
  }

  servers::Program worker(int copies, const std::string& crash_at = "") const {
    std::map<std::string, std::string> variables{{"WORKER_DATABASE", database_.url()},
                                                 {"WORKER_COPIES", std::to_string(copies)}};
    if (!crash_at.empty()) variables.emplace("WAYBILL_CRASH_AT", crash_at);
    return {WAYBILL_ACCEPT_WORKER, {}, variables};
  }
  void ask_for(int keys, const std::string& prefix) const {
    sql("INSERT INTO asked SELECT '" + prefix + "' || n FROM generate_series(1, " + std::to_string(keys) +
        ") n");
  }
  void expect_one_answer_each(int keys) const {
    EXPECT_EQ(count("effect"), keys);
    expect_each_once();
    EXPECT_EQ(sql("SELECT key FROM answered GROUP BY 1 HAVING count(DISTINCT (status, body)) > 1"), "")
        << "two answers to one request";
    EXPECT_EQ(sql("SELECT count(DISTINCT key), min(status), max(status) FROM answered"),
              std::to_string(keys) + "|201|201");
  }
};

class AcceptCrashPoint : public AcceptCrash, public ::testing::WithParamInterface<const char*> {};

TEST_P(AcceptCrashPoint, where_it_is_killed_again_and_again_doubles_nothing_and_loses_nothing) {
  constexpr int kills = 5;
  constexpr int keys = 40;
  for (int kill = 0; kill < kills; ++kill) {
    ask_for(keys, std::to_string(kill) + "-");
    auto armed = worker(3, std::string(GetParam()) + ":" + std::to_string(1 + kill % 3));
    const auto status = armed.wait(soon());
    ASSERT_TRUE(status) << "it did not come to " << GetParam();
    EXPECT_EQ(*status, 128 + SIGKILL);
  }
  EXPECT_EQ(worker(3).wait(soon()), 0);
  expect_one_answer_each(kills * keys);
}

TEST_P(AcceptCrashPoint, with_twenty_retries_of_one_request_under_way_has_one_effect_and_one_answer) {
  ask_for(1, "only-");
  EXPECT_EQ(worker(20, GetParam()).wait(soon()), 128 + SIGKILL);
  const bool was_before = std::string_view(GetParam()) == "accept.before_commit";
  EXPECT_EQ(count("effect"), was_before ? 0 : 1);
  EXPECT_EQ(count("answered"), 0);
  for (int again = 0; again < 2; ++again) EXPECT_EQ(worker(20).wait(soon()), 0);
  EXPECT_EQ(count("answered"), 40);
  expect_one_answer_each(1);
}

INSTANTIATE_TEST_SUITE_P(Each, AcceptCrashPoint,
                         ::testing::Values("accept.before_commit", "accept.after_commit"),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

// Both are asked for the same keys; the one that is left, and its successor, know what the dead one has done.
TEST_F(AcceptCrash, of_one_of_two_processes_over_the_same_keys_leaves_each_with_one_answer) {
  constexpr int rounds = 5;
  constexpr int keys = 60;
  for (int round = 0; round < rounds; ++round) {
    ask_for(keys, std::to_string(round) + "-");
    auto steady = worker(2);
    auto killed = worker(2, "accept.before_commit:" + std::to_string(2 + round));
    EXPECT_EQ(steady.wait(soon()), 0);
    EXPECT_TRUE(killed.wait(soon()));
  }
  EXPECT_EQ(worker(1).wait(soon()), 0);
  expect_one_answer_each(rounds * keys);
}

}  // namespace
}  // namespace waybill::accept::testing
