#include <gmock/gmock.h>

#include <csignal>
#include <map>

#include "participants.hpp"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "saga_fixture.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"

// Sagas whose processes are killed, wherever they stand, come to one end each, and nothing is left over.

namespace waybill::saga::testing {
namespace {

constexpr std::string_view manifest = R"({
  "exchanges": {
    "commands": {"type": "direct"},
    "replies": {"type": "direct"},
    "events.fanout": {"type": "fanout"},
    "retry": {"type": "direct"},
    "dlx": {"type": "direct"}
  },
  "queues": {
    "trip.replies": {"service": "trip", "bindings": [{"exchange": "replies", "key": "trip"}]},
    "rail.commands": {"service": "rail", "bindings": [{"exchange": "commands", "key": "rail"}]},
    "bank.commands": {"service": "bank", "bindings": [{"exchange": "commands", "key": "bank"}]},
    "watch": {"service": "watch", "bindings": [{"exchange": "events.fanout"}]}
  }
})";

class SagaCrash : public SagaFixture {
 protected:
  using Variables = std::map<std::string, std::string>;

  SagaCrash() {
    engine_.add(patient_).add(impatient_).add(unhurried_);
    sql(create_act);
    const auto topology = amqp::read_manifest(std::string(manifest), "test").value().topology();
    amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}), {topology, amqp::TopologyMode::declare},
                          soon());
  }

  /// Knows version 3, whose waits are short, version 2, whose limits nothing here comes to, and version 4,
  /// which asks for nothing again either.
  servers::Program worker(Variables variables = {}) const {
    variables.emplace("WORKER_DATABASE", database_.url());
    variables.emplace("WORKER_BROKER", broker_.url());
    variables.emplace("WORKER_KNOWS_PATIENT_ONES", "yes");
    return {WAYBILL_SAGA_WORKER, {}, variables};
  }

  /// Trips of all kinds: a fifth each meets a full train, a card that is declined, silence of either.
  void begin_trips(int from, int count) {
    for (int i = from; i < from + count; ++i) {
      const std::string train = i % 5 == 1 ? "full" : i % 5 == 2 ? "silent" : "ICE 1";
      const std::string card = i % 5 == 3 ? "declined" : i % 5 == 4 ? "silent" : "visa";
      const bool is_silent = i % 5 == 2 || i % 5 == 4;
      begin(is_silent ? impatient_ : patient_, trip(std::to_string(i), train, card));
    }
  }

  std::string live() const {
    return sql("SELECT count(*) FROM waybill.saga WHERE status NOT IN ('completed', 'compensated')");
  }

  static std::string ends_of(int each) {
    const auto count = std::to_string(each) + "\n";
    return "0|completed||" + count + "1|compensated|refused|" + count + "2|compensated|timed_out|" + count +
           "3|compensated|refused|" + count + "4|compensated|timed_out|" + count;
  }

  void expect_all_ended_well(int trips) {
    EXPECT_TRUE(
        testkit::eventually([&] { return live() == "0\n"; }, [&] { return live() + " are left"; }, 60s));
    EXPECT_EQ(sql("SELECT key::integer % 5, status, state->'cause'->>'kind', count(*) FROM waybill.saga "
                  "GROUP BY 1, 2, 3 ORDER BY 1"),
              ends_of(trips / 5))
        << "an answer was lost, or taken for another";
    EXPECT_EQ(sql("SELECT act.saga, act.step FROM act WHERE times > "
                  "(SELECT count(*) FROM waybill.saga_journal, json_array_elements(sent) AS command "
                  " WHERE saga_id = act.saga AND command->>'step' = act.step "
                  "   AND (command->>'epoch')::integer = act.epoch)"),
              "")
        << "a participant was asked more often than the journal says";
    EXPECT_EQ(sql("SELECT key, act.step, act.state FROM waybill.saga "
                  "JOIN act ON act.saga = saga.id WHERE (status = 'compensated' AND act.state = 'done') "
                  "OR (status = 'completed' AND act.state <> 'done')"),
              "")
        << "what is undone has left something, or what is done is not";
    EXPECT_EQ(sql("SELECT key FROM waybill.saga JOIN act ON act.saga = saga.id WHERE status = 'completed' "
                  "GROUP BY key HAVING count(*) <> 3"),
              "");
    EXPECT_EQ(sql("SELECT saga_id, revision FROM waybill.saga_journal "
                  "WHERE outcome NOT IN ('repeated', 'late', 'other_epoch', 'has_ended') "
                  "GROUP BY 1, 2 HAVING count(*) > 1"),
              "")
        << "one state had two successors";
    EXPECT_EQ(sql("SELECT saga.id FROM waybill.saga JOIN waybill.saga_journal ON saga_id = saga.id "
                  "GROUP BY 1, saga.revision HAVING max(saga_journal.revision) <> saga.revision"),
              "")
        << "a change without its line in the journal, or a line without its change";
    EXPECT_TRUE(testkit::eventually([&] { return sql("SELECT count(*) FROM waybill.outbox") == "0\n"; }));
    EXPECT_EQ(sql("SELECT count(*), count(DISTINCT key) FROM waybill.outbox_sent"),
              std::to_string(trips) + "|" + std::to_string(trips) + "\n")
        << "an end was told twice, or never";
    EXPECT_THAT(broker_.take("trip.replies.dlq", 1), ::testing::IsEmpty());
  }

  servers::TestVirtualHost broker_;
  const Definition<Trip> impatient_ = quick_trip(1'500ms, 400ms, 3);
  const Definition<Trip> patient_ = quick_trip(10min, 400ms, 2);
  const Definition<Trip> unhurried_ = quick_trip(10min, 10min, 4);
};

