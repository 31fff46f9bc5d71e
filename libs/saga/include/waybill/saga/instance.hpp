#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/saga/cause.hpp"
#include "waybill/saga/data.hpp"
#include "waybill/saga/plan.hpp"

namespace waybill::saga {

enum class Status : std::uint8_t {
  running,
  compensating,  ///< what was done is being undone
  completed,     ///< all is done: the end
  compensated,   ///< all is undone: the end
  abandoned,     ///< an operator gave it up; only an operator takes it up again
};

enum class StepStatus : std::uint8_t {
  waiting,  ///< not begun
  begun,    ///< its command was sent
  done,
  refused,
  undoing,  ///< its undo was sent
  undone,
  left,  ///< it is over with, and there is nothing to undo
};

std::string_view to_string(Status status);
std::string_view to_string(StepStatus status);
std::optional<Status> status_of(std::string_view text);

inline bool has_ended(Status status) { return status != Status::running && status != Status::compensating; }

struct StepState {
  StepStatus status = StepStatus::waiting;
  std::uint32_t epoch = 0;     ///< how often it was begun; zero: never
  std::uint32_t attempts = 0;  ///< how often what it waits for was asked
  base::WallTime since{};      ///< when that began
  base::WallTime sent_at{};    ///< when it was asked last
  friend bool operator==(const StepState&, const StepState&) = default;
};

/// Where one saga stands. A value; advance() makes the next of it.
struct Instance {
  Status status = Status::running;
  std::size_t at = 0;  ///< the step that is being done or undone, or was last
  std::vector<StepState> steps;
  Cause cause;
  bool turns_forward = false;  ///< when the undo that is under way is answered, it goes forward again
  bool stays_undone = false;   ///< it was cancelled as well, while it was being undone for another cause
  std::string needs_operator;  ///< why; empty while it needs none
  std::optional<Status> before_abandoned;
  std::optional<base::WallTime> deadline;
  AnyData data;
};

/// Whether both are at the same point, whatever they remember.
bool stand_alike(const Instance& one, const Instance& other);

/// JSON that SQL reads: the data, the steps by name, the cause. Status and deadline have columns of their
/// own, and are not in it.
std::string write_state(const Plan& plan, const Instance& instance);
/// The same with the data as it is written already.
std::string write_state(const Plan& plan, const Instance& instance, std::string_view data);
/// Throws std::runtime_error for what is no state of this plan.
Instance read_state(const Plan& plan, Status status, std::optional<base::WallTime> deadline,
                    std::string needs_operator, std::string_view state);

}  // namespace waybill::saga
