#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/contract/payload.hpp"
#include "waybill/saga/cause.hpp"
#include "waybill/saga/data.hpp"

namespace waybill::saga {

/// A command that a saga sends, made of what it remembers.
struct CommandRow {
  std::string_view type;
  std::string service;
  std::function<contract::PayloadPointer(const AnyData&)> make;
};

/// An answer that a step takes.
struct AnswerRow {
  std::string_view type;
  bool is_refusal = false;
  std::function<void(AnyData&, const contract::Payload&)> keep{};  ///< empty: nothing is kept of it
};

struct StepRow {
  std::string name;
  CommandRow act;
  std::vector<AnswerRow> answers;
  std::optional<CommandRow> undo{};
  std::string_view undone_by{};  ///< the type of the undo's one answer
  std::optional<std::chrono::milliseconds> within{};
  std::optional<std::chrono::milliseconds> resent_every{};

  const AnswerRow* answer(std::string_view type) const;
};

/// The command that cancels, and its answers.
struct CancelRow {
  std::string_view type;
  std::function<std::string(const contract::Payload&)> key;
  std::function<contract::PayloadPointer(const contract::Payload&)> accepted;
  std::function<contract::PayloadPointer(const contract::Payload&, NotCancelled)> refused;
};

/// An event that is published when a saga has come so far.
struct EventRow {
  std::string_view type;
  std::function<contract::PayloadPointer(const AnyData&, const Cause&)> make;
};

/// A saga's table as it is at run time, whatever its data. Made by define(); does not change.
struct Plan {
  std::string name;
  int version = 1;
  std::vector<StepRow> steps;
  std::size_t point_of_no_return = 0;  ///< the first step behind it; as many as there are without one
  std::optional<CancelRow> cancel{};
  std::optional<EventRow> when_begun{};
  std::optional<EventRow> when_completed{};
  std::optional<EventRow> when_compensated{};
  /// An undo that is not answered is sent again so often, without end.
  std::chrono::milliseconds undo_resent_every{10'000};
  /// An operator is asked when so many of what must be answered were not.
  std::uint32_t asks_operator_after = 10;
  std::function<AnyData(const nlohmann::json&)> read_data;

  std::optional<std::size_t> step(std::string_view name) const;
  /// Of all waits, the shortest: no saga is due earlier after its beginning.
  std::chrono::milliseconds shortest_wait() const;
};

/// The service that a command goes to unless its step says otherwise: the last part of its package that is
/// no version, `inventory` of shop.inventory.v1.ReserveStock.
std::string service_of(std::string_view command);

}  // namespace waybill::saga
