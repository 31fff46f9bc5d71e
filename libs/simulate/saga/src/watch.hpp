#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "letter.hpp"
#include "waybill/saga/advance.hpp"
#include "waybill/simulate/history.hpp"

namespace waybill::saga_simulation::detail {

/// The rules that hold for every saga, judged by what it sends and publishes alone: what was done is undone
/// from the last step on, each undo answered before the next is sent; a step is asked for under one epoch
/// until that is undone; nothing is undone behind the point of no return; each event is published once.
class Watch {
 public:
  explicit Watch(const saga::Plan& plan) : plan_(&plan), steps_(plan.steps.size()) {}

  /// What became of an input; the letter is the answer, if it was one.
  simulate::Verdict on_change(const saga::Change& change, const Letter* answer);
  /// What all must have come to when the saga has ended.
  simulate::Verdict at_end(saga::Status status) const;

 private:
  struct Step {
    std::uint32_t asked = 0;    ///< the last epoch in which its command was sent, …
    bool is_refused = false;    ///< … in which it was refused, …
    std::uint32_t undoing = 0;  ///< … in which its undo was sent, …
    std::uint32_t undone = 0;   ///< … and in which that was answered
  };

  simulate::Verdict on_sent(const saga::Sent& sent);
  simulate::Verdict on_asked(const saga::Sent& sent);
  simulate::Verdict on_undo(const saga::Sent& sent);
  simulate::Verdict on_milestone(saga::Milestone milestone);
  /// The last step from this one on that is neither undone nor refused; as many as there are without one.
  std::size_t still_done_from(std::size_t first) const;
  std::string name(std::size_t step) const { return "'" + plan_->steps[step].name + "'"; }

  const saga::Plan* plan_;
  std::vector<Step> steps_;
  int begun_ = 0;
  int completed_ = 0;
  int compensated_ = 0;
};

}  // namespace waybill::saga_simulation::detail
