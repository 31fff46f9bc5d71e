#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/saga/advance.hpp"
#include "waybill/saga/instance.hpp"

namespace waybill::saga {

enum class InputKind : std::uint8_t { begin, answer, due, cancel, operate };

/// One input that came to a saga, and what it led to.
struct JournalEntry {
  struct Command {
    std::string step;
    bool is_undo = false;
    std::uint32_t epoch = 1;
    std::uint32_t attempt = 1;
    friend bool operator==(const Command&, const Command&) = default;
  };

  base::Uuid saga;
  std::int64_t revision = 0;  ///< of the saga; one that has changed nothing has that of the one before it
  base::WallTime at{};
  std::string name{};  ///< of the saga's definition
  int version = 1;
  InputKind kind = InputKind::begin;
  std::string step{};       ///< of an answer: what was asked, …
  std::uint32_t epoch = 0;  ///< … and which time
  std::string type{};       ///< of an answer: its contract
  std::string payload{};    ///< of an answer, in JSON; of the beginning, the data
  std::string order{};      ///< of an operator
  std::string by{};         ///< who cancelled; why an operator did it
  Outcome outcome = Outcome::begun;
  Status status = Status::running;  ///< after it, …
  std::string at_step{};            ///< … and the step
  std::vector<Command> sent{};
};

/// A sentence for people: what came, what was done.
std::string in_words(const JournalEntry& entry);

}  // namespace waybill::saga
