#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "waybill/simulate/history.hpp"

namespace waybill::simulate {

/// Plays one history to its end and judges it. An exception that it throws is a verdict too.
using Simulation = std::function<Verdict(History&)>;

struct Exploration {
  std::uint64_t seeds = 1'000;      ///< from 1 on
  Size size{};                      ///< of each history
  std::size_t most_tries = 10'000;  ///< histories that are played to make a story short
  std::size_t most_lines = 60;      ///< of the story that are printed
};

/// A history in which something went wrong.
struct Failure {
  std::uint64_t seed = 0;
  std::string wrong;
  /// The shortest one that was found after it, perhaps of another seed, …
  std::uint64_t short_seed = 0;
  Size short_size;
  int short_faults = 0;  ///< that struck in it
  std::string short_wrong;
  std::vector<std::string> story;  ///< … and what happened in it
};

/// How an exploration ended. True when nothing went wrong; streamed, it says all there is to know.
///
///   const auto explored = simulate::explore({.seeds = 100'000}, simulation);
///   EXPECT_TRUE(explored) << explored;
class Explored {
 public:
  Explored(std::uint64_t histories, std::optional<Failure> failure, std::size_t most_lines)
      : histories_(histories), failure_(std::move(failure)), most_lines_(most_lines) {}

  explicit operator bool() const { return !failure_; }
  std::uint64_t histories() const { return histories_; }
  const std::optional<Failure>& failure() const { return failure_; }
  std::string to_string() const;
  friend std::ostream& operator<<(std::ostream& out, const Explored& explored);

 private:
  std::uint64_t histories_;
  std::optional<Failure> failure_;
  std::size_t most_lines_;
};

/// Plays the histories of all seeds, stops at the first in which something goes wrong, and looks for the
/// shortest story of it: with fewer messages, fewer faults, and without each fault that it does not need; and
/// among the smallest histories of the seeds that follow. With WAYBILL_SEED set to a seed, or to a seed with
/// its messages and faults (17:2:5), it plays that history alone.
///
/// Promises: the same seeds fail, with the same story, wherever and whenever it runs; a history that ends
/// otherwise when it is told is reported as a mistake of its simulation. Does not promise: that no shorter
/// story exists, nor that it is the same thing that goes wrong in it; that a history which aborts the process
/// is told. Throws std::invalid_argument for a WAYBILL_SEED that is none.
Explored explore(const Exploration& exploration, const Simulation& simulation);

/// The same, whatever the environment says: for what must fail, a mistake planted on purpose.
Explored search(const Exploration& exploration, const Simulation& simulation);

}  // namespace waybill::simulate
