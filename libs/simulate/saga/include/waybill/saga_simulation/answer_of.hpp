#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "waybill/contract/concepts.hpp"
#include "waybill/contract/payload.hpp"

namespace waybill::saga_simulation {

/// An answer of whatever type, or none.
struct Answered {
  std::string_view type{};  ///< the full name of its contract
  contract::PayloadPointer payload{};
};

/// What a participant makes of a command: one of the answers that the command's contract names, or
/// std::nullopt, where it does not answer.
template <contract::Command Command>
class AnswerOf {
 public:
  AnswerOf(std::nullopt_t) {}
  template <contract::AnswerTo<Command> Answer>
  AnswerOf(Answer answer)
      : answered_{contract::traits<Answer>::name, contract::PayloadPointer(new Answer(std::move(answer)))} {}

  Answered take() && { return std::move(answered_); }

 private:
  Answered answered_;
};

}  // namespace waybill::saga_simulation
