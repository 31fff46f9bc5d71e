#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "book_trip.hpp"
#include "saga_story.hpp"

// The state of a saga as JSON. That each state of the other tests comes back as it was, SagaStory sees to.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using input::Order;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// The state of a trip at pay, with this change to it.
std::string changed_state(void (*change)(json&)) {
  const auto trip = trip_at_pay();
  auto state = json::parse(write_state(trip.plan(), trip.saga()));
  change(state);
  return state.dump();
}

std::string why_refused(std::string_view state, Status status = Status::running) {
  try {
    read_state(trip_plan(), status, std::nullopt, "", state);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was read";
}

// Operators query it, and the next version of this program reads it.
TEST(SagaState, stands_in_the_database_as_it_does_here) {
  auto trip = trip_at_pay();
  trip.after(60s).due().after(10s).due();
  EXPECT_EQ(json::parse(write_state(trip.plan(), trip.saga())), json::parse(R"({
    "at": "pay",
    "steps": {
      "seat": {"status": "done", "epoch": 1, "attempts": 1, "since": "2023-11-14T22:13:20.000000Z"},
      "pay": {"status": "undoing", "epoch": 1, "attempts": 2,
              "since": "2023-11-14T22:14:20.000000Z", "sent": "2023-11-14T22:14:30.000000Z"}
    },
    "cause": {"kind": "timed_out", "step": "pay", "text": ""},
    "data": {"id": "trip-1", "train": "IC 5", "card": "4711", "seat": "12A", "price_minor": 4500,
             "ticket": "", "declined_because": ""}
  })"));
  trip.order(Order::resume).order(Order::abandon);
  const auto abandoned = json::parse(write_state(trip.plan(), trip.saga()));
  EXPECT_EQ(abandoned.at("before"), "compensating");
  EXPECT_EQ(abandoned.at("turns_forward"), true);
}

TEST(SagaState, comes_back_with_the_columns_that_are_not_in_it) {
  auto trip = trip_at_pay();
  const auto state = write_state(trip.plan(), trip.saga());
  const auto read = read_state(trip.plan(), Status::running, trip.now() + 60s, "somebody", state);
  EXPECT_EQ(read.needs_operator, "somebody");
  EXPECT_EQ(read.deadline, trip.now() + 60s);
  EXPECT_EQ(read.data.as<Trip>().price_minor, 4'500);
  EXPECT_FALSE(stand_alike(read, trip.saga()));
}

// jsonb orders the fields of an object by their length, and a saga goes on from what it reads.
TEST(SagaState, does_not_depend_on_the_order_of_its_fields) {
  auto trip = trip_at_pay();
  const auto sorted = json::parse(write_state(trip.plan(), trip.saga())).dump();
  EXPECT_NE(sorted, write_state(trip.plan(), trip.saga()));
  EXPECT_TRUE(
      stand_alike(trip.saga(), read_state(trip.plan(), Status::running, trip.saga().deadline, "", sorted)));
}

TEST(SagaState, of_a_program_that_knew_fewer_fields_is_read_with_the_others_empty) {
  const auto old = changed_state([](json& state) { state["data"] = {{"id", "trip-0"}, {"train", "IC 4"}}; });
  const auto read = read_state(trip_plan(), Status::running, std::nullopt, "", old);
  EXPECT_EQ(read.data.as<Trip>().id, "trip-0");
  EXPECT_EQ(read.data.as<Trip>().price_minor, 0);
  EXPECT_EQ(read.data.as<Trip>().declined_because, "");
}

TEST(SagaState, of_a_program_that_knew_more_fields_is_read_without_them) {
  const auto newer = changed_state([](json& state) {
    state["data"]["meal"] = "vegan";
    state["colour"] = "blue";
  });
  EXPECT_EQ(read_state(trip_plan(), Status::running, std::nullopt, "", newer).data.as<Trip>().seat, "12A");
}

// What people write reaches a column of jsonb, which refuses half of what a string can hold; a saga that
// cannot be written cannot be cancelled.
TEST(SagaState, keeps_what_people_write_as_it_is_where_json_can) {
  for (const std::string text :
       {"says \"stop\"", "two\nlines\tand a \\", "\x01\x1f", "zu spät, 東京", "</script>", ""}) {
    auto trip = trip_at_pay();
    trip.cancel(text);
    const auto state = json::parse(write_state(trip.plan(), trip.saga()));
    EXPECT_EQ(state.at("cause").at("text"), text);
  }
}

TEST(SagaState, replaces_what_people_write_where_json_cannot_hold_it) {
  for (const auto& [text, kept] : {std::pair<std::string, std::string>{"gone \xff\xfe", "gone \uFFFD\uFFFD"},
                                   {std::string("a\0b", 3), "a\uFFFDb"},
                                   {"cut \xe6\x9d", "cut \uFFFD\uFFFD"}}) {
    auto trip = trip_at_pay();
    const auto saga = advance(trip.plan(), trip.saga(), input::Operate{Order::compensate, text}, trip.now());
    const auto state = write_state(trip.plan(), saga.instance);
    EXPECT_EQ(json::parse(state).at("cause").at("text"), kept);
    EXPECT_THAT(state, Not(HasSubstr("\\u0000")));
    EXPECT_EQ(write_state(trip.plan(), read_state(trip.plan(), Status::compensating, {}, "", state)), state);
  }
}

TEST(SagaState, says_of_what_it_cannot_read_whose_it_is_and_why) {
  const auto whose = HasSubstr("a saga of 'book-trip', version 1, holds a state that cannot be read: ");
  EXPECT_THAT(why_refused(""), whose);
  EXPECT_THAT(why_refused("{\"at\":\"pay\""), whose);
  EXPECT_THAT(why_refused("[]"), whose);
  EXPECT_THAT(why_refused("null"), whose);
  EXPECT_THAT(why_refused("{}"), AllOf(whose, HasSubstr("'at'")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["at"] = "hotel"; })),
              AllOf(whose, HasSubstr("the definition has no step 'hotel'")));
  EXPECT_THAT(
      why_refused(changed_state([](json& state) { state["steps"]["hotel"] = state["steps"]["pay"]; })),
      AllOf(whose, HasSubstr("the definition has no step 'hotel'")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state.erase("steps"); })),
              AllOf(whose, HasSubstr("'steps'")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state.erase("data"); })),
              AllOf(whose, HasSubstr("'data'")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["data"] = "a trip"; })), whose);
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["data"]["price_minor"] = "much"; })), whose);
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["turns_forward"] = "yes"; })), whose);
  EXPECT_THAT(why_refused(changed_state([](json& state) {
                state["cause"] = {{"kind", "bored"}};
              })),
              AllOf(whose, HasSubstr("'bored' is none of the words for it")));
}

