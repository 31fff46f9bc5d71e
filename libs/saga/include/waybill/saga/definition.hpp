#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "waybill/saga/table.hpp"

namespace waybill::saga {

template <class Data>
class Definition;

namespace detail {

template <class Command, class Accepted, class Refused>
concept Cancellation = contract::AnswerTo<Accepted, Command> && contract::Reply<Accepted> &&
                       contract::AnswerTo<Refused, Command> && contract::Refusal<Refused> &&
                       contract::traits<Command>::replies::size == 2;

template <class Event, class Make>
std::optional<EventRow> event_row(Make make) {
  static_assert(check::are_made({sizeof(check::MilestoneIsAnEvent<Event, contract::Event<Event>>)}));
  if constexpr (!contract::Event<Event>) {
    return std::nullopt;
  } else {
    return EventRow{contract::traits<Event>::name, [make](const AnyData& data, const Cause& cause) {
                      return contract::PayloadPointer(new Event(make(data, cause)));
                    }};
  }
}

}  // namespace detail

/// A saga's table, checked when it was compiled. A copy is another handle of the same table.
///
///   const auto book_trip = saga::define<Trip>("book-trip", 1,
///       step<"seat">(reserve_seat).on<SeatReserved>(keep_price).refused_by<SeatRefused>()
///           .undo(release_seat).within(30s),
///       point_of_no_return,
///       step<"ticket">(issue_ticket).on<TicketIssued>().resent_every(10s));
template <class Data>
class Definition {
 public:
  const Plan& plan() const { return *plan_; }
  std::shared_ptr<const Plan> handle() const { return plan_; }

  /// This command undoes a saga, by its business key, until its point of no return, and is refused after it.
  template <class Command, class Accepted, class Refused>
  Definition cancelled_by(std::string (*key)(const Command&), Accepted (*accepted)(const Command&),
                          Refused (*refused)(const Command&, NotCancelled)) && {
    constexpr bool are_its_answers = detail::Cancellation<Command, Accepted, Refused>;
    static_assert(check::are_made(
        {sizeof(check::CancellationIsAnswered<Command, Accepted, Refused, are_its_answers>)}));
    if constexpr (are_its_answers) {
      plan_->cancel = CancelRow{
          contract::traits<Command>::name,
          [key](const contract::Payload& command) { return key(static_cast<const Command&>(command)); },
          [accepted](const contract::Payload& command) {
            return contract::PayloadPointer(new Accepted(accepted(static_cast<const Command&>(command))));
          },
          [refused](const contract::Payload& command, NotCancelled why) {
            return contract::PayloadPointer(new Refused(refused(static_cast<const Command&>(command), why)));
          }};
    }
    return std::move(*this);
  }

  /// Publishes an event when a saga begins, is complete, or is undone.
  template <class Event>
  Definition when_begun(Event (*make)(const Data&)) && {
    plan_->when_begun = detail::event_row<Event>(of_data(make));
    return std::move(*this);
  }
  template <class Event>
  Definition when_completed(Event (*make)(const Data&)) && {
    plan_->when_completed = detail::event_row<Event>(of_data(make));
    return std::move(*this);
  }
  template <class Event>
  Definition when_compensated(Event (*make)(const Data&, const Cause&)) && {
    plan_->when_compensated = detail::event_row<Event>(
        [make](const AnyData& data, const Cause& cause) { return make(data.as<Data>(), cause); });
    return std::move(*this);
  }

  /// An undo without an answer is sent again so often, for ever. 10 s unless said.
  Definition undo_resent_every(std::chrono::milliseconds pause) && {
    ENSURE(pause.count() > 0, "a command is not sent again without a pause");
    plan_->undo_resent_every = pause;
    return std::move(*this);
  }
  /// After so many that were not answered, of what must be answered in the end, the saga says that it needs
  /// an operator, and goes on asking. 10 unless said.
  Definition asks_operator_after(std::uint32_t attempts) && {
    ENSURE(attempts > 0, "an operator is asked after something was tried");
    plan_->asks_operator_after = attempts;
    return std::move(*this);
  }

 private:
  template <class D, class... Parts>
  friend Definition<D> define(std::string name, int version, Parts... parts);

  explicit Definition(Plan plan) : plan_(std::make_shared<Plan>(std::move(plan))) {}

  template <class Event>
  static auto of_data(Event (*make)(const Data&)) {
    return [make](const AnyData& data, const Cause&) { return make(data.as<Data>()); };
  }

  std::shared_ptr<Plan> plan_;
};

/// Makes a saga of its steps. The version goes up with each change of what a saga that is under way would
/// notice; a program is given the definitions of all versions that it still meets.
template <class Data, class... Parts>
Definition<Data> define(std::string name, int version, Parts... parts) {
  constexpr auto points = detail::times_among<PointOfNoReturn, Parts...>;
  static_assert(check::are_made({sizeof(check::DataIsJson<Data, SagaData<Data>>),
                                 sizeof(check::TableHasSteps<Data, (sizeof...(Parts) > points)>),
                                 sizeof(check::OnePointOfNoReturn<Data, points <= 1>)}));
  static_assert((detail::is_name_checked<Parts, Parts...> && ...));
  static_assert((detail::Row<Data, Parts, detail::stands_behind<Parts, Parts...>()>::is_checked && ...));

  Plan plan{.name = std::move(name), .version = version, .steps = {}, .read_data = {}};
  if constexpr (SagaData<Data>) {
    plan.read_data = [](const nlohmann::json& json) { return AnyData::read<Data>(json); };
  }
  (detail::add_to(plan, std::move(parts)), ...);
  if (points == 0) plan.point_of_no_return = plan.steps.size();
  return Definition<Data>(std::move(plan));
}

}  // namespace waybill::saga
