#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/saga/input.hpp"
#include "waybill/saga/instance.hpp"
#include "waybill/saga/plan.hpp"

namespace waybill::saga {

/// What became of an input.
enum class Outcome : std::uint8_t {
  // The saga has gone on:
  begun,
  step_done,
  step_refused,
  step_timed_out,
  step_resent,
  step_undone,
  undo_resent,
  cancelled,
  compensates,  ///< as an operator said
  turns_forward,
  retried,
  abandoned,
  resumed,
  // Nothing has changed:
  not_due,
  repeated,     ///< the answer was there before
  other_epoch,  ///< an answer to what was asked another time
  late,         ///< an answer of a step that is being undone: its undo takes care of it
  has_ended,
  // It was refused, and nothing has changed:
  too_late,        ///< past the point of no return, or at its end
  not_possible,    ///< what the operator wants makes no sense now
  unknown_step,    ///< the answer of a step that the definition does not have
  unknown_answer,  ///< an answer that the step does not take
};

std::string_view to_string(Outcome outcome);
std::optional<Outcome> outcome_of(std::string_view text);
inline bool has_changed(Outcome outcome) { return outcome <= Outcome::resumed; }
inline bool is_refused(Outcome outcome) { return outcome >= Outcome::too_late; }

/// A command that is to be sent.
struct Sent {
  std::size_t step = 0;
  bool is_undo = false;
  std::uint32_t epoch = 1;
  std::uint32_t attempt = 1;               ///< of the same step and epoch
  std::optional<base::WallTime> expiry{};  ///< of what makes no sense later
  friend bool operator==(const Sent&, const Sent&) = default;
};

enum class Milestone : std::uint8_t { begun, completed, compensated };

/// What an input has made of a saga, and what is to be sent for it.
struct Change {
  Outcome outcome = Outcome::begun;
  Instance instance;
  std::vector<Sent> sent{};
  std::vector<Milestone> milestones{};
};

/// A saga begins with its first step. Pure, as advance().
Change begin(const Plan& plan, AnyData data, base::WallTime now);

/// The next state of a saga, and what is sent for it. Pure: the same arguments give the same change; no
/// clock, no ids, nothing is sent or written. What the definition's functions throw comes out of it.
Change advance(const Plan& plan, Instance instance, const Input& input, base::WallTime now);

/// What a sent command says.
contract::PayloadPointer payload_of(const Plan& plan, const Instance& instance, const Sent& sent);
const CommandRow& command_of(const Plan& plan, const Sent& sent);

/// The event of a milestone; null where the definition has none.
const EventRow* event_of(const Plan& plan, Milestone milestone);

}  // namespace waybill::saga
