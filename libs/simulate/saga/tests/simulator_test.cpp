#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "parcels.hpp"
#include "waybill/simulate/explorer.hpp"

namespace waybill::saga_simulation::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string story_of(const Simulator<Warehouse>& simulator, std::uint64_t seed) {
  simulate::History history(seed, {.messages = 3, .faults = 20});
  simulator(history);
  std::string story;
  for (const auto& line : history.story.lines()) story += line + "\n";
  return story;
}

TEST(Simulator, completes_every_saga_where_nothing_goes_wrong) {
  auto simulator = parcel_simulator();
  simulator.faults() = no_faults;
  simulator.holds_at_end([](const Warehouse& warehouse,
                            std::span<const PlayedSaga> sagas) -> simulate::Verdict {
    if (sagas.empty()) return "there is no saga";
    for (const auto& saga : sagas) {
      const auto& parcel = saga.data<Parcel>();
      const bool is_well = saga.status() == saga::Status::completed && parcel.grams == 500 &&
                           parcel.what == "thing " + std::to_string(saga.number) &&
                           saga.cause().kind == saga::CauseKind::none;
      if (!is_well) return "a parcel is not sent";
    }
    return warehouse.packed == static_cast<int>(sagas.size()) ? std::nullopt : simulate::Verdict("not all");
  });
  const auto explored = simulate::search({.seeds = 200, .size = {.messages = 3, .faults = 0}}, simulator);
  EXPECT_TRUE(explored) << explored;
}

TEST(Simulator, holds_a_saga_of_careful_participants_through_all_faults) {
  const auto explored = simulate::search({.seeds = 5'000}, parcel_simulator());
  EXPECT_TRUE(explored) << explored;
}

// A story that cannot be told again is worth nothing.
TEST(Simulator, tells_one_story_for_one_seed) {
  const auto simulator = parcel_simulator();
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_EQ(story_of(simulator, seed), story_of(parcel_simulator(), seed));
  }
}

TEST(Simulator, tells_what_is_sent_taken_and_done) {
  auto simulator = parcel_simulator();
  simulator.faults() = no_faults;
  EXPECT_THAT(
      story_of(simulator, 1),
      AllOf(HasSubstr("saga 1: it begins, of version 1; Pack (pack, epoch 1) is sent"),
            HasSubstr("parcel takes Pack (saga 1, pack, epoch 1) and answers Packed"),
            HasSubstr("saga 1: Packed (pack, epoch 1) comes; step 'pack' is done; Send (send, epoch 1)"),
            HasSubstr("step 'send' is done; it is completed")));
}

TEST(Simulator, says_which_saga_does_not_end_and_tells_what_repeats_only_a_few_times) {
  Simulator<Warehouse> simulator(
      [](simulate::History& history) { return Warehouse{.dice = &history.dice, .is_deaf = true}; });
  simulator.definition(send_parcel(), new_parcel).participant(pack).participant(unpack);
  simulator.participant(testing::send);
  simulator.faults() = no_faults;
  const auto explored = simulate::search({.seeds = 1}, simulator);
  ASSERT_FALSE(explored);
  EXPECT_EQ(explored.failure()->short_wrong,
            "saga 1 does not end: it is running, at 'send', long after the last fault");
  EXPECT_LT(explored.failure()->story.size(), 30U) << explored;
}

TEST(Simulator, looks_at_what_must_always_hold_after_each_thing_that_happens) {
  auto simulator = parcel_simulator();
  simulator.holds_always([](const Warehouse& warehouse, std::span<const PlayedSaga>) -> simulate::Verdict {
    return warehouse.packed == 0 ? std::nullopt : simulate::Verdict("something is packed");
  });
  const auto explored = simulate::search({.seeds = 10}, simulator);
  ASSERT_FALSE(explored);
  EXPECT_EQ(explored.failure()->short_wrong, "something is packed");
  EXPECT_THAT(explored.failure()->story.back(), HasSubstr("parcel takes Pack"));
}

// An undo that overtakes what it undoes finds nothing to undo, and leaves nothing behind.
TEST(Simulator, finds_a_participant_without_tombstones) {
  Simulator<Warehouse> simulator([](simulate::History& history) { return Warehouse{.dice = &history.dice}; });
  simulator.definition(send_parcel(), new_parcel)
      .participant(pack)
      .participant(+[](Warehouse& warehouse, const parcel::v1::Unpack& command,
                       const message::SagaReference& asked) -> AnswerOf<parcel::v1::Unpack> {
        if (warehouse.packings.find(asked) == nullptr) return parcel::v1::Unpacked();
        return unpack(warehouse, command, asked);
      })
      .participant(testing::send)
      .holds_at_end(all_is_accounted_for);
  const auto explored = simulate::search({.seeds = 5'000, .most_tries = 2'000}, simulator);
  ASSERT_FALSE(explored);
  EXPECT_LE(explored.failure()->short_faults, 3) << explored;
}

TEST(Simulator, puts_off_what_is_for_a_version_that_its_process_does_not_know) {
  auto simulator = parcel_simulator();
  simulator.definition(send_parcel_twice(), new_parcel);
  simulator.faults() = no_faults;
  simulator.faults().old_processes = 50;
  std::string stories;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) stories += story_of(simulator, seed);
  EXPECT_THAT(stories, AllOf(HasSubstr("it begins, of version 1"), HasSubstr("it begins, of version 2"),
                             HasSubstr("process 1 does not know its version"),
                             HasSubstr("process 2 is replaced, and knows every version")));
  const auto explored = simulate::search({.seeds = 1'000}, simulator);
  EXPECT_TRUE(explored) << explored;
}

TEST(Simulator, says_which_command_nobody_takes) {
  Simulator<Warehouse> simulator([](simulate::History&) { return Warehouse(); });
  simulate::History history(1);
  EXPECT_THROW(simulator(history), std::invalid_argument);
  simulator.definition(send_parcel(), new_parcel).participant(pack).participant(unpack);
  try {
    simulator(history);
    FAIL() << "it played without a participant";
  } catch (const std::invalid_argument& fault) {
    EXPECT_THAT(fault.what(), HasSubstr("no participant takes parcel.v1.Send"));
  }
}

/// Remembers what it does not write.
struct Forgetful {
  int kept = 0;
  int lost = 0;
};
void to_json(nlohmann::json& json, const Forgetful& from) {
  json = {{"kept", from.kept}, {"lost", from.lost}};
}
void from_json(const nlohmann::json& json, Forgetful& to) { json.at("kept").get_to(to.kept); }

// What a process remembers is gone when it ends, and its database has what was written.
TEST(Simulator, finds_data_that_are_read_otherwise_than_they_were_written) {
  Simulator<Warehouse> simulator([](simulate::History& history) { return Warehouse{.dice = &history.dice}; });
  const auto make = +[](const Forgetful&) { return parcel::v1::Send(); };
  simulator.participant(testing::send)
      .definition(
          saga::define<Forgetful>(
              "forgets", 1, saga::point_of_no_return,
              saga::step<"send">(make).on<parcel::v1::IsSent>().resent_every(std::chrono::seconds(5))),
          +[](Warehouse&, std::size_t number) {
            return Forgetful{.kept = 1, .lost = static_cast<int>(number)};
          });
  const auto explored = simulate::search({.seeds = 1'000}, simulator);
  ASSERT_FALSE(explored);
  EXPECT_THAT(explored.failure()->short_wrong, HasSubstr("is read to remember"));
}

}  // namespace
}  // namespace waybill::saga_simulation::testing