TEST(SagaState, refuses_a_step_that_is_none) {
  const auto whose = HasSubstr("a saga of 'book-trip', version 1, holds a state that cannot be read: ");
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["status"] = "idle"; })),
              AllOf(whose, HasSubstr("'idle' is none of the words for it")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["status"] = 1; })), whose);
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["since"] = "noon"; })),
              AllOf(whose, HasSubstr("'\"noon\"' is no time")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"].erase("epoch"); })),
              AllOf(whose, HasSubstr("'epoch'")));
  // Taken for a number it would be four thousand million attempts.
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["attempts"] = -1; })),
              AllOf(whose, HasSubstr("'-1' is no count")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["epoch"] = 4'294'967'296; })),
              AllOf(whose, HasSubstr("'4294967296' is no count")));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["epoch"] = 1.5; })),
              AllOf(whose, HasSubstr("'1.5' is no count")));
}

// advance() takes it for a bug of the program when two steps are under way, and would end the process; a row
// that somebody has repaired by hand must not do that again and again.
TEST(SagaState, refuses_steps_that_do_not_go_together) {
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["seat"]["status"] = "begun"; })),
              HasSubstr("step 'seat' is begun while the saga is running at step 'pay'"));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"]["pay"]["status"] = "done"; })),
              HasSubstr("step 'pay' is done while the saga is running at step 'pay'"));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["steps"].clear(); })),
              HasSubstr("step 'pay' is waiting while the saga is running at step 'pay'"));
  EXPECT_THAT(why_refused(changed_state([](json&) {}), Status::compensating),
              HasSubstr("step 'pay' is begun while the saga is compensating at step 'pay'"));
  EXPECT_THAT(why_refused(changed_state([](json&) {}), Status::completed),
              HasSubstr("step 'pay' is begun while the saga is completed at step 'pay'"));
}

TEST(SagaState, refuses_an_undo_of_a_step_that_has_none) {
  EXPECT_THAT(why_refused(changed_state([](json& state) {
                            state["at"] = "ticket";
                            state["steps"]["ticket"] = std::exchange(state["steps"]["pay"], {});
                            state["steps"].erase("pay");
                            state["steps"]["ticket"]["status"] = "undoing";
                          }),
                          Status::compensating),
              HasSubstr("step 'ticket' is undoing, and has no undo"));
}

TEST(SagaState, refuses_an_abandoned_one_of_which_nobody_knows_what_it_was) {
  EXPECT_THAT(why_refused(changed_state([](json&) {}), Status::abandoned), HasSubstr("'before' says"));
  EXPECT_THAT(why_refused(changed_state([](json& state) { state["before"] = "running"; })),
              HasSubstr("'before' says"));
  EXPECT_THAT(
      why_refused(changed_state([](json& state) { state["before"] = "completed"; }), Status::abandoned),
      HasSubstr("what has ended is not abandoned"));
  EXPECT_EQ("it was read",
            why_refused(changed_state([](json& state) { state["before"] = "running"; }), Status::abandoned));
}

}  // namespace
}  // namespace waybill::saga
