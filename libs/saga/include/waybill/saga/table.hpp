#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "waybill/saga/step.hpp"

// What define() sees of a table before there is one: its parts, which of them stand behind the point of no
// return, and whether each is right there.

namespace waybill::saga::detail {

template <class T, class... Ts>
inline constexpr std::size_t times_among = (std::size_t{0} + ... + std::is_same_v<T, Ts>);

template <class Part>
inline constexpr bool is_step = false;
template <Name name, class Data, class Command, Said said, class Undone, class... Handled>
inline constexpr bool is_step<Step<name, Data, Command, said, Undone, Handled...>> = true;

/// Whether a part of a table is a step of this name.
template <Name name, class Part>
inline constexpr bool is_named = false;
template <Name name, Name other, class Data, class Command, Said said, class Undone, class... Handled>
inline constexpr bool is_named<name, Step<other, Data, Command, said, Undone, Handled...>> =
    name.view() == other.view();

/// Whether a part stands behind the point of no return. Two of one type are one place: they share their name,
/// which is an error of its own.
template <class Part, class... Parts>
consteval bool stands_behind() {
  bool is_met = false;
  bool is_behind = false;
  ((is_met = is_met || std::is_same_v<Part, Parts>,
    is_behind = is_behind || (!is_met && std::is_same_v<Parts, PointOfNoReturn>)),
   ...);
  return is_behind;
}

struct AlreadyTold {};
/// The answers that a step's contract allows; AlreadyTold where they would tell one mistake again.
template <class Part>
struct AnswersOf {
  using Type = void;
};
template <Name name, class Data, class Command, Said said, class Undone, class... Handled>
  requires(!said.is_wrong)
struct AnswersOf<Step<name, Data, Command, said, Undone, Handled...>> {
  using Type = typename contract::traits<Command>::replies;
};
template <Name name, class Data, class Command, Said said, class Undone, class... Handled>
  requires(said.is_wrong)
struct AnswersOf<Step<name, Data, Command, said, Undone, Handled...>> {
  using Type = AlreadyTold;
};
template <>
struct AnswersOf<PointOfNoReturn> {
  using Type = AlreadyTold;
};

/// A part of a table in its place. `is_checked` makes all checks of it.
template <class Data, class Part, bool is_behind, class Allowed = typename AnswersOf<Part>::Type>
struct Row {
  static constexpr bool is_checked = check::are_made({sizeof(check::PartIsAStep<Part, false>)});
};
template <class Data, class Part, bool is_behind>
struct Row<Data, Part, is_behind, AlreadyTold> {
  static constexpr bool is_checked = true;
};
template <class Data, bool is_behind, Name name, class Its, class Command, Said said, class Undone,
          class... Handled, class... Allowed>
struct Row<Data, Step<name, Its, Command, said, Undone, Handled...>, is_behind, contract::types<Allowed...>> {
  template <class Answer>
  static constexpr bool is_taken = times_among<Answer, Handled...> > 0;
  template <class Answer>
  static constexpr bool is_misplaced = is_behind && contract::Refusal<Answer>;

  static constexpr bool is_checked = check::are_made(
      {sizeof(check::StepRemembersTheSame<name, Data, Its, std::is_same_v<Data, Its>>),
       sizeof(check::CommandHasAReply<name, Command, (contract::Reply<Allowed> || ...)>),
       sizeof(check::NoRefusalBehindThePointOfNoReturn<name, Allowed, !is_misplaced<Allowed>>)...,
       sizeof(check::EveryAnswerIsHandled<name, Command, Allowed,
                                          is_taken<Allowed> || is_misplaced<Allowed>>)...,
       sizeof(
           check::AnswerIsOfTheContract<name, Command, Handled, (times_among<Handled, Allowed...> > 0)>)...,
       sizeof(check::AnswerIsHandledOnce<name, Handled, times_among<Handled, Handled...> == 1>)...,
       sizeof(check::WaitHasALimit<name, is_behind || said.has_limit>),
       sizeof(check::NoLimitBehindThePointOfNoReturn<name, !is_behind || !said.has_limit>),
       sizeof(check::UnansweredIsSentAgain<name, !is_behind || said.is_resent || said.has_limit>),
       sizeof(check::StepHasAnUndo<name, is_behind || said.has_undo || said.has_nothing_to_undo>),
       sizeof(check::NoUndoBehindThePointOfNoReturn<name, !is_behind || !said.has_undo>),
       sizeof(check::UndoIsToldApart<name, Undone, times_among<Undone, Handled...> == 0>)});
};

/// That no other part has the name of this one.
template <class Part, class... Parts>
inline constexpr bool is_name_checked = true;
template <Name name, class Data, class Command, Said said, class Undone, class... Handled, class... Parts>
inline constexpr bool is_name_checked<Step<name, Data, Command, said, Undone, Handled...>, Parts...> =
    check::are_made({sizeof(check::NameIsItsOwn<name, (std::size_t{0} + ... + is_named<name, Parts>) == 1>)});

template <class Part>
void add_to(Plan& plan, [[maybe_unused]] Part part) {
  if constexpr (is_step<Part>) {
    plan.steps.push_back(std::move(part).take_row());
  } else {
    plan.point_of_no_return = plan.steps.size();
  }
}

}  // namespace waybill::saga::detail