class SagaCrashPoint : public SagaCrash, public ::testing::WithParamInterface<const char*> {};

TEST_P(SagaCrashPoint, where_it_is_killed_again_and_again_doubles_nothing_and_loses_nothing) {
  constexpr int kills = 5;
  constexpr int trips = 20;
  for (int kill = 0; kill < kills; ++kill) {
    begin_trips(kill * trips, trips);
    auto armed = worker({{"WAYBILL_CRASH_AT", std::string(GetParam()) + ":" + std::to_string(1 + kill % 3)}});
    const auto status = armed.wait(soon());
    ASSERT_TRUE(status) << "it did not come to " << GetParam();
    EXPECT_EQ(*status, 128 + SIGKILL);
  }
  const auto survivor = worker();
  expect_all_ended_well(kills * trips);
}

INSTANTIATE_TEST_SUITE_P(Each, SagaCrashPoint,
                         ::testing::Values("saga.after_load", "saga.after_save", "saga.before_due_commit",
                                           "saga.after_due_commit"),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

// Both take answers and deadlines of the same sagas; one is killed wherever it stands.
TEST_F(SagaCrash, of_one_of_two_instances_again_and_again_is_made_good_by_the_other) {
  constexpr int trips = 200;
  const auto steady = worker();
  for (int i = 0; i < 8; ++i) {
    auto killed = worker();
    begin_trips(i * trips / 8, trips / 8);
    EXPECT_TRUE(testkit::eventually([&] {
      return sql("SELECT count(*) > " + std::to_string(i * trips / 8 + 8) +
                 " FROM waybill.saga WHERE revision > 1") == "t\n";
    }));
    killed.send(SIGKILL);
    EXPECT_EQ(killed.wait(soon()), 128 + SIGKILL);
  }
  expect_all_ended_well(trips);
}

// In a rolling upgrade, answers for the new ones reach the old program.
TEST_F(SagaCrash, is_none_when_answers_reach_a_program_that_does_not_know_the_version_yet) {
  const auto old = worker({{"WORKER_KNOWS_PATIENT_ONES", "no"}});
  // Answers go back and forth for as long as that takes, and its story is the same.
  const auto saga = begin(unhurried_, trip("t1"));
  EXPECT_TRUE(testkit::eventually([&] {
    return sql("SELECT count(*) > 2 FROM waybill.inbox WHERE consumer = 'trip.replies'") == "t\n";
  })) << "it goes back and comes again";
  EXPECT_EQ(sql("SELECT revision, status FROM waybill.saga"), "1|running\n");
  const auto upgraded = worker();
  EXPECT_TRUE(testkit::eventually([&] { return status(saga) == "completed"; }));
  EXPECT_EQ(outcomes(saga), "begun step_done step_done step_done");
  EXPECT_EQ(sql("SELECT count(*) FROM waybill.attempt"), "0\n") << "no attempt is counted for it";
}

// What one answer brings that cannot be kept is its own failure, and nobody else's.
TEST_F(SagaCrash, is_none_when_one_answer_of_a_batch_cannot_be_kept) {
  std::vector<base::Uuid> sagas;
  for (int i = 0; i < 20; ++i) sagas.push_back(begin(patient_, trip(std::to_string(i))));
  sql("DELETE FROM waybill.outbox");
  for (std::size_t i = 0; i < sagas.size(); ++i) {
    rail::v1::SeatReserved reserved;
    reserved.set_seat(i == 11 ? std::string("1\0A", 3) : "12A");
    EXPECT_TRUE(broker_.publish({message::Exchange{"replies"}, message::RoutingKey{"trip"}},
                                message::write_envelope(answer(sagas[i], "seat", reserved))));
  }
  const auto one = worker();
  EXPECT_TRUE(testkit::eventually(
      [&] { return sql("SELECT count(*) FROM waybill.saga WHERE status = 'completed'") == "19\n"; }));
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("trip.replies.dlq").total() == 1; }));
  EXPECT_EQ(status(sagas[11]), "running");
  EXPECT_EQ(outcomes(sagas[11]), "begun");
}

}  // namespace
}  // namespace waybill::saga::testing
