#pragma once

#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answers.hpp"
#include "tables.hpp"
#include "waybill/saga/advance.hpp"

namespace waybill::saga {

/// One saga, told input by input: what comes to it, what becomes of that, and what is sent then. What is sent
/// stands as words: "pay", "undo pay", "pay #2" in its second epoch, "pay again 2" for the second time.
///
///   saga.answer("seat", seat_reserved()).gives(Outcome::step_done, "pay");
///
/// Of each change it also sees to what holds of all: it is the same a second time, changes nothing where it
/// says so, leaves one step under way, and comes back from the state that is written of it.
class SagaStory {
 public:
  using Where = std::source_location;

  explicit SagaStory(Plan plan);

  SagaStory& after(std::chrono::microseconds time) {
    now_ += time;
    return *this;
  }

  /// As who runs sagas does when one cannot go on.
  SagaStory& calls_for_operator(std::string why) {
    saga_.needs_operator = std::move(why);
    return *this;
  }

  SagaStory& answer(std::string_view step, const AnyAnswer& answer, std::uint32_t epoch = 1,
                    Where where = Where::current());
  SagaStory& due(Where where = Where::current()) { return put(input::Due{}, where); }
  SagaStory& cancel(std::string_view by = "the traveller", Where where = Where::current()) {
    return put(input::Cancel{by}, where);
  }
  SagaStory& order(input::Order order, std::string_view why = "says Ada", Where where = Where::current()) {
    return put(input::Operate{order, why}, where);
  }

  /// What the last input has given.
  SagaStory& gives(Outcome outcome, std::string_view sent = "", Where where = Where::current());
  SagaStory& stands(Status status, std::string_view step, Where where = Where::current());
  /// How long from now until it goes on by itself.
  SagaStory& goes_on_in(std::chrono::microseconds time, Where where = Where::current());
  SagaStory& never_goes_on(Where where = Where::current());

  const Plan& plan() const { return plan_; }
  const Instance& saga() const { return saga_; }
  const Change& last() const { return last_; }
  const Sent& sent_first() const { return last_.sent.at(0); }
  base::WallTime now() const { return now_; }
  StepStatus status_of(std::string_view step) const { return saga_.steps[plan_.step(step).value()].status; }
  /// What was sent last, with what it says.
  std::vector<std::string> payloads() const;

 private:
  SagaStory& put(const Input& input, Where where);
  void check_change(const Instance& before, Where where) const;
  void check_state(Where where) const;
  std::string sent() const;

  Plan plan_;
  base::WallTime now_{std::chrono::seconds{1'700'000'000}};
  Change last_;
  Instance saga_;
};

/// A trip whose step is under way, with all before it done.
SagaStory trip_at_seat();
SagaStory trip_at_pay();
SagaStory trip_at_ticket();
/// The same of lenient_plan().
SagaStory lenient_at_mark();

}  // namespace waybill::saga
