#pragma once

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/contract/concepts.hpp"
#include "waybill/saga/checks.hpp"
#include "waybill/saga/plan.hpp"

namespace waybill::saga {

template <class Data, class Answer>
struct KeepOf {
  using Type = void (*)(Data&, const Answer&);
};
/// A function that keeps something of an answer. Not deduced, so that nullptr and lambdas will do.
template <class Data, class Answer>
using Keep = typename KeepOf<Data, Answer>::Type;

/// What answers an undo: the only answer of a command, where that is a reply.
template <class Answers>
struct OnlyReply {
  using Type = void;
};
template <contract::Reply R>
struct OnlyReply<contract::types<R>> {
  using Type = R;
};
template <class Undo>
struct AnswerOfUndo {
  using Type = void;
};
template <contract::Command Undo>
struct AnswerOfUndo<Undo> : OnlyReply<typename contract::traits<Undo>::replies> {};

/// Data that is no JSON is an error of define(), and of nothing else.
template <class Data, class Command>
CommandRow command_row(Command (*make)(const Data&)) {
  CommandRow row{contract::traits<Command>::name, service_of(contract::traits<Command>::name), {}};
  if constexpr (SagaData<Data>) {
    row.make = [make](const AnyData& data) {
      return contract::PayloadPointer(new Command(make(data.as<Data>())));
    };
  }
  return row;
}

/// What was said of a step so far.
struct Said {
  bool has_limit = false;
  bool is_resent = false;
  bool has_undo = false;
  bool has_nothing_to_undo = false;
  bool is_wrong = false;  ///< an error has said so, and what follows from it needs none of its own

  constexpr Said with(bool Said::*what) const {
    Said more = *this;
    more.*what = true;
    return more;
  }
};

/// A row of a saga's table, while it is written. Each call gives the next type, so that the table knows at
/// compile time what each of its rows has.
template <Name name, class Data, class Command, Said said, class Undone, class... Handled>
class Step {
 public:
  explicit Step(StepRow row) : row_(std::move(row)) {}

  /// The step is done when this reply comes.
  template <class R>
  auto on(Keep<Data, R> keep = nullptr) && {
    static_assert(check::are_made({sizeof(check::ReplyIsNoRefusal<name, R, contract::Reply<R>>)}));
    return std::move(*this).template take<R, contract::Reply<R>>(keep, false);
  }
  /// The saga is undone when this refusal comes: the steps before this one.
  template <class R>
  auto refused_by(Keep<Data, R> keep = nullptr) && {
    static_assert(check::are_made({sizeof(check::RefusalIsNoReply<name, R, contract::Refusal<R>>)}));
    return std::move(*this).template take<R, contract::Refusal<R>>(keep, true);
  }
  /// The command that undoes it, which finds what there is to undo by saga, step and epoch.
  template <class Undo>
  auto undo(Undo (*make)(const Data&)) && {
    using Answer = typename AnswerOfUndo<Undo>::Type;
    static_assert(check::are_made({sizeof(check::UndoCannotBeRefused<name, Undo, !std::is_void_v<Answer>>),
                                   sizeof(check::UndoIsSaidOnce<name, !is_its_undo_said>)}));
    if constexpr (std::is_void_v<Answer>) {
      return std::move(*this).template as<said.with(&Said::is_wrong), Undone, Handled...>();
    } else {
      row_.undo = command_row(make);
      if (!own_service_.empty()) row_.undo->service = own_service_;
      row_.undone_by = contract::traits<Answer>::name;
      return std::move(*this).template as<said.with(&Said::has_undo), Answer, Handled...>();
    }
  }
  auto nothing_to_undo() && {
    static_assert(check::are_made({sizeof(check::UndoIsSaidOnce<name, !is_its_undo_said>)}));
    return std::move(*this).template as<said.with(&Said::has_nothing_to_undo), Undone, Handled...>();
  }
  /// Without an answer for so long, the saga is undone, this step included. Its command expires then.
  auto within(std::chrono::milliseconds limit) && {
    ENSURE(limit.count() > 0, "a step is given more than no time");
    row_.within = limit;
    return std::move(*this).template as<said.with(&Said::has_limit), Undone, Handled...>();
  }
  /// Without an answer, its command is sent again so often.
  auto resent_every(std::chrono::milliseconds pause) && {
    ENSURE(pause.count() > 0, "a command is not sent again without a pause");
    row_.resent_every = pause;
    return std::move(*this).template as<said.with(&Said::is_resent), Undone, Handled...>();
  }
  /// The service that its command and its undo go to, where that is not what service_of() says.
  auto at(std::string service) && {
    row_.act.service = service;
    if (row_.undo) row_.undo->service = service;
    own_service_ = std::move(service);
    return std::move(*this);
  }

  StepRow take_row() && { return std::move(row_); }

 private:
  template <Name, class, class, Said, class, class...>
  friend class Step;

  static constexpr bool is_its_undo_said = said.has_undo || said.has_nothing_to_undo;

  /// The same row, of which more was said.
  template <Said more, class ItsUndone, class... ItsHandled>
  auto as() && {
    Step<name, Data, Command, more, ItsUndone, ItsHandled...> next(std::move(row_));
    next.own_service_ = std::move(own_service_);
    return next;
  }

  template <class R, bool is_right>
  auto take(Keep<Data, R> keep, bool is_refusal) && {
    if constexpr (!is_right) {
      return std::move(*this).template as<said.with(&Said::is_wrong), Undone, Handled...>();
    } else {
      AnswerRow answer{contract::traits<R>::name, is_refusal};
      if constexpr (SagaData<Data>) {
        if (keep != nullptr) {
          answer.keep = [keep](AnyData& data, const contract::Payload& payload) {
            keep(data.as<Data>(), static_cast<const R&>(payload));
          };
        }
      }
      row_.answers.push_back(std::move(answer));
      return std::move(*this).template as<said, Undone, Handled..., R>();
    }
  }

  StepRow row_;
  std::string own_service_;
};

/// Begins a row: what it is called, and the function that makes its command of what the saga remembers.
template <Name name, class Data, class Command>
auto step(Command (*make)(const Data&)) {
  static_assert(
      check::are_made({sizeof(check::NameIsPlain<name, name.is_plain()>),
                       sizeof(check::StepSendsACommand<name, Command, contract::Command<Command>>)}));
  if constexpr (contract::Command<Command>) {
    return Step<name, Data, Command, Said{}, void>(StepRow{std::string(name.view()), command_row(make), {}});
  } else {
    return Step<name, Data, Command, Said{.is_wrong = true}, void>(StepRow{std::string(name.view()), {}, {}});
  }
}

struct PointOfNoReturn {};
/// Between two rows: what stands behind it is never undone, only asked for until it is done.
inline constexpr PointOfNoReturn point_of_no_return{};

}  // namespace waybill::saga
