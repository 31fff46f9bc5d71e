#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "waybill/contract/concepts.hpp"

// What makes a saga's table wrong, each a template whose instance is an error. The compiler prints the
// instance's arguments, which name the step and the message; the text says what to do. A mistake is one
// error: what would only follow from it is not checked then.

namespace waybill::saga {

/// A step's name, as an argument of a template.
template <std::size_t N>
struct Name {
  char text[N]{};
  consteval Name(const char (&literal)[N]) { std::copy_n(literal, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
  /// It stands in headers, in JSON and in pictures as it is.
  constexpr bool is_plain() const {
    return N > 1 && N <= 64 && std::ranges::all_of(view(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
  }
};

namespace check {

template <class Part, bool ok>
struct PartIsAStep {
  static_assert(ok,
                "saga: this part of a table is neither step<\"...\">(...) nor point_of_no_return: remove it");
};
template <Name step, bool ok>
struct NameIsPlain {
  static_assert(ok, "saga: a step's name has 1 to 63 of the characters a-z, 0-9, - and _: change its name");
};
template <Name step, bool ok>
struct NameIsItsOwn {
  static_assert(ok,
                "saga: an answer finds its step by name, and two steps have this one: change one of them");
};
template <Name step, class Data, class Other, bool ok>
struct StepRemembersTheSame {
  static_assert(ok, "saga: this step's functions take other data than the saga has: make them take define's");
};
template <Name step, class Message, bool ok>
struct StepSendsACommand {
  static_assert(
      ok,
      "saga: this step's function does not make a command: give step<\"...\">(...) one that returns a "
      "message whose contract says KIND_COMMAND");
};
template <Name step, class Command, bool ok>
struct CommandHasAReply {
  static_assert(ok,
                "saga: nothing can ever say that this step is done: name a reply among the replies in its "
                "command's contract");
};
template <Name step, class Command, class Answer, bool ok>
struct EveryAnswerIsHandled {
  static_assert(ok,
                "saga: an answer of this step's command is not handled: add .on<Answer>(...) for a reply or "
                ".refused_by<Answer>(...) for a refusal");
};
template <Name step, class Command, class Answer, bool ok>
struct AnswerIsOfTheContract {
  static_assert(
      ok,
      "saga: this step handles a message that its command is never answered with: remove it, or name "
      "it among the replies in the command's contract");
};
template <Name step, class Answer, bool ok>
struct AnswerIsHandledOnce {
  static_assert(ok, "saga: this step handles one answer twice: remove one of them");
};
template <Name step, class Answer, bool ok>
struct ReplyIsNoRefusal {
  static_assert(ok,
                "saga: .on<...>() is for replies, and this is none: use .refused_by<...>() for a refusal");
};
template <Name step, class Answer, bool ok>
struct RefusalIsNoReply {
  static_assert(ok, "saga: .refused_by<...>() is for refusals, and this is none: use .on<...>() for a reply");
};
template <Name step, bool ok>
struct WaitHasALimit {
  static_assert(ok, "saga: this step waits without a limit: add .within(...)");
};
template <Name step, bool ok>
struct UnansweredIsSentAgain {
  static_assert(ok,
                "saga: this step is behind the point of no return, and waits without asking again: add "
                ".resent_every(...)");
};
template <Name step, bool ok>
struct NoLimitBehindThePointOfNoReturn {
  static_assert(
      ok,
      "saga: behind the point of no return a step cannot be given up: use .resent_every(...) instead "
      "of .within(...)");
};
template <Name step, bool ok>
struct StepHasAnUndo {
  static_assert(ok,
                "saga: this step can be followed by a failure and has no undo: add .undo(...) or "
                ".nothing_to_undo()");
};
template <Name step, bool ok>
struct UndoIsSaidOnce {
  static_assert(ok,
                "saga: this step says more than once how it is undone: keep one .undo(...) or "
                ".nothing_to_undo()");
};
template <Name step, bool ok>
struct NoUndoBehindThePointOfNoReturn {
  static_assert(ok, "saga: behind the point of no return nothing is undone: remove .undo(...)");
};
template <Name step, class Undo, bool ok>
struct UndoCannotBeRefused {
  static_assert(ok,
                "saga: this undo may come to nothing: give .undo(...) a function that makes a command whose "
                "contract has exactly one answer, and that not a refusal");
};
template <Name step, class Answer, bool ok>
struct UndoIsToldApart {
  static_assert(
      ok,
      "saga: this step's undo is answered by a message that also answers its command: give the undo "
      "an answer of its own");
};
template <Name step, class Answer, bool ok>
struct NoRefusalBehindThePointOfNoReturn {
  static_assert(
      ok,
      "saga: behind the point of no return a command must not be refused: move the step before it, or "
      "take the refusal out of the command's contract");
};
template <class Command, class Accepted, class Refused, bool ok>
struct CancellationIsAnswered {
  static_assert(
      ok,
      "saga: the command that cancels needs exactly one reply and one refusal in its contract, which "
      "the two functions of .cancelled_by(key, accepted, refused) make");
};
template <class Message, bool ok>
struct MilestoneIsAnEvent {
  static_assert(ok,
                "saga: .when_...(...) publishes events, and this is none: give it a function that makes one");
};
template <class Data, bool ok>
struct DataIsJson {
  static_assert(ok,
                "saga: what a saga remembers is kept as JSON, and this type is not: add "
                "NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Type, its fields...) beside it");
};
template <class Data, bool ok>
struct TableHasSteps {
  static_assert(ok, "saga: this table has no step: add step<\"...\">(...)");
};
template <class Data, bool ok>
struct OnePointOfNoReturn {
  static_assert(ok, "saga: this table has two points of no return: remove one of them");
};

/// To name the size of a check is to make it. True, whatever they say: the errors are theirs.
constexpr bool are_made(std::initializer_list<std::size_t> sizes_of_checks) {
  return sizes_of_checks.size() > 0;
}

}  // namespace check
}  // namespace waybill::saga
