#include "saga_story.hpp"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "book_trip.hpp"

namespace waybill::saga {
namespace {

Trip some_trip() {
  Trip trip;
  trip.id = "trip-1";
  trip.train = "IC 5";
  trip.card = "4711";
  return trip;
}

testing::ScopedTrace trace(std::source_location where) {
  return {where.file_name(), static_cast<int>(where.line()), "told here"};
}

bool is_same(const Change& one, const Change& other) {
  return one.outcome == other.outcome && stand_alike(one.instance, other.instance) &&
         one.instance.data.to_text() == other.instance.data.to_text() && one.sent == other.sent &&
         one.milestones == other.milestones;
}

std::string_view name_of(Milestone milestone) {
  return milestone == Milestone::begun       ? "begun"
         : milestone == Milestone::completed ? "completed"
                                             : "compensated";
}

}  // namespace

SagaStory::SagaStory(Plan plan) : plan_(std::move(plan)) {
  last_ = begin(plan_, AnyData::of(some_trip()), now_);
  EXPECT_TRUE(is_same(last_, begin(plan_, AnyData::of(some_trip()), now_)));
  saga_ = last_.instance;
  check_state(Where::current());
}

SagaStory& SagaStory::answer(std::string_view step, const AnyAnswer& answer, std::uint32_t epoch,
                             Where where) {
  return put(input::Answer{step, epoch, answer.type, answer.payload.get()}, where);
}

SagaStory& SagaStory::put(const Input& input, Where where) {
  const auto before = std::exchange(saga_, {});
  last_ = advance(plan_, before, input, now_);
  saga_ = last_.instance;
  const auto trace_of_input = trace(where);
  EXPECT_TRUE(is_same(last_, advance(plan_, before, input, now_))) << "another change of the same";
  check_change(before, where);
  check_state(where);
  return *this;
}

void SagaStory::check_change(const Instance& before, Where where) const {
  const auto trace_of_input = trace(where);
  if (!has_changed(last_.outcome)) {
    EXPECT_TRUE(stand_alike(before, saga_)) << to_string(last_.outcome) << " has changed it";
    EXPECT_EQ(before.data.to_text(), saga_.data.to_text()) << to_string(last_.outcome) << " has changed it";
    EXPECT_EQ("", sent());
  }
  EXPECT_EQ(outcome_of(to_string(last_.outcome)), last_.outcome);
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    EXPECT_GE(saga_.steps[i].epoch, before.steps[i].epoch);
  }
  // What was asked of a participant is undone before the saga is at an end, or it never is.
  for (std::size_t i = 0; saga_.status == Status::compensated && i < saga_.steps.size(); ++i) {
    EXPECT_NE(saga_.steps[i].status, StepStatus::done) << plan_.steps[i].name;
  }
}

void SagaStory::check_state(Where where) const {
  const auto trace_of_input = trace(where);
  const auto under_way = std::ranges::count_if(saga_.steps, [](const StepState& step) {
    return step.status == StepStatus::begun || step.status == StepStatus::undoing;
  });
  EXPECT_EQ(saga_.deadline.has_value(), !has_ended(saga_.status));
  const bool is_over = saga_.status == Status::completed || saga_.status == Status::compensated;
  EXPECT_EQ(under_way, is_over ? 0 : 1);
  const auto state = write_state(plan_, saga_);
  const auto again = read_state(plan_, saga_.status, saga_.deadline, saga_.needs_operator, state);
  EXPECT_TRUE(stand_alike(saga_, again)) << state;
  EXPECT_EQ(state, write_state(plan_, again));
}

std::string SagaStory::sent() const {
  std::string text;
  for (const auto& one : last_.sent) {
    text += (text.empty() ? "" : ", ") + std::string(one.is_undo ? "undo " : "") + plan_.steps[one.step].name;
    if (one.epoch != 1) text += " #" + std::to_string(one.epoch);
    if (one.attempt != 1) text += " again " + std::to_string(one.attempt);
  }
  for (const auto milestone : last_.milestones) {
    text += (text.empty() ? "" : ", ") + std::string(name_of(milestone));
  }
  return text;
}

SagaStory& SagaStory::gives(Outcome outcome, std::string_view expected, Where where) {
  const auto trace_of_expectation = trace(where);
  EXPECT_EQ(to_string(outcome), to_string(last_.outcome));
  EXPECT_EQ(expected, sent());
  return *this;
}

SagaStory& SagaStory::stands(Status status, std::string_view step, Where where) {
  const auto trace_of_expectation = trace(where);
  EXPECT_EQ(to_string(status), to_string(saga_.status));
  EXPECT_EQ(step, plan_.steps[saga_.at].name);
  return *this;
}

SagaStory& SagaStory::goes_on_in(std::chrono::microseconds time, Where where) {
  const auto trace_of_expectation = trace(where);
  EXPECT_TRUE(saga_.deadline.has_value());
  EXPECT_EQ(saga_.deadline.value_or(base::WallTime{}) - now_, time);
  return *this;
}

SagaStory& SagaStory::never_goes_on(Where where) {
  const auto trace_of_expectation = trace(where);
  EXPECT_FALSE(saga_.deadline.has_value());
  return *this;
}

std::vector<std::string> SagaStory::payloads() const {
  std::vector<std::string> texts;
  for (const auto& one : last_.sent) {
    const auto payload = payload_of(plan_, saga_, one);
    EXPECT_EQ(payload->GetTypeName(), command_of(plan_, one).type);
    texts.push_back(payload->GetTypeName() + "{" + payload->ShortDebugString() + "}");
  }
  return texts;
}

SagaStory trip_at_seat() { return SagaStory(trip_plan()); }
SagaStory trip_at_pay() { return trip_at_seat().answer("seat", seat_reserved()); }
SagaStory trip_at_ticket() { return trip_at_pay().answer("pay", card_charged()); }
SagaStory lenient_at_mark() {
  return SagaStory(lenient_plan()).answer("look", seat_reserved()).answer("pay", card_charged());
}

}  // namespace waybill::saga
