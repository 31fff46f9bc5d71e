#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/saga/advance.hpp"
#include "waybill/saga/input.hpp"
#include "waybill/saga/instance.hpp"

namespace waybill::saga_simulation {

/// Numbers for the states of a plan, its inputs, and the outcomes: the places of a table of three dimensions.
class Cells {
 public:
  static constexpr std::size_t outcomes = static_cast<std::size_t>(saga::Outcome::unknown_answer) + 1;

  explicit Cells(const saga::Plan& plan);

  std::size_t count() const { return states_ * inputs_.size() * outcomes; }
  std::size_t state_of(const saga::Instance& instance) const;
  /// An answer that the step does not take is the last of all inputs, as is that of a step it does not have.
  std::size_t answer(std::size_t step, std::string_view type) const;
  std::size_t due() const { return fixed_; }
  std::size_t cancel() const { return fixed_ + 1; }
  std::size_t order(saga::input::Order order) const { return fixed_ + 2 + static_cast<std::size_t>(order); }
  std::size_t unknown() const { return inputs_.size() - 1; }

  std::size_t cell(std::size_t state, std::size_t input, saga::Outcome outcome) const {
    return (state * inputs_.size() + input) * outcomes + static_cast<std::size_t>(outcome);
  }
  std::string state_name(std::size_t cell) const;
  const std::string& input_name(std::size_t cell) const {
    return inputs_[cell / outcomes % inputs_.size()].name;
  }
  static saga::Outcome outcome(std::size_t cell) { return static_cast<saga::Outcome>(cell % outcomes); }

 private:
  struct Input {
    std::string name;
    std::string_view type{};
  };

  const saga::Plan& plan_;
  std::size_t states_;
  std::vector<Input> inputs_;
  std::vector<std::size_t> first_answer_;  // of each step
  std::size_t fixed_ = 0;                  // the first input that is no answer
};

/// The last part of a full name.
std::string_view short_name(std::string_view type);

}  // namespace waybill::saga_simulation
